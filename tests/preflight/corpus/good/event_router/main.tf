# Rules and their targets in two maps that are flattened, with optional arguments in objects of different shapes.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  backend "s3" {
    bucket       = "terraform-state-acme"
    key          = "events/terraform.tfstate"
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "us-east-1"
}

module "router" {
  source = "./modules/router"

  bus = "shop"

  rules = {
    order_created = {
      description = "Orders that were made"
      pattern     = { "detail-type" = ["OrderCreated"] }
    }
    order_paid = {
      pattern = { "detail-type" = ["OrderPaid"] }
      enabled = true
    }
  }

  targets = {
    order_created = [
      { name = "steps", arn = aws_sqs_queue.steps.arn, group = "orders", dead = aws_sqs_queue.dead.arn },
      { name = "stream", arn = aws_kinesis_stream.orders.arn, role = true, paths = { id = "$.detail.id" }, template = "{\"id\": <id>}" },
    ]
    order_paid = [
      { name = "steps-paid", arn = aws_sqs_queue.steps.arn, group = "paid" },
    ]
  }

  streams = [aws_kinesis_stream.orders.arn]
}

resource "aws_sqs_queue" "dead" {
  name                      = "shop-dead"
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue" "steps" {
  name                        = "shop-steps.fifo"
  fifo_queue                  = true
  content_based_deduplication = true
}

resource "aws_kinesis_stream" "orders" {
  name            = "shop-orders"
  encryption_type = "KMS"
  kms_key_id      = "alias/aws/kinesis"

  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }
}

data "aws_iam_policy_document" "queue" {
  for_each = { dead = aws_sqs_queue.dead.arn, steps = aws_sqs_queue.steps.arn }

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
      values   = values(module.router.rule_arns)
    }
  }
}

resource "aws_sqs_queue_policy" "each" {
  for_each = { dead = aws_sqs_queue.dead, steps = aws_sqs_queue.steps }

  queue_url = each.value.id
  policy    = data.aws_iam_policy_document.queue[each.key].json
}
