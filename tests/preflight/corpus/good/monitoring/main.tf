provider "aws" {
  region = "us-east-1"
}

variable "function_names" {
  type    = list(string)
  default = ["orders-list", "orders-create"]
}

variable "cluster_identifier" {
  type    = string
  default = "orders-dev"
}

resource "aws_sns_topic" "operators" {
  name = "operators-dev"
}

resource "aws_sns_topic_subscription" "mail" {
  topic_arn = aws_sns_topic.operators.arn
  protocol  = "email"
  endpoint  = "operators@acme-store.com"
}

locals {
  function_alarms = merge([
    for name in var.function_names : {
      "${name}-errors" = {
        namespace  = "AWS/Lambda", metric = "Errors", statistic = "Sum", threshold = 0,
        dimensions = { FunctionName = name }
      }
      "${name}-throttles" = {
        namespace  = "AWS/Lambda", metric = "Throttles", statistic = "Sum", threshold = 0,
        dimensions = { FunctionName = name }
      }
      "${name}-duration" = {
        namespace  = "AWS/Lambda", metric = "Duration", statistic = "p99", threshold = 8000,
        dimensions = { FunctionName = name }
      }
    }
  ]...)

  database_alarms = {
    cpu         = { metric = "CPUUtilization", statistic = "Average", threshold = 80 }
    connections = { metric = "DatabaseConnections", statistic = "Maximum", threshold = 800 }
  }
}

module "alarms" {
  source = "./modules/alarms"

  actions = [aws_sns_topic.operators.arn]

  alarms = merge(local.function_alarms, {
    for name, alarm in local.database_alarms : "database-${name}" => merge(alarm, {
      namespace  = "AWS/RDS"
      dimensions = { DBClusterIdentifier = var.cluster_identifier }
    })
  })
}

resource "aws_cloudwatch_composite_alarm" "unhealthy" {
  alarm_name    = "orders-unhealthy-dev"
  alarm_rule    = join(" OR ", [for name in sort(module.alarms.names) : "ALARM(\"${name}\")"])
  alarm_actions = [aws_sns_topic.operators.arn]
}

resource "aws_cloudwatch_dashboard" "orders" {
  dashboard_name = "orders-dev"

  dashboard_body = jsonencode({
    widgets = [
      for index, name in var.function_names : {
        type   = "metric"
        x      = (index % 2) * 12
        y      = floor(index / 2) * 6
        width  = 12
        height = 6
        properties = {
          title   = name
          region  = "us-east-1"
          view    = "timeSeries"
          stacked = false
          metrics = [
            ["AWS/Lambda", "Invocations", "FunctionName", name],
            [".", "Errors", ".", "."],
          ]
        }
      }
    ]
  })
}

resource "aws_cloudwatch_log_metric_filter" "declined" {
  name           = "declined"
  log_group_name = "/aws/lambda/orders-create"
  pattern        = "{ $.level = \"ERROR\" && $.reason = \"declined\" }"

  metric_transformation {
    name          = "Declined"
    namespace     = "Acme/Orders"
    value         = "1"
    default_value = "0"
  }
}

resource "aws_cloudwatch_metric_alarm" "error_rate" {
  alarm_name          = "orders-error-rate-dev"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.operators.arn]

  metric_query {
    id          = "rate"
    expression  = "100 * errors / MAX([errors, invocations])"
    label       = "Errors in percent"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { errors = "Errors", invocations = "Invocations" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/Lambda"
        metric_name = metric_query.value
        period      = 60
        stat        = "Sum"

        dimensions = {
          FunctionName = var.function_names[0]
        }
      }
    }
  }
}
