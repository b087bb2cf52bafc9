terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.40"
    }
  }
}

# A spoke of a hub-and-spoke network: the endpoints are in the hub, and one partner is reached over the internet.

provider "aws" {
  region = "eu-central-1"
}

variable "hub" {
  type        = object({ transit_gateway_id = string, ranges = list(string) })
  description = "The transit gateway of the hub, and what is behind it."
  default     = { transit_gateway_id = "tgw-0123456789abcdef0", ranges = ["10.0.0.0/8"] }
}

variable "partners" {
  type        = map(string)
  description = "Whom the public subnets reach directly, and where."
  default     = { settlement = "198.51.100.0/24" }
}

module "label" {
  source = "./modules/label"

  namespace  = "Shop Co."
  stage      = "dev"
  attributes = ["spoke", "", "spoke"]
}

locals {
  zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
  tiers = ["private", "public"]
  bits  = ceil(log(length(local.zones) * length(local.tiers), 2))

  # Each tier and zone, in the order of its range: private-eu-central-1a is the first.
  subnets = {
    for index, pair in setproduct(local.tiers, local.zones) : "${pair[0]}-${pair[1]}" => {
      tier  = pair[0]
      zone  = pair[1]
      range = cidrsubnet(aws_vpc.spoke.cidr_block, local.bits, index)
    }
  }
}

resource "aws_vpc" "spoke" {
  cidr_block           = "10.40.0.0/16"
  enable_dns_hostnames = true
  tags                 = module.label.tags
}

resource "aws_internet_gateway" "spoke" {
  vpc_id = aws_vpc.spoke.id
  tags   = module.label.tags
}

resource "aws_subnet" "spoke" {
  for_each = local.subnets

  vpc_id                  = aws_vpc.spoke.id
  availability_zone       = each.value.zone
  cidr_block              = each.value.range
  map_public_ip_on_launch = each.value.tier == "public"
  tags                    = merge(module.label.tags, { Name = format("%s-%s", module.label.id, each.key) })
}

resource "aws_route_table" "tier" {
  for_each = toset(local.tiers)

  vpc_id = aws_vpc.spoke.id
  tags   = merge(module.label.tags, { Name = title("${each.key} subnets") })
}

resource "aws_route_table_association" "spoke" {
  for_each = aws_subnet.spoke

  subnet_id      = each.value.id
  route_table_id = aws_route_table.tier[local.subnets[each.key].tier].id
}

resource "aws_route" "partner" {
  for_each = var.partners

  route_table_id         = aws_route_table.tier["public"].id
  destination_cidr_block = each.value
  gateway_id             = aws_internet_gateway.spoke.id
}

resource "aws_ec2_transit_gateway_vpc_attachment" "hub" {
  transit_gateway_id = var.hub.transit_gateway_id
  vpc_id             = aws_vpc.spoke.id
  subnet_ids         = [for zone in local.zones : aws_subnet.spoke["private-${zone}"].id]
  tags               = module.label.tags
}

resource "aws_route" "hub" {
  for_each = { for pair in setproduct(local.tiers, var.hub.ranges) : join("/", pair) => pair }

  route_table_id         = aws_route_table.tier[each.value[0]].id
  destination_cidr_block = each.value[1]
  transit_gateway_id     = var.hub.transit_gateway_id
  depends_on             = [aws_ec2_transit_gateway_vpc_attachment.hub]
}

# What asks a queue from the private subnets: the endpoint for it is in the hub.
resource "aws_sqs_queue" "orders" {
  name                    = "${module.label.id}-orders"
  sqs_managed_sse_enabled = true
}

resource "aws_security_group" "worker" {
  name_prefix = "${module.label.id}-worker-"
  description = "The worker that files orders"
  vpc_id      = aws_vpc.spoke.id

  egress {
    description = "Endpoints in the hub"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = var.hub.ranges
  }

  lifecycle {
    create_before_destroy = true
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "worker" {
  name               = "${module.label.id}-worker"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

data "aws_iam_policy_document" "worker" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.orders.arn]
  }
}

resource "aws_iam_role_policy" "worker" {
  name   = "orders"
  role   = aws_iam_role.worker.id
  policy = data.aws_iam_policy_document.worker.json
}

resource "aws_iam_role_policy_attachment" "worker" {
  role       = aws_iam_role.worker.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
}

resource "aws_lambda_function" "worker" {
  function_name = "${module.label.id}-worker"
  role          = aws_iam_role.worker.arn
  runtime       = "python3.13"
  handler       = "worker.handle"
  s3_bucket     = "shop-artifacts-eu-central-1"
  s3_key        = "worker.zip"
  timeout       = 20

  environment {
    variables = { QUEUE_URL = aws_sqs_queue.orders.url }
  }

  vpc_config {
    subnet_ids         = [for zone in local.zones : aws_subnet.spoke["private-${zone}"].id]
    security_group_ids = [aws_security_group.worker.id]
  }

  depends_on = [aws_iam_role_policy_attachment.worker, aws_route.hub]
}
