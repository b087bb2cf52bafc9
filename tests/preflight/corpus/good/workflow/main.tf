terraform {
  required_version = ">= 1.4"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region = "us-east-2"
}

variable "suffix" {
  type    = string
  default = "qa"
}

locals {
  steps = ["validate", "charge", "ship", "refund"]
}

data "aws_iam_policy_document" "lambda_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "step" {
  for_each = toset(local.steps)

  name                = "order-${each.key}-${var.suffix}"
  assume_role_policy  = data.aws_iam_policy_document.lambda_trust.json
  managed_policy_arns = ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]
}

resource "aws_lambda_function" "step" {
  for_each = aws_iam_role.step

  function_name = "order-${each.key}-${var.suffix}"
  role          = each.value.arn
  runtime       = "python3.12"
  handler       = "steps.${each.key}"
  s3_bucket     = "acme-artifacts-us-east-2"
  s3_key        = "steps.zip"
  timeout       = 20
}

resource "aws_dynamodb_table" "orders" {
  name         = "orders-${var.suffix}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }
}

resource "aws_sns_topic" "failed" {
  name = "orders-failed-${var.suffix}"
}

data "aws_iam_policy_document" "states_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["states.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "states" {
  statement {
    actions   = ["lambda:InvokeFunction"]
    resources = flatten([for function in aws_lambda_function.step : [function.arn, "${function.arn}:*"]])
  }

  statement {
    actions   = ["dynamodb:PutItem"]
    resources = [aws_dynamodb_table.orders.arn]
  }

  statement {
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.failed.arn]
  }

  statement {
    actions = [
      "logs:CreateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:DescribeLogGroups",
      "logs:DescribeResourcePolicies",
      "logs:GetLogDelivery",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:UpdateLogDelivery",
      "xray:PutTraceSegments",
      "xray:PutTelemetryRecords",
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
    ]
    resources = ["*"]
  }
}

resource "aws_iam_role" "states" {
  name               = "order-workflow-${var.suffix}"
  assume_role_policy = data.aws_iam_policy_document.states_trust.json
}

resource "aws_iam_role_policy" "states" {
  name   = "workflow"
  role   = aws_iam_role.states.id
  policy = data.aws_iam_policy_document.states.json
}

resource "aws_cloudwatch_log_group" "states" {
  name              = "/aws/vendedlogs/states/order-workflow-${var.suffix}"
  retention_in_days = 30
}

resource "aws_sfn_state_machine" "orders" {
  name     = "order-workflow-${var.suffix}"
  role_arn = aws_iam_role.states.arn

  definition = jsonencode({
    StartAt        = "Record"
    TimeoutSeconds = 3600
    States = {
      Record = {
        Type     = "Task"
        Resource = "arn:aws:states:::dynamodb:putItem"
        Parameters = {
          TableName = aws_dynamodb_table.orders.name
          Item      = { id = { "S.$" = "$.id" } }
        }
        ResultPath = null
        Next       = "Validate"
      }
      Validate = {
        Type     = "Task"
        Resource = aws_lambda_function.step["validate"].arn
        Retry    = [{ ErrorEquals = ["States.TaskFailed"], IntervalSeconds = 2, MaxAttempts = 3, BackoffRate = 2 }]
        Catch    = [{ ErrorEquals = ["States.ALL"], Next = "Tell" }]
        Next     = "Charge"
      }
      Charge = {
        Type       = "Task"
        Resource   = "arn:aws:states:::lambda:invoke"
        Parameters = { FunctionName = aws_lambda_function.step["charge"].arn, "Payload.$" = "$" }
        OutputPath = "$.Payload"
        Catch      = [{ ErrorEquals = ["States.ALL"], Next = "Tell" }]
        Next       = "Paid"
      }
      Paid = {
        Type    = "Choice"
        Choices = [{ Variable = "$.paid", BooleanEquals = true, Next = "Ship" }]
        Default = "Tell"
      }
      Ship = {
        Type     = "Task"
        Resource = aws_lambda_function.step["ship"].arn
        Catch    = [{ ErrorEquals = ["States.ALL"], Next = "Refund" }]
        End      = true
      }
      Refund = {
        Type     = "Task"
        Resource = aws_lambda_function.step["refund"].arn
        Next     = "Tell"
      }
      Tell = {
        Type       = "Task"
        Resource   = "arn:aws:states:::sns:publish"
        Parameters = { TopicArn = aws_sns_topic.failed.arn, "Message.$" = "States.JsonToString($)" }
        Next       = "Failed"
      }
      Failed = { Type = "Fail" }
    }
  })

  logging_configuration {
    level                  = "ERROR"
    include_execution_data = false
    log_destination        = "${aws_cloudwatch_log_group.states.arn}:*"
  }

  tracing_configuration {
    enabled = true
  }

  depends_on = [aws_iam_role_policy.states]
}
