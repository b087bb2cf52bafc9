variable "name" {
  type = string
}

variable "range" {
  type = string

  validation {
    condition     = can(regex("^10\\.", var.range)) && can(cidrnetmask(var.range))
    error_message = "The range has to be one of 10.0.0.0/8."
  }
}

variable "zones" {
  type = list(string)
}

variable "public" {
  type    = list(string)
  default = []
}

variable "private" {
  type    = list(string)
  default = []
}

variable "nat" {
  type    = bool
  default = false
}

data "aws_partition" "here" {}

locals {
  nats = var.nat ? length(var.zones) : 0
}

resource "aws_vpc" "this" {
  cidr_block           = var.range
  enable_dns_hostnames = true

  tags = { Name = var.name }
}

resource "aws_subnet" "public" {
  count = length(var.public)

  vpc_id               = aws_vpc.this.id
  cidr_block           = element(concat(var.public, [""]), count.index)
  availability_zone    = length(regexall("^[a-z]{2}-", element(var.zones, count.index))) > 0 ? element(var.zones, count.index) : null
  availability_zone_id = length(regexall("^[a-z]{2}-", element(var.zones, count.index))) == 0 ? element(var.zones, count.index) : null
}

resource "aws_subnet" "private" {
  count = length(var.private)

  vpc_id               = aws_vpc.this.id
  cidr_block           = element(concat(var.private, [""]), count.index)
  availability_zone    = length(regexall("^[a-z]{2}-", element(var.zones, count.index))) > 0 ? element(var.zones, count.index) : null
  availability_zone_id = length(regexall("^[a-z]{2}-", element(var.zones, count.index))) == 0 ? element(var.zones, count.index) : null
}

resource "aws_internet_gateway" "this" {
  count = length(var.public) > 0 ? 1 : 0

  vpc_id = aws_vpc.this.id
}

resource "aws_route_table" "public" {
  count = length(var.public) > 0 ? 1 : 0

  vpc_id = aws_vpc.this.id
}

resource "aws_route" "out" {
  count = length(var.public) > 0 ? 1 : 0

  route_table_id         = aws_route_table.public[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this[0].id
}

resource "aws_route_table_association" "public" {
  count = length(var.public)

  subnet_id      = element(aws_subnet.public[*].id, count.index)
  route_table_id = aws_route_table.public[0].id
}

resource "aws_eip" "nat" {
  count = local.nats

  domain     = "vpc"
  depends_on = [aws_internet_gateway.this]
}

resource "aws_nat_gateway" "this" {
  count = local.nats

  allocation_id = element(aws_eip.nat[*].id, count.index)
  subnet_id     = element(aws_subnet.public[*].id, count.index)
  depends_on    = [aws_internet_gateway.this]
}

resource "aws_route_table" "private" {
  count = length(var.zones)

  vpc_id = aws_vpc.this.id
}

resource "aws_route" "private_out" {
  count = local.nats

  route_table_id         = element(aws_route_table.private[*].id, count.index)
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = element(aws_nat_gateway.this[*].id, count.index)
}

resource "aws_route_table_association" "private" {
  count = length(var.private)

  subnet_id      = element(aws_subnet.private[*].id, count.index)
  route_table_id = element(coalescelist(aws_route_table.private[*].id, aws_route_table.public[*].id), count.index)
}

resource "aws_cloudwatch_log_group" "flow" {
  name              = "/network/${var.name}"
  retention_in_days = 30
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["vpc-flow-logs.${data.aws_partition.here.dns_suffix}"]
    }
  }
}

data "aws_iam_policy_document" "write" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"]
    resources = ["${aws_cloudwatch_log_group.flow.arn}:*"]
  }
}

resource "aws_iam_role" "flow" {
  name_prefix        = "flow-"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "flow" {
  role   = aws_iam_role.flow.id
  policy = data.aws_iam_policy_document.write.json
}

resource "aws_flow_log" "this" {
  log_destination_type     = "cloud-watch-logs"
  log_destination          = aws_cloudwatch_log_group.flow.arn
  iam_role_arn             = aws_iam_role.flow.arn
  traffic_type             = "ALL"
  vpc_id                   = aws_vpc.this.id
  max_aggregation_interval = 60
}

output "private_subnets" {
  value = aws_subnet.private[*].id
}
