# One network module for two networks: zones by name or by id, NAT gateways one for each zone or none.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  backend "s3" {
    bucket       = "terraform-state-acme"
    key          = "networks/terraform.tfstate"
    region       = "eu-west-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "eu-west-1"
}

data "aws_availability_zones" "open" {
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

data "aws_region" "here" {}

locals {
  range = "10.20.0.0/16"
  zones = slice(data.aws_availability_zones.open.names, 0, 3)
}

module "shop" {
  source = "./modules/network"

  name    = "shop-${data.aws_region.here.region}"
  range   = local.range
  zones   = local.zones
  public  = [for position, zone in local.zones : cidrsubnet(local.range, 8, position)]
  private = [for position, zone in local.zones : cidrsubnet(local.range, 4, position + 1)]
  nat     = true
}

module "batch" {
  source = "./modules/network"

  name    = "batch"
  range   = "10.30.0.0/16"
  zones   = slice(data.aws_availability_zones.open.zone_ids, 0, 2)
  private = ["10.30.0.0/20", "10.30.16.0/20"]
}

output "shop_subnets" {
  value = module.shop.private_subnets
}
