terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "replica"
  region = "us-west-2"
}

module "key" {
  source   = "./modules/key"
  for_each = { orders = ["lambda.amazonaws.com"], logs = ["logs.us-east-1.amazonaws.com"], mail = [] }

  name     = each.key
  services = each.value
}

module "shared" {
  source = "./modules/key"

  name         = "shared"
  multi_region = true
}

resource "aws_kms_replica_key" "shared" {
  provider = aws.replica

  description             = "Shared, in the second region"
  primary_key_arn         = module.shared.arn
  deletion_window_in_days = 7
}

resource "aws_kms_alias" "shared_replica" {
  provider = aws.replica

  name          = "alias/shared"
  target_key_id = aws_kms_replica_key.shared.key_id
}

resource "aws_cloudwatch_log_group" "audit" {
  name              = "/acme/audit"
  kms_key_id        = module.key["logs"].arn
  retention_in_days = 365
}

output "keys" {
  value = { for name, key in module.key : name => key.arn }
}
