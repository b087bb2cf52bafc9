provider "aws" {
  region = "us-east-1"
}

resource "aws_sns_topic" "alerts" {
  name              = "payments-alerts-dev"
  kms_master_key_id = aws_kms_key.alerts.arn
}

resource "aws_cloudwatch_metric_alarm" "age" {
  alarm_name          = "payments-age-dev"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 300
  dimensions          = { QueueName = "payments-dev" }
  alarm_actions       = [aws_sns_topic.alerts.arn]
}

resource "aws_kms_key" "alerts" {
  description         = "payments alerts"
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "kms:*", Resource = "*", Principal = { AWS = "arn:aws:iam::123456789012:root" } },
      {
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Principal = { Service = "cloudwatch.amazonaws.com" }
      },
    ]
  })
}
