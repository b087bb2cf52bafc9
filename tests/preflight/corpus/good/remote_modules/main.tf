terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }

  cloud {
    organization = "acme"

    workspaces {
      tags = ["shop"]
    }
  }
}

provider "aws" {
  region = "eu-west-3"
}

module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 5.0"

  name            = "shop"
  cidr            = "10.60.0.0/16"
  azs             = ["eu-west-3a", "eu-west-3b", "eu-west-3c"]
  private_subnets = [for index in range(3) : cidrsubnet("10.60.0.0/16", 4, index)]
  public_subnets  = [for index in range(3) : cidrsubnet("10.60.0.0/16", 4, index + 8)]

  enable_nat_gateway     = true
  one_nat_gateway_per_az = true
}

module "dns" {
  source = "git::https://git.acme-store.com/terraform/dns.git?ref=v2.1.0"

  domain = "shop.acme-store.com"
}

resource "aws_acm_certificate" "shop" {
  domain_name       = "shop.acme-store.com"
  validation_method = "DNS"
}

module "validation" {
  source = "git::https://git.acme-store.com/terraform/acm-validation.git?ref=v1.0.0"

  certificate_arn = aws_acm_certificate.shop.arn
  options         = aws_acm_certificate.shop.domain_validation_options
  zone_id         = module.dns.zone_id
}

resource "aws_security_group" "alb" {
  name        = "shop-alb"
  description = "Load balancer"
  vpc_id      = module.vpc.vpc_id
}

resource "aws_lb" "shop" {
  name            = "shop"
  subnets         = module.vpc.public_subnets
  security_groups = [aws_security_group.alb.id, module.vpc.default_security_group_id]
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.shop.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = module.validation.certificate_arn

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      status_code  = "200"
    }
  }
}

resource "aws_wafv2_web_acl" "shop" {
  name  = "shop"
  scope = "REGIONAL"

  default_action {
    allow {}
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "shop"
    sampled_requests_enabled   = true
  }
}

module "waf_association" {
  source = "git::https://git.acme-store.com/terraform/waf.git?ref=v1.2.0"

  web_acl_arn  = aws_wafv2_web_acl.shop.arn
  resource_arn = aws_lb.shop.arn
}

resource "aws_sqs_queue" "orders" {
  name                    = "shop-orders"
  sqs_managed_sse_enabled = true
}

module "worker" {
  source  = "terraform-aws-modules/lambda/aws"
  version = "~> 7.0"

  function_name          = "shop-worker"
  handler                = "worker.handle"
  runtime                = "python3.12"
  source_path            = "./worker"
  vpc_subnet_ids         = module.vpc.private_subnets
  vpc_security_group_ids = [module.vpc.default_security_group_id]

  event_source_mapping = {
    orders = {
      event_source_arn = aws_sqs_queue.orders.arn
      batch_size       = 10
    }
  }
}

output "worker" {
  value = module.worker.lambda_function_arn
}
