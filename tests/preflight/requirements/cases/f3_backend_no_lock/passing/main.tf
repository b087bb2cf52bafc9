terraform {
  required_version = ">= 1.10"

  backend "s3" {
    bucket       = "payments-state"
    key          = "payments/dev/terraform.tfstate"
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_sqs_queue" "payments" {
  name                    = "payments-dev"
  sqs_managed_sse_enabled = true
}
