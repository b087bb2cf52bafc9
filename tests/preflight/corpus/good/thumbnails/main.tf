terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.40"
    }
  }
}

# Pictures come into one bucket and their thumbnails go into another, by one role that may use both.

provider "aws" {
  region = "us-west-2"
}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  name    = "gallery-dev"
  buckets = { pictures = true, thumbnails = false }
  account = data.aws_caller_identity.current.account_id
}

resource "aws_s3_bucket" "gallery" {
  for_each = local.buckets

  bucket        = "${local.name}-${each.key}-${local.account}"
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "gallery" {
  for_each = aws_s3_bucket.gallery

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "gallery" {
  for_each = { for name, kept in local.buckets : name => aws_s3_bucket.gallery[name].id if kept }

  bucket = each.value

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_iam_role" "resizer" {
  name = "${local.name}-resizer"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "resizer" {
  name = "resize"
  role = aws_iam_role.resizer.id

  policy = <<EOT
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
      "Resource": ${jsonencode(flatten([for bucket in aws_s3_bucket.gallery : [bucket.arn, "${bucket.arn}/*"]]))}
    },
    {
      "Effect": "Allow",
      "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
      "Resource": "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.name}:${local.account}:log-group:${aws_cloudwatch_log_group.resizer.name}:*"
    }
  ]
}
EOT
}

resource "aws_cloudwatch_log_group" "resizer" {
  name              = "/aws/lambda/${local.name}-resizer"
  retention_in_days = 14
}

resource "aws_lambda_function" "resizer" {
  function_name = "${local.name}-resizer"
  role          = aws_iam_role.resizer.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = "gallery-artifacts-us-west-2"
  s3_key        = "resizer.zip"
  timeout       = 60

  environment {
    variables = {
      THUMBNAILS = aws_s3_bucket.gallery["thumbnails"].bucket
    }
  }

  depends_on = [aws_cloudwatch_log_group.resizer, aws_iam_role_policy.resizer]
}

resource "aws_lambda_permission" "pictures" {
  statement_id   = "AllowPictures"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.resizer.function_name
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.gallery["pictures"].arn
  source_account = local.account
}

resource "aws_s3_bucket_notification" "pictures" {
  bucket = aws_s3_bucket.gallery["pictures"].id

  lambda_function {
    lambda_function_arn = aws_lambda_function.resizer.arn
    events              = ["s3:ObjectCreated:*"]
  }

  depends_on = [aws_lambda_permission.pictures]
}

# How much comes in, for the dashboard of the house: a stream, to which a rule sends as a role of its own.
resource "aws_kinesis_stream" "usage" {
  name            = "${local.name}-usage"
  encryption_type = "KMS"
  kms_key_id      = "alias/aws/kinesis"

  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }
}

resource "aws_iam_role" "usage" {
  name = "${local.name}-usage"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "events.amazonaws.com" }
    }]
  })

  inline_policy {
    name = "put"

    policy = jsonencode({
      Version = "2012-10-17"
      Statement = [
        { Effect = "Allow", Action = ["kinesis:PutRecord", "kinesis:PutRecords"], Resource = aws_kinesis_stream.usage.arn },
      ]
    })
  }
}

resource "aws_cloudwatch_event_rule" "usage" {
  name = "${local.name}-usage"

  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["AWS API Call via CloudTrail"]
    detail      = { eventSource = ["s3.amazonaws.com"], eventName = ["PutObject"] }
  })
}

resource "aws_cloudwatch_event_target" "usage" {
  rule     = aws_cloudwatch_event_rule.usage.name
  arn      = aws_kinesis_stream.usage.arn
  role_arn = aws_iam_role.usage.arn
}
