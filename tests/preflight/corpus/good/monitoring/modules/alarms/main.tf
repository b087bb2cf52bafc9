variable "actions" {
  type = list(string)
}

variable "alarms" {
  type = map(object({
    namespace  = string
    metric     = string
    statistic  = string
    threshold  = number
    dimensions = map(string)
    period     = optional(number, 60)
    periods    = optional(number, 3)
  }))
}

locals {
  percentiles = [for name, alarm in var.alarms : name if startswith(alarm.statistic, "p")]
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = var.alarms

  alarm_name          = each.key
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  statistic           = contains(local.percentiles, each.key) ? null : each.value.statistic
  extended_statistic  = contains(local.percentiles, each.key) ? each.value.statistic : null
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = each.value.period
  evaluation_periods  = each.value.periods
  treat_missing_data  = "notBreaching"
  dimensions          = each.value.dimensions
  alarm_actions       = var.actions
  ok_actions          = var.actions
}

output "names" {
  value = [for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name]
}
