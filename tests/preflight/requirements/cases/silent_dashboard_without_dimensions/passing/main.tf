provider "aws" {
  region = "us-east-1"
}

resource "aws_cloudwatch_dashboard" "payments" {
  dashboard_name = "payments-dev"
  dashboard_body = jsonencode({
    widgets = [{
      type = "metric", x = 0, y = 0, width = 12, height = 6
      properties = {
        title   = "CPU", region = "us-east-1", stat = "Average", period = 60
        metrics = [["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", "payments-sessions-dev"]]
      }
    }]
  })
}
