terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.60"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "west"
  region = "us-west-2"
}

variable "primary_subnet_ids" {
  type = list(string)
}

variable "secondary_subnet_ids" {
  type = list(string)
}

resource "aws_dynamodb_table" "sessions" {
  name             = "sessions"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  attribute {
    name = "id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  replica {
    region_name            = "us-west-2"
    point_in_time_recovery = true
  }
}

resource "aws_kms_key" "west" {
  provider = aws.west

  description         = "Storage in the west"
  enable_key_rotation = true
}

resource "aws_kms_key" "east" {
  description         = "Storage in the east"
  enable_key_rotation = true
}

variable "master_password" {
  type      = string
  sensitive = true
}

resource "aws_rds_global_cluster" "this" {
  global_cluster_identifier = "orders"
  engine                    = "aurora-mysql"
  engine_version            = "8.0.mysql_aurora.3.10.0"
  storage_encrypted         = true
}

resource "aws_db_subnet_group" "east" {
  name       = "orders"
  subnet_ids = var.primary_subnet_ids
}

resource "aws_db_subnet_group" "west" {
  provider = aws.west

  name       = "orders"
  subnet_ids = var.secondary_subnet_ids
}

resource "aws_rds_cluster" "east" {
  cluster_identifier        = "orders-east"
  global_cluster_identifier = aws_rds_global_cluster.this.id
  engine                    = aws_rds_global_cluster.this.engine
  engine_version            = aws_rds_global_cluster.this.engine_version
  master_username           = "root_user"
  master_password           = var.master_password
  db_subnet_group_name      = aws_db_subnet_group.east.name
  storage_encrypted         = true
  kms_key_id                = aws_kms_key.east.arn
  skip_final_snapshot       = true

  lifecycle {
    ignore_changes = [engine_version]
  }
}

resource "aws_rds_cluster_instance" "east" {
  count = 2

  identifier         = "orders-east-${count.index}"
  cluster_identifier = aws_rds_cluster.east.id
  engine             = aws_rds_cluster.east.engine
  instance_class     = "db.r6g.large"
}

resource "aws_rds_cluster" "west" {
  provider = aws.west

  cluster_identifier        = "orders-west"
  global_cluster_identifier = aws_rds_global_cluster.this.id
  engine                    = aws_rds_global_cluster.this.engine
  engine_version            = aws_rds_global_cluster.this.engine_version
  db_subnet_group_name      = aws_db_subnet_group.west.name
  storage_encrypted         = true
  kms_key_id                = aws_kms_key.west.arn
  skip_final_snapshot       = true

  lifecycle {
    ignore_changes = [engine_version, replication_source_identifier]
  }

  depends_on = [aws_rds_cluster_instance.east]
}

resource "aws_rds_cluster_instance" "west" {
  provider = aws.west
  count    = 2

  identifier         = "orders-west-${count.index}"
  cluster_identifier = aws_rds_cluster.west.id
  engine             = aws_rds_cluster.west.engine
  instance_class     = "db.r6g.large"
}

resource "aws_s3_bucket" "documents" {
  bucket = "acme-documents-east"
}

resource "aws_s3_bucket" "replica" {
  provider = aws.west

  bucket = "acme-documents-west"
}

resource "aws_s3_bucket_versioning" "documents" {
  bucket = aws_s3_bucket.documents.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_versioning" "replica" {
  provider = aws.west

  bucket = aws_s3_bucket.replica.id

  versioning_configuration {
    status = "Enabled"
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
    resources = [aws_s3_bucket.documents.arn]
  }

  statement {
    actions = [
      "s3:GetObjectVersionForReplication",
      "s3:GetObjectVersionAcl",
      "s3:GetObjectVersionTagging",
    ]
    resources = ["${aws_s3_bucket.documents.arn}/*"]
  }

  statement {
    actions   = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
    resources = ["${aws_s3_bucket.replica.arn}/*"]
  }
}

resource "aws_iam_role" "replication" {
  name               = "documents-replication"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "replication" {
  name   = "replicate"
  role   = aws_iam_role.replication.id
  policy = data.aws_iam_policy_document.replication.json
}

resource "aws_s3_bucket_replication_configuration" "documents" {
  bucket = aws_s3_bucket.documents.id
  role   = aws_iam_role.replication.arn

  rule {
    id     = "all"
    status = "Enabled"

    filter {}

    delete_marker_replication {
      status = "Enabled"
    }

    destination {
      bucket        = aws_s3_bucket.replica.arn
      storage_class = "STANDARD_IA"
    }
  }

  depends_on = [aws_s3_bucket_versioning.documents, aws_s3_bucket_versioning.replica]
}

data "aws_route53_zone" "this" {
  name = "acme-store.com"
}

variable "endpoints" {
  type = map(string)
  default = {
    "us-east-1" = "east.acme-store.com"
    "us-west-2" = "west.acme-store.com"
  }
}

resource "aws_route53_health_check" "this" {
  for_each = var.endpoints

  fqdn              = each.value
  port              = 443
  type              = "HTTPS"
  resource_path     = "/health"
  failure_threshold = 3
  request_interval  = 10
}

resource "aws_route53_record" "this" {
  for_each = var.endpoints

  zone_id         = data.aws_route53_zone.this.zone_id
  name            = "api.acme-store.com"
  type            = "CNAME"
  ttl             = 30
  records         = [each.value]
  set_identifier  = each.key
  health_check_id = aws_route53_health_check.this[each.key].id

  latency_routing_policy {
    region = each.key
  }
}
