terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

data "aws_caller_identity" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id

  repositories = {
    shop   = { branches = ["main"], policies = [aws_iam_policy.deploy.arn] }
    ledger = { branches = ["main", "release/*"], policies = [aws_iam_policy.deploy.arn, "arn:aws:iam::aws:policy/ReadOnlyAccess"] }
  }

  attachments = merge([
    for repository, settings in local.repositories : {
      for index, policy in settings.policies : "${repository}-${index}" => { repository = repository, policy = policy }
    }
  ]...)
}

resource "aws_iam_openid_connect_provider" "ci" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
}

data "aws_iam_policy_document" "trust" {
  for_each = local.repositories

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.ci.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringLike"
      variable = "token.actions.githubusercontent.com:sub"
      values   = [for branch in each.value.branches : "repo:acme/${each.key}:ref:refs/heads/${branch}"]
    }
  }
}

data "aws_iam_policy_document" "deploy" {
  statement {
    sid       = "Artifacts"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["arn:aws:s3:::acme-artifacts/*"]
  }

  statement {
    sid       = "Functions"
    actions   = ["lambda:UpdateFunctionCode", "lambda:GetFunction", "lambda:PublishVersion"]
    resources = ["arn:aws:lambda:*:${local.account}:function:*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Managed"
      values   = ["true"]
    }
  }

  statement {
    sid       = "NeverUsers"
    effect    = "Deny"
    actions   = ["iam:CreateUser", "iam:CreateAccessKey"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "deploy" {
  name_prefix = "deploy-"
  policy      = data.aws_iam_policy_document.deploy.json
}

resource "aws_iam_policy" "boundary" {
  name = "ci-boundary"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      NotAction = ["organizations:*", "account:*"]
      Resource  = "*"
    }]
  })
}

resource "aws_iam_role" "ci" {
  for_each = local.repositories

  name                 = "ci-${each.key}"
  path                 = "/ci/"
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  permissions_boundary = aws_iam_policy.boundary.arn
  max_session_duration = 7200
}

resource "aws_iam_role_policy_attachment" "ci" {
  for_each = local.attachments

  role       = aws_iam_role.ci[each.value.repository].name
  policy_arn = each.value.policy
}

resource "aws_iam_role" "instance" {
  name = "bastion"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = {
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }
  })
}

resource "aws_iam_instance_profile" "instance" {
  name = aws_iam_role.instance.name
  role = aws_iam_role.instance.name
}

resource "aws_iam_role_policy_attachment" "instance" {
  role       = aws_iam_role.instance.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}
