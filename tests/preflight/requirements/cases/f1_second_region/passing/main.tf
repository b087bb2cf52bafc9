provider "aws" {
  region = "us-east-1"
}

resource "aws_sqs_queue" "payments" {
  name                    = "payments-dev"
  sqs_managed_sse_enabled = true
}
