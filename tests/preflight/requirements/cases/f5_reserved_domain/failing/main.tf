provider "aws" {
  region = "us-east-1"
}

resource "aws_route53_zone" "payments" {
  name = "payments-dev.example.com"
}
