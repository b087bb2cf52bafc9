variable "name" {
  type = string
}

variable "fifo" {
  type    = bool
  default = false
}

variable "aliases" {
  type    = set(string)
  default = []
}

variable "retention" {
  type    = number
  default = null
}

variable "statements" {
  type = map(object({
    actions   = optional(list(string))
    effect    = optional(string, "Allow")
    resources = optional(list(string))
    principals = optional(list(object({
      type        = string
      identifiers = list(string)
    })))
    condition = optional(list(object({
      test     = string
      variable = string
      values   = list(string)
    })))
  }))
  default = null
}

locals {
  name    = trimsuffix(var.name, ".fifo")
  suffix  = var.fifo ? ".fifo" : ""
  aliases = { for key, name in var.aliases : key => { name = name } }
}

resource "aws_kms_key" "this" {
  description             = "Messages of ${local.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 7
  policy                  = data.aws_iam_policy_document.key.json
}

data "aws_caller_identity" "me" {}

data "aws_iam_policy_document" "key" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
  }

  statement {
    actions   = ["kms:GenerateDataKey*", "kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }
  }
}

resource "aws_kms_alias" "this" {
  for_each = local.aliases

  name          = "alias/${each.value.name}"
  target_key_id = aws_kms_key.this.key_id
}

resource "aws_sqs_queue" "dead" {
  name                      = "${local.name}-dead${local.suffix}"
  fifo_queue                = var.fifo
  kms_master_key_id         = aws_kms_key.this.key_id
  message_retention_seconds = try(coalesce(var.retention), 1209600)
}

resource "aws_sqs_queue" "this" {
  name              = "${local.name}${local.suffix}"
  fifo_queue        = var.fifo
  kms_master_key_id = aws_kms_key.this.key_id
}

resource "aws_sqs_queue_redrive_policy" "this" {
  queue_url = aws_sqs_queue.this.url
  redrive_policy = jsonencode(merge(
    { deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 5 },
    var.fifo ? { maxReceiveCount = 10 } : {},
  ))
}

resource "aws_sqs_queue_redrive_allow_policy" "this" {
  queue_url = aws_sqs_queue.dead.url
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.this.arn]
  })
}

data "aws_iam_policy_document" "this" {
  count = var.statements != null ? 1 : 0

  dynamic "statement" {
    for_each = var.statements != null ? var.statements : {}

    content {
      sid       = try(coalesce(statement.key), null)
      actions   = statement.value.actions
      effect    = statement.value.effect
      resources = statement.value.resources != null ? statement.value.resources : [aws_sqs_queue.this.arn]

      dynamic "principals" {
        for_each = statement.value.principals != null ? statement.value.principals : []

        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }

      dynamic "condition" {
        for_each = statement.value.condition != null ? statement.value.condition : []

        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_sqs_queue_policy" "this" {
  count = var.statements != null ? 1 : 0

  queue_url = aws_sqs_queue.this.url
  policy    = data.aws_iam_policy_document.this[0].json
}

output "queue_arn" {
  value = try(aws_sqs_queue.this.arn, null)
}

output "key_id" {
  value = aws_kms_key.this.key_id
}
