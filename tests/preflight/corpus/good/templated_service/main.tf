terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.40"
    }
  }
}

# A service whose container is written as a template: parts of it are there only where they are wanted.

provider "aws" {
  region = "us-east-1"
}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

variable "service" {
  type = object({
    name         = string
    port         = optional(number, 8080)
    count        = optional(number, 2)
    secrets      = optional(map(string), {})
    environment  = optional(map(string), {})
    health       = optional(object({ command = list(string), interval = optional(number, 30) }))
    registry_key = optional(string, "")
    kms_key_arn  = optional(string, "")
  })
  default = {
    name        = "shop"
    environment = { LOG_LEVEL = "info", PAGE = "a&b" }
    secrets     = { TOKEN = "shop-dev/token" }
    health      = { command = ["CMD", "/bin/check"] }
  }
}

variable "network" {
  type    = object({ vpc_id = string, subnets = list(string), balancers = list(string) })
  default = { vpc_id = "vpc-0123456789abcdef0", subnets = ["subnet-0a", "subnet-0b"], balancers = ["sg-0123456789abcdef0"] }
}

locals {
  name     = "${var.service.name}-dev"
  secrets  = "arn:aws:secretsmanager:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:secret"
  settings = [for name, value in var.service.environment : { name = name, value = value }]
}

resource "aws_cloudwatch_log_group" "service" {
  name              = "/ecs/${local.name}"
  retention_in_days = 30
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "execution" {
  name               = "${local.name}-execution"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_iam_role_policy" "secrets" {
  count = length(var.service.secrets) > 0 ? 1 : 0

  name = "secrets"
  role = aws_iam_role.execution.id
  policy = templatefile("${path.module}/secrets.json.tftpl", {
    secrets     = formatlist("%s:%s-*", local.secrets, values(var.service.secrets))
    kms_key_arn = var.service.kms_key_arn
  })
}

resource "aws_ecs_cluster" "shop" {
  name = local.name
}

resource "aws_ecs_task_definition" "service" {
  family                   = local.name
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.execution.arn

  container_definitions = <<EOF
[{
  "name": "${local.name}",
  "image": "public.ecr.aws/nginx/nginx:1.27",
  %{if var.service.registry_key != ""~}
  "repositoryCredentials": { "credentialsParameter": "${var.service.registry_key}" },
  %{endif~}
  %{if var.service.health != null~}
  "healthCheck": {
    "command": ${jsonencode(var.service.health.command)},
    "interval": ${var.service.health.interval}
  },
  %{else~}
  "stopTimeout": 30,
  %{endif~}
  "secrets": [
    %{~for name, secret in var.service.secrets~}
    { "name": "${name}", "valueFrom": "${local.secrets}:${secret}" }%{if name != reverse(keys(var.service.secrets))[0]},%{endif}
    %{~endfor~}
  ],
  "logConfiguration": {
    "logDriver": "awslogs",
    "options": {
      "awslogs-group": "${aws_cloudwatch_log_group.service.name}",
      "awslogs-region": "${data.aws_region.current.name}",
      "awslogs-stream-prefix": "service"
    }
  },
  "portMappings": [{ "containerPort": ${var.service.port}, "protocol": "tcp" }],
  "environment": ${jsonencode(local.settings)},
  "essential": true
}]
EOF
}

resource "aws_security_group" "service" {
  name        = local.name
  description = "Tasks of the service"
  vpc_id      = var.network.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "balancer" {
  for_each = toset(var.network.balancers)

  security_group_id            = aws_security_group.service.id
  description                  = "From the load balancer"
  referenced_security_group_id = each.value
  from_port                    = var.service.port
  to_port                      = var.service.port
  ip_protocol                  = "tcp"
}

resource "aws_vpc_security_group_egress_rule" "out" {
  security_group_id = aws_security_group.service.id
  description       = "To registries and services"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_ecs_service" "service" {
  name            = local.name
  cluster         = aws_ecs_cluster.shop.id
  task_definition = aws_ecs_task_definition.service.arn
  desired_count   = var.service.count
  launch_type     = "FARGATE"

  network_configuration {
    subnets         = var.network.subnets
    security_groups = [aws_security_group.service.id]
  }

  depends_on = [aws_iam_role_policy_attachment.execution, aws_iam_role_policy.secrets]
}
