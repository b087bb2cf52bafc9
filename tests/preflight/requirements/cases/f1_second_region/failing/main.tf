provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

resource "aws_sqs_queue" "payments" {
  name                    = "payments-dev"
  sqs_managed_sse_enabled = true
}

resource "aws_sqs_queue" "payments_elsewhere" {
  provider                = aws.secondary
  name                    = "payments-dev"
  sqs_managed_sse_enabled = true
}
