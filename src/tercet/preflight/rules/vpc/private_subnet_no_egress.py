"""A function or task asks AWS from where nothing leads to it."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.network import has_way_out, reaches, services_of, subnets_in
from tercet.preflight.rule import Context, Problem, Rule

_HEAD = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  for_each          = { us-east-1a = 10, us-east-1b = 11 }
  vpc_id            = aws_vpc.payments.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.payments.id
}

resource "aws_route_table_association" "private" {
  for_each       = aws_subnet.private
  subnet_id      = each.value.id
  route_table_id = aws_route_table.private.id
}

resource "aws_security_group" "function" {
  name   = "payments-function-dev"
  vpc_id = aws_vpc.payments.id
}

resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.function.id
  cidr_ipv4         = "0.0.0.0/0"
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
}

resource "aws_dynamodb_table" "sessions" {
  name         = "payments-sessions-dev"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  server_side_encryption {
    enabled = true
  }

  point_in_time_recovery {
    enabled = true
  }
}

resource "aws_iam_role" "function" {
  name = "payments-function-dev"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "function" {
  role       = aws_iam_role.function.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
}

resource "aws_iam_role_policy" "sessions" {
  role = aws_iam_role.function.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["dynamodb:GetItem", "dynamodb:PutItem"]
      Resource = aws_dynamodb_table.sessions.arn
    }]
  })
}

resource "aws_lambda_function" "payments" {
  function_name = "payments-dev"
  role          = aws_iam_role.function.arn
  runtime       = "python3.13"
  handler       = "payments.handler"
  s3_bucket     = "payments-code-dev"
  s3_key        = "payments.zip"
  depends_on    = [aws_iam_role_policy_attachment.function]

  environment {
    variables = {
      SESSIONS = aws_dynamodb_table.sessions.name
    }
  }

  vpc_config {
    subnet_ids         = [for subnet in aws_subnet.private : subnet.id]
    security_group_ids = [aws_security_group.function.id]
  }
}
"""

RULE = Rule(
    id="private-subnet-no-egress",
    title="A function or task cannot reach what it asks",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A function in a VPC has no public address, not even in a public subnet: it reaches AWS through a NAT "
        "gateway or an endpoint. It speaks where the function's environment or its role's policies show what it "
        "asks (a table, bucket, queue, topic, secret, parameter, bus, stream or state machine) and its subnets "
        "have neither a way out nor an endpoint for that service; and of Fargate tasks without a public address, "
        "which need the image registry before anything else. Functions that ask only a database are left in peace."
    ),
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html",
    ),
    resources=("aws_lambda_function", "aws_ecs_service"),
    failing=_HEAD,
    passing=_HEAD
    + """
resource "aws_vpc_endpoint" "dynamodb" {
  vpc_id            = aws_vpc.payments.id
  service_name      = "com.amazonaws.us-east-1.dynamodb"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.private.id]
}
""",
)


@RULE.check
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    """Follow the ways out of a function's or service's subnets."""
    del context
    if resource.type == "aws_lambda_function":
        block = resource.block("vpc_config")
        if block is None or block.flag("ipv6_allowed_for_dual_stack", False) or not block.has("subnet_ids"):
            return
        yield from _function(resource, block)
        return
    block = resource.block("network_configuration")
    if block is not None and _is_fargate(resource) and not block.flag("assign_public_ip", False):
        yield from _task(resource, block)


def _function(function: Resource, block: Block) -> Iterator[Problem]:
    needed = services_of(function)
    if not needed:
        return
    subnets = subnets_in(block, "subnet_ids")
    for service, shown_by in needed.items():
        if cut_off := [one for one in subnets if not reaches(one, service)]:
            yield Problem(
                block,
                "subnet_ids",
                f"{function.address} uses {shown_by.address}, and from {cut_off[0].address} neither a NAT gateway nor "
                f"an endpoint leads to {service}: each call waits until it times out.",
                fix=f"Add a VPC endpoint for {service}, or a default route to a NAT gateway.",
                also={"service": service, "subnets": ", ".join(one.address for one in cut_off)},
            )


def _is_fargate(service: Resource) -> bool:
    if service.text("launch_type") == "FARGATE":
        return True
    strategies = service.blocks("capacity_provider_strategy")
    return any((one.text("capacity_provider") or "").startswith("FARGATE") for one in strategies)


def _task(service: Resource, block: Block) -> Iterator[Problem]:
    subnets = subnets_in(block, "subnets")
    for subnet in subnets:
        # Which registry the image comes from is not looked up: another than ECR needs a way out all the more.
        if has_way_out(subnet) or reaches(subnet, "ecr.dkr"):
            continue
        yield Problem(
            block,
            "subnets",
            f"The tasks of {service.address} have no public address, and from {subnet.address} neither a NAT gateway "
            "nor an endpoint for ecr.dkr leads to the image: no task starts.",
            fix="Add a default route to a NAT gateway, or endpoints for ecr.api, ecr.dkr, s3 and logs.",
            aws_error="CannotPullContainerError: pull image manifest has been retried 7 time(s)",
            also={"assign_public_ip": block.shown("assign_public_ip")},
        )
        return
