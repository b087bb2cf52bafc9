# Receipts are archived in one region and copied to another, out of one module of a bucket with all of its settings.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  backend "s3" {
    bucket       = "acme-terraform-state"
    key          = "archive/terraform.tfstate"
    region       = "eu-west-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "copies"
  region = "eu-central-1"
}

data "aws_caller_identity" "current" {}

module "access_logs" {
  source = "./modules/bucket"

  name             = "acme-archive-access-logs-dev"
  object_ownership = "BucketOwnerPreferred"
  acl              = "log-delivery-write"

  lifecycle_rules = [
    { id = "expire", expire_after_days = 400 },
  ]
}

module "copies" {
  source = "./modules/bucket"

  providers = {
    aws = aws.copies
  }

  name       = "acme-receipts-copies-dev"
  versioning = true
}

module "receipts" {
  source = "./modules/bucket"

  name       = "acme-receipts-dev"
  versioning = true
  logs_to    = module.access_logs.id
  statements = {
    auditors = {
      principals = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/auditors"]
      actions    = ["s3:GetObject"]
    }
  }

  lifecycle_rules = [
    {
      id          = "paid"
      filter      = { prefix = "paid/" }
      transitions = { 30 = "STANDARD_IA", 90 = "GLACIER" }
    },
    {
      id                = "drafts"
      filter            = { prefix = "drafts/", smaller_than = 131072 }
      expire_after_days = 14
    },
  ]

  replication = {
    role_arn = aws_iam_role.replication.arn
    rules = [
      { id = "everything", priority = 1, destination = module.copies.versioned_arn },
      { id = "tagged", priority = 2, destination = module.copies.versioned_arn, tags = { copy = "yes" }, minutes = 15 },
    ]
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "replication" {
  statement {
    actions   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
    resources = ["arn:aws:s3:::${module.receipts.id}"]
  }

  statement {
    actions   = ["s3:GetObjectVersion", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
    resources = ["arn:aws:s3:::${module.receipts.id}/*"]
  }

  statement {
    actions   = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
    resources = ["${module.copies.arn}/*"]
  }
}

resource "aws_iam_role" "replication" {
  name               = "receipts-replication-dev"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "replication" {
  name   = "copy"
  role   = aws_iam_role.replication.id
  policy = data.aws_iam_policy_document.replication.json
}
