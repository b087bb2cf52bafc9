"""A function whose subnets are all in one zone."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.network import count_of, zones_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.vpc._computing import subnets_of_compute

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

resource "aws_security_group" "function" {
  name   = "payments-function-dev"
  vpc_id = aws_vpc.payments.id
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
"""

_FUNCTION = """
resource "aws_lambda_function" "payments" {
  function_name = "payments-dev"
  role          = aws_iam_role.function.arn
  runtime       = "python3.13"
  handler       = "payments.handler"
  s3_bucket     = "payments-code-dev"
  s3_key        = "payments.zip"
  depends_on    = [aws_iam_role_policy_attachment.function]

  vpc_config {
    subnet_ids         = %s
    security_group_ids = [aws_security_group.function.id]
  }
}
"""

RULE = Rule(
    id="lambda-vpc-single-az",
    title="A function runs in the subnets of one zone",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A function in a VPC runs in the zones of its subnets. With subnets of one zone it stops when that zone is "
        "lost, though Lambda itself is regional. A second subnet costs nothing, so it always speaks when the "
        "subnets are certainly in one zone, whatever else the configuration spans."
    ),
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/security-resilience.html",
    ),
    resources=("aws_lambda_function",),
    failing=_HEAD + _FUNCTION % '[aws_subnet.private["us-east-1a"].id]',
    passing=_HEAD + _FUNCTION % "[for subnet in aws_subnet.private : subnet.id]",
)


@RULE.check
def check(function: Resource, context: Context) -> Iterator[Problem]:
    """Count the zones of the function's subnets."""
    if context.intent.multi_az is False or context.intent.az_count == 1:
        return
    subnets = subnets_of_compute(function)
    zones = zones_of(subnets)
    if not zones or count_of(zones)[1] > 1:
        return
    block = function.block("vpc_config")
    yield Problem(
        block or function,
        "subnet_ids",
        f"{function.address} runs in {', '.join(one.address for one in subnets)}, in {zones[0]} only: when that zone "
        "is lost, the function stops.",
        fix="Add private subnets of other zones to subnet_ids.",
        also={"zone": str(zones[0])},
    )
