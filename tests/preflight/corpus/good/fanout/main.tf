terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

provider "aws" {
  region = var.region
}

variable "region" {
  type    = string
  default = "ca-central-1"
}

variable "consumers" {
  type = map(object({
    visibility_timeout = optional(number, 60)
    max_receive_count  = optional(number, 5)
    filter             = optional(map(list(string)), {})
    fifo               = optional(bool, false)
  }))

  default = {
    billing   = { filter = { kind = ["order.paid", "order.refunded"] } }
    analytics = { visibility_timeout = 300, max_receive_count = 3 }
    mail      = { filter = { kind = ["order.paid"] } }
  }
}

data "aws_caller_identity" "this" {}

resource "aws_kms_key" "messages" {
  description         = "Messages"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "messages" {
  name          = "alias/order-messages"
  target_key_id = aws_kms_key.messages.key_id
}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.this.account_id}:root"]
    }
  }

  statement {
    sid       = "Services"
    actions   = ["kms:GenerateDataKey*", "kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com", "sqs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.this.account_id]
    }
  }
}

resource "aws_sns_topic" "orders" {
  name              = "orders"
  kms_master_key_id = aws_kms_alias.messages.name
}

resource "aws_sqs_queue" "dead" {
  for_each = var.consumers

  name                      = "orders-${each.key}-dead"
  message_retention_seconds = 1209600
  kms_master_key_id         = aws_kms_alias.messages.name
}

resource "aws_sqs_queue" "this" {
  for_each = var.consumers

  name                       = "orders-${each.key}"
  visibility_timeout_seconds = each.value.visibility_timeout
  receive_wait_time_seconds  = 20
  kms_master_key_id          = aws_kms_alias.messages.name

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead[each.key].arn
    maxReceiveCount     = each.value.max_receive_count
  })
}

resource "aws_sqs_queue_redrive_allow_policy" "this" {
  for_each = var.consumers

  queue_url = aws_sqs_queue.dead[each.key].id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.this[each.key].arn]
  })
}

data "aws_iam_policy_document" "queue" {
  for_each = var.consumers

  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.this[each.key].arn]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_sns_topic.orders.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "this" {
  for_each = var.consumers

  queue_url = aws_sqs_queue.this[each.key].url
  policy    = data.aws_iam_policy_document.queue[each.key].json
}

resource "aws_sns_topic_subscription" "this" {
  for_each = var.consumers

  topic_arn            = aws_sns_topic.orders.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.this[each.key].arn
  raw_message_delivery = true
  filter_policy        = length(each.value.filter) > 0 ? jsonencode(each.value.filter) : null
  redrive_policy       = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead[each.key].arn })
}

data "aws_iam_policy_document" "dead" {
  for_each = var.consumers

  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead[each.key].arn]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_sns_topic.orders.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "dead" {
  for_each = aws_sqs_queue.dead

  queue_url = each.value.id
  policy    = data.aws_iam_policy_document.dead[each.key].json
}

resource "aws_cloudwatch_metric_alarm" "dead" {
  for_each = aws_sqs_queue.dead

  alarm_name          = "${each.value.name}-not-empty"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.operators.arn]

  dimensions = {
    QueueName = each.value.name
  }
}

resource "aws_sns_topic" "operators" {
  name = "order-operators"
}
