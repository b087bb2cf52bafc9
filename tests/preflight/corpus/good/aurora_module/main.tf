provider "aws" {
  region = "us-east-1"
}

variable "vpc_id" {
  type = string
}

variable "subnet_ids" {
  type = list(string)
}

variable "application_security_group_id" {
  type = string
}

module "orders" {
  source = "./modules/aurora"

  name                       = "orders-dev"
  vpc_id                     = var.vpc_id
  subnet_ids                 = var.subnet_ids
  allowed_security_group_ids = { application = var.application_security_group_id }

  instances = {
    one   = {}
    two   = { promotion_tier = 1 }
    three = { instance_class = "db.r6g.xlarge", promotion_tier = 15 }
  }

  parameters = {
    slow_query_log  = "1"
    long_query_time = "2"
  }
}

module "reports" {
  source = "./modules/aurora"

  name                       = "reports-dev"
  vpc_id                     = var.vpc_id
  subnet_ids                 = var.subnet_ids
  allowed_security_group_ids = {}
  serverless                 = { min_capacity = 0.5, max_capacity = 8 }

  instances = {
    writer = { instance_class = "db.serverless" }
    reader = { instance_class = "db.serverless", promotion_tier = 1 }
  }
}

output "orders_endpoint" {
  value = module.orders.endpoint
}
