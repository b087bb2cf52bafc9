provider "aws" {
  region = "us-east-1"
}

resource "aws_iam_role" "payments" {
  name = "payments-dev"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "payments" {
  name = "payments-dev"
  role = aws_iam_role.payments.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["events:PutEvents"], Resource = aws_cloudwatch_event_bus.payments.arn },
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/payments-dev:*"
      },
    ]
  })
}

resource "aws_cloudwatch_event_bus" "payments" {
  name = "payments-dev"
}

resource "aws_lambda_function" "payments" {
  function_name = "payments-dev"
  role          = aws_iam_role.payments.arn
  runtime       = "python3.13"
  handler       = "app.handler"
  s3_bucket     = "payments-code"
  s3_key        = "payments.zip"

  environment {
    variables = {
      EVENT_BUS    = aws_cloudwatch_event_bus.payments.name
      EVENT_SOURCE = "payments.processing"
    }
  }
}

resource "aws_cloudwatch_event_rule" "payments" {
  name           = "payments-dev"
  event_bus_name = aws_cloudwatch_event_bus.payments.name
  event_pattern  = jsonencode({ source = ["checkout.web"] })
}

resource "aws_cloudwatch_event_target" "payments" {
  rule           = aws_cloudwatch_event_rule.payments.name
  event_bus_name = aws_cloudwatch_event_bus.payments.name
  arn            = aws_lambda_function.payments.arn
}

resource "aws_lambda_permission" "events" {
  function_name = aws_lambda_function.payments.function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.payments.arn
}
