terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

provider "aws" {
  region = "eu-west-2"
}

locals {
  name = "orders-dev"

  rules = {
    paid = {
      description = "Orders that are paid"
      pattern     = { source = ["acme.orders"], "detail-type" = ["OrderPaid"] }
      target      = aws_sqs_queue.shipping.arn
    }
    large = {
      description = "Large orders"
      pattern     = { source = ["acme.orders"], detail = { amount = [{ numeric = [">", 1000] }] } }
      target      = aws_sqs_queue.review.arn
    }
  }
}

resource "aws_cloudwatch_event_bus" "orders" {
  name = local.name
}

resource "aws_cloudwatch_event_archive" "orders" {
  name             = local.name
  event_source_arn = aws_cloudwatch_event_bus.orders.arn
  retention_days   = 30
}

resource "aws_sqs_queue" "shipping" {
  name                    = "${local.name}-shipping"
  sqs_managed_sse_enabled = true
}

resource "aws_sqs_queue" "review" {
  name                    = "${local.name}-review"
  sqs_managed_sse_enabled = true
}

resource "aws_sqs_queue" "undelivered" {
  name                      = "${local.name}-undelivered"
  sqs_managed_sse_enabled   = true
  message_retention_seconds = 1209600
}

data "aws_iam_policy_document" "events" {
  for_each = {
    shipping    = aws_sqs_queue.shipping.arn
    review      = aws_sqs_queue.review.arn
    undelivered = aws_sqs_queue.undelivered.arn
  }

  statement {
    actions   = ["sqs:SendMessage"]
    resources = [each.value]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = [for rule in aws_cloudwatch_event_rule.this : rule.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "shipping" {
  queue_url = aws_sqs_queue.shipping.id
  policy    = data.aws_iam_policy_document.events["shipping"].json
}

resource "aws_sqs_queue_policy" "review" {
  queue_url = aws_sqs_queue.review.id
  policy    = data.aws_iam_policy_document.events["review"].json
}

resource "aws_sqs_queue_policy" "undelivered" {
  queue_url = aws_sqs_queue.undelivered.id
  policy    = data.aws_iam_policy_document.events["undelivered"].json
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = local.rules

  name           = "${local.name}-${each.key}"
  description    = each.value.description
  event_bus_name = aws_cloudwatch_event_bus.orders.name
  event_pattern  = jsonencode(each.value.pattern)
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = local.rules

  rule           = aws_cloudwatch_event_rule.this[each.key].name
  event_bus_name = aws_cloudwatch_event_bus.orders.name
  target_id      = each.key
  arn            = each.value.target

  dead_letter_config {
    arn = aws_sqs_queue.undelivered.arn
  }

  retry_policy {
    maximum_event_age_in_seconds = 3600
    maximum_retry_attempts       = 10
  }

  input_transformer {
    input_paths = {
      order = "$.detail.order"
      time  = "$.time"
    }
    input_template = <<-EOT
      {"order": <order>, "time": <time>}
    EOT
  }
}

data "aws_iam_policy_document" "scheduler_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "scheduler" {
  name               = "${local.name}-scheduler"
  assume_role_policy = data.aws_iam_policy_document.scheduler_trust.json
}

resource "aws_iam_role_policy" "scheduler" {
  name = "send"
  role = aws_iam_role.scheduler.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "sqs:SendMessage"
      Resource = [aws_sqs_queue.review.arn, aws_sqs_queue.undelivered.arn]
    }]
  })
}

resource "aws_scheduler_schedule" "nightly" {
  name                         = "${local.name}-nightly"
  schedule_expression          = "cron(15 2 * * ? *)"
  schedule_expression_timezone = "Europe/London"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_sqs_queue.review.arn
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode({ task = "sweep" })

    dead_letter_config {
      arn = aws_sqs_queue.undelivered.arn
    }
  }
}
