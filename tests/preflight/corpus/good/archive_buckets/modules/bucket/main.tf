terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

locals {
  needs_acl   = var.acl != null
  replication = var.replication == null ? [] : [var.replication]
}

resource "aws_s3_bucket" "this" {
  bucket        = var.name
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  dynamic "statement" {
    for_each = var.statements

    content {
      sid       = title(statement.key)
      actions   = statement.value.actions
      resources = ["${aws_s3_bucket.this.arn}/*"]

      principals {
        type        = "AWS"
        identifiers = statement.value.principals
      }
    }
  }
}

# One setting after the other: S3 refuses two at once.
resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket_public_access_block.this.bucket
  policy = data.aws_iam_policy_document.this.json
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket_policy.this.id

  rule {
    object_ownership = var.object_ownership
  }
}

resource "aws_s3_bucket_acl" "this" {
  count = local.needs_acl ? 1 : 0

  bucket = aws_s3_bucket.this.id
  acl    = var.acl

  depends_on = [aws_s3_bucket_ownership_controls.this]
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = var.versioning ? "Enabled" : "Suspended"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_logging" "this" {
  for_each = var.logs_to == null ? {} : { "access/" = var.logs_to }

  bucket        = aws_s3_bucket.this.id
  target_bucket = each.value
  target_prefix = each.key
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  count = length(var.lifecycle_rules) > 0 ? 1 : 0

  bucket = aws_s3_bucket_versioning.this.bucket

  dynamic "rule" {
    for_each = var.lifecycle_rules

    content {
      id     = rule.value.id
      status = "Enabled"

      dynamic "filter" {
        for_each = try(rule.value.filter.smaller_than, null) == null ? [try(rule.value.filter.prefix, "")] : []

        content {
          prefix = filter.value
        }
      }

      dynamic "filter" {
        for_each = try(rule.value.filter.smaller_than, null) != null ? [rule.value.filter] : []

        content {
          and {
            prefix                = filter.value.prefix
            object_size_less_than = filter.value.smaller_than
          }
        }
      }

      dynamic "transition" {
        for_each = rule.value.transitions

        content {
          days          = transition.key
          storage_class = transition.value
        }
      }

      dynamic "expiration" {
        for_each = rule.value.expire_after_days[*]

        content {
          days = expiration.value
        }
      }
    }
  }
}

resource "aws_s3_bucket_replication_configuration" "this" {
  for_each = { for index, one in local.replication : index => one }

  bucket = aws_s3_bucket_versioning.this.bucket
  role   = each.value.role_arn

  dynamic "rule" {
    for_each = each.value.rules

    content {
      id       = rule.value.id
      priority = rule.value.priority
      status   = "Enabled"

      delete_marker_replication {
        status = length(rule.value.tags) > 0 ? "Disabled" : "Enabled"
      }

      filter {
        dynamic "tag" {
          for_each = rule.value.tags

          content {
            key   = tag.key
            value = tag.value
          }
        }
      }

      destination {
        bucket        = rule.value.destination
        storage_class = "STANDARD"

        dynamic "replication_time" {
          for_each = rule.value.minutes[*]

          content {
            status = "Enabled"

            time {
              minutes = replication_time.value
            }
          }
        }

        dynamic "metrics" {
          for_each = rule.value.minutes[*]

          content {
            status = "Enabled"

            event_threshold {
              minutes = metrics.value
            }
          }
        }
      }
    }
  }
}
