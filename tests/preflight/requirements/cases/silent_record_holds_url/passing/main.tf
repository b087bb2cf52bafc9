provider "aws" {
  region = "us-east-1"
}

resource "aws_api_gateway_domain_name" "api" {
  domain_name              = "api.payments-acme.io"
  regional_certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/0f8f6f4e-7f9d-4c0e-9a51-6a7d2f7f2f11"

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_route53_zone" "payments" {
  name = "payments-acme.io"
}

resource "aws_route53_record" "api" {
  zone_id = aws_route53_zone.payments.zone_id
  name    = "api.payments-acme.io"
  type    = "A"

  alias {
    name                   = aws_api_gateway_domain_name.api.regional_domain_name
    zone_id                = aws_api_gateway_domain_name.api.regional_zone_id
    evaluate_target_health = true
  }
}
