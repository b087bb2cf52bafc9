# Queues as a map of objects, whose policies are lists of statements, and keys whose aliases are a set of names.

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
    key          = "queues/terraform.tfstate"
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "us-east-1"
}

data "aws_caller_identity" "me" {}

module "orders" {
  source = "./modules/queue"

  name    = "orders"
  aliases = ["orders", "orders/archive"]

  statements = {
    topic = {
      actions    = ["sqs:SendMessage"]
      principals = [{ type = "Service", identifiers = ["sns.amazonaws.com"] }]
      condition = [{
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = [aws_sns_topic.orders.arn]
      }]
    }
    account = {
      actions    = ["sqs:SendMessage", "sqs:ReceiveMessage"]
      principals = [{ type = "AWS", identifiers = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"] }]
    }
  }
}

module "steps" {
  source = "./modules/queue"

  name = "steps"
  fifo = true
}

resource "aws_sns_topic" "orders" {
  name              = "orders"
  kms_master_key_id = module.orders.key_id
}

resource "aws_sns_topic_subscription" "orders" {
  for_each = { orders = module.orders.queue_arn }

  topic_arn = aws_sns_topic.orders.arn
  protocol  = "sqs"
  endpoint  = each.value
}
