terraform {
  required_version = ">= 1.3"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "name" {
  type = string
}

variable "vpc_id" {
  type = string
}

variable "subnet_ids" {
  type = list(string)
}

variable "allowed_security_group_ids" {
  type    = map(string)
  default = {}
}

variable "instances" {
  type = map(object({
    instance_class = optional(string, "db.r6g.large")
    promotion_tier = optional(number, 0)
  }))
}

variable "serverless" {
  type = object({
    min_capacity = number
    max_capacity = number
  })
  default = null
}

variable "parameters" {
  type    = map(string)
  default = {}
}

variable "protect" {
  type    = bool
  default = false
}

locals {
  monitoring = true
  port       = 3306
}

resource "aws_kms_key" "this" {
  description             = "Storage of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 7
}

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "this" {
  name        = "${var.name}-database"
  description = "Database ${var.name}"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each = var.allowed_security_group_ids

  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = each.value
  from_port                    = local.port
  to_port                      = local.port
  ip_protocol                  = "tcp"
  description                  = "From ${each.key}"
}

resource "aws_rds_cluster_parameter_group" "this" {
  name   = var.name
  family = "aurora-mysql8.0"

  dynamic "parameter" {
    for_each = var.parameters

    content {
      name  = parameter.key
      value = parameter.value
    }
  }

  parameter {
    name         = "require_secure_transport"
    value        = "ON"
    apply_method = "immediate"
  }
}

resource "aws_rds_cluster" "this" {
  cluster_identifier              = var.name
  engine                          = "aurora-mysql"
  engine_version                  = "8.0.mysql_aurora.3.10.0"
  database_name                   = replace(var.name, "-", "_")
  master_username                 = "root_user"
  manage_master_user_password     = true
  db_subnet_group_name            = aws_db_subnet_group.this.name
  vpc_security_group_ids          = [aws_security_group.this.id]
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.this.name
  storage_encrypted               = true
  kms_key_id                      = aws_kms_key.this.arn
  backup_retention_period         = 14
  preferred_backup_window         = "02:00-03:00"
  preferred_maintenance_window    = "sun:04:00-sun:05:00"
  enabled_cloudwatch_logs_exports = ["audit", "error", "slowquery"]
  copy_tags_to_snapshot           = true
  deletion_protection             = var.protect
  skip_final_snapshot             = !var.protect
  final_snapshot_identifier       = var.protect ? "${var.name}-final" : null

  dynamic "serverlessv2_scaling_configuration" {
    for_each = var.serverless == null ? [] : [var.serverless]

    content {
      min_capacity = serverlessv2_scaling_configuration.value.min_capacity
      max_capacity = serverlessv2_scaling_configuration.value.max_capacity
    }
  }

  lifecycle {
    ignore_changes = [availability_zones]
  }
}

data "aws_iam_policy_document" "monitoring" {
  count = local.monitoring ? 1 : 0

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["monitoring.rds.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "monitoring" {
  count = local.monitoring ? 1 : 0

  name               = "${var.name}-monitoring"
  assume_role_policy = data.aws_iam_policy_document.monitoring[0].json
}

resource "aws_iam_role_policy_attachment" "monitoring" {
  count = local.monitoring ? 1 : 0

  role       = aws_iam_role.monitoring[0].name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}

resource "aws_rds_cluster_instance" "this" {
  for_each = var.instances

  identifier                   = "${var.name}-${each.key}"
  cluster_identifier           = aws_rds_cluster.this.id
  engine                       = aws_rds_cluster.this.engine
  engine_version               = aws_rds_cluster.this.engine_version
  instance_class               = each.value.instance_class
  promotion_tier               = each.value.promotion_tier
  db_subnet_group_name         = aws_db_subnet_group.this.name
  performance_insights_enabled = true
  monitoring_interval          = local.monitoring ? 60 : 0
  monitoring_role_arn          = try(aws_iam_role.monitoring[0].arn, null)
  auto_minor_version_upgrade   = false
}

output "endpoint" {
  value = aws_rds_cluster.this.endpoint
}

output "secret_arn" {
  value = try(aws_rds_cluster.this.master_user_secret[0].secret_arn, null)
}
