terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.30"
    }
  }
}

provider "aws" {
  region = "ap-southeast-2"
}

locals {
  tables = {
    carts = {
      hash_key = "customer"
      stream   = true
      indexes  = {}
    }
    stock = {
      hash_key    = "sku"
      range_key   = "warehouse"
      provisioned = { read = 5, write = 5, max = 100 }
      indexes     = { by-warehouse = { hash_key = "warehouse" } }
    }
  }

  attributes = {
    for name, table in local.tables : name => distinct(compact(concat(
      [table.hash_key, try(table.range_key, null)],
      [for index in table.indexes : index.hash_key],
    )))
  }

  scaled = {
    for pair in setproduct(
      [for name, table in local.tables : name if can(table.provisioned)],
      ["Read", "Write"],
    ) : "${pair[0]}-${lower(pair[1])}" => { table = pair[0], kind = pair[1] }
  }
}

resource "aws_dynamodb_table" "this" {
  for_each = local.tables

  name                        = "shop-${each.key}-qa"
  billing_mode                = can(each.value.provisioned) ? "PROVISIONED" : "PAY_PER_REQUEST"
  read_capacity               = try(each.value.provisioned.read, null)
  write_capacity              = try(each.value.provisioned.write, null)
  hash_key                    = each.value.hash_key
  range_key                   = try(each.value.range_key, null)
  stream_enabled              = lookup(each.value, "stream", false)
  stream_view_type            = lookup(each.value, "stream", false) ? "NEW_AND_OLD_IMAGES" : null
  deletion_protection_enabled = false

  dynamic "attribute" {
    for_each = local.attributes[each.key]

    content {
      name = attribute.value
      type = "S"
    }
  }

  dynamic "global_secondary_index" {
    for_each = each.value.indexes

    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value.hash_key
      projection_type = "ALL"
      read_capacity   = try(each.value.provisioned.read, null)
      write_capacity  = try(each.value.provisioned.write, null)
    }
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true
  }

  lifecycle {
    ignore_changes = [read_capacity, write_capacity]
  }
}

resource "aws_appautoscaling_target" "table" {
  for_each = local.scaled

  service_namespace  = "dynamodb"
  resource_id        = "table/${aws_dynamodb_table.this[each.value.table].name}"
  scalable_dimension = "dynamodb:table:${each.value.kind}CapacityUnits"
  min_capacity       = 5
  max_capacity       = local.tables[each.value.table].provisioned.max
}

resource "aws_appautoscaling_policy" "table" {
  for_each = local.scaled

  name               = "utilization"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.table[each.key].service_namespace
  resource_id        = aws_appautoscaling_target.table[each.key].resource_id
  scalable_dimension = aws_appautoscaling_target.table[each.key].scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value = 70

    predefined_metric_specification {
      predefined_metric_type = "DynamoDB${each.value.kind}CapacityUtilization"
    }
  }
}

resource "aws_sqs_queue" "failed" {
  name                      = "shop-carts-failed-qa"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "projector" {
  statement {
    sid       = "Stream"
    actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    resources = [aws_dynamodb_table.this["carts"].stream_arn]
  }

  statement {
    sid       = "Streams"
    actions   = ["dynamodb:ListStreams"]
    resources = ["*"]
  }

  statement {
    sid       = "Failed"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.failed.arn]
  }

  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.projector.arn}:*"]
  }
}

resource "aws_iam_role" "projector" {
  name               = "shop-carts-projector-qa"
  assume_role_policy = data.aws_iam_policy_document.trust.json

  inline_policy {
    name   = "projector"
    policy = data.aws_iam_policy_document.projector.json
  }
}

resource "aws_cloudwatch_log_group" "projector" {
  name              = "/aws/lambda/shop-carts-projector-qa"
  retention_in_days = 14
}

resource "aws_lambda_function" "projector" {
  function_name = "shop-carts-projector-qa"
  role          = aws_iam_role.projector.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = "acme-artifacts-ap-southeast-2"
  s3_key        = "projector/1.2.0.zip"
  timeout       = 60

  depends_on = [aws_cloudwatch_log_group.projector]
}

resource "aws_lambda_event_source_mapping" "carts" {
  event_source_arn                   = aws_dynamodb_table.this["carts"].stream_arn
  function_name                      = aws_lambda_function.projector.arn
  starting_position                  = "TRIM_HORIZON"
  batch_size                         = 100
  maximum_batching_window_in_seconds = 5
  parallelization_factor             = 2
  maximum_retry_attempts             = 5
  bisect_batch_on_function_error     = true

  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.failed.arn
    }
  }

  filter_criteria {
    filter {
      pattern = jsonencode({ eventName = ["INSERT", "MODIFY"] })
    }
  }
}
