"""Security groups between a function and an endpoint that let nothing through."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.network import endpoints_for, groups_of, is_interface, services_of, subnets_in, vpc_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.vpc._passage import blocked

_HTTPS = 443

_HEAD = """
resource "aws_vpc" "payments" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
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

resource "aws_security_group" "endpoint" {
  name   = "payments-endpoint-dev"
  vpc_id = aws_vpc.payments.id
}

resource "aws_vpc_security_group_egress_rule" "function" {
  security_group_id            = aws_security_group.function.id
  referenced_security_group_id = aws_security_group.endpoint.id
  from_port                    = 443
  to_port                      = 443
  ip_protocol                  = "tcp"
}

resource "aws_vpc_endpoint" "ssm" {
  vpc_id              = aws_vpc.payments.id
  service_name        = "com.amazonaws.us-east-1.ssm"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [for subnet in aws_subnet.private : subnet.id]
  security_group_ids  = [aws_security_group.endpoint.id]
}

resource "aws_ssm_parameter" "limit" {
  name  = "/payments-dev/limit"
  type  = "String"
  value = "100"
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

resource "aws_iam_role_policy" "limit" {
  role = aws_iam_role.function.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "ssm:GetParameter", Resource = aws_ssm_parameter.limit.arn }]
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
      LIMIT = aws_ssm_parameter.limit.name
    }
  }

  vpc_config {
    subnet_ids         = [for subnet in aws_subnet.private : subnet.id]
    security_group_ids = [aws_security_group.function.id]
  }
}
"""

RULE = Rule(
    id="sg-lockout-endpoint",
    title="Security groups let nothing through to an endpoint",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "With private DNS, the name of the service leads to the interface endpoint from everywhere in the VPC, "
        "also where there is a NAT gateway. If the endpoint's security groups do not admit port 443 from the "
        "function, or the function's let nothing out to it, each call times out. It speaks where the function's "
        "environment or its role shows that it asks the service, and both sides' rules are known."
    ),
    sources=("https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",),
    resources=("aws_lambda_function",),
    failing=_HEAD,
    passing=_HEAD
    + """
resource "aws_vpc_security_group_ingress_rule" "endpoint" {
  security_group_id            = aws_security_group.endpoint.id
  referenced_security_group_id = aws_security_group.function.id
  from_port                    = 443
  to_port                      = 443
  ip_protocol                  = "tcp"
}
""",
)


@RULE.check
def check(function: Resource, context: Context) -> Iterator[Problem]:
    """Compare the function's groups with those of each endpoint that it asks."""
    del context
    block = function.block("vpc_config")
    needed = services_of(function) if block is not None else {}
    if block is None or not needed:
        return
    subnets = subnets_in(block, "subnet_ids")
    vpc = vpc_of(subnets[0]) if subnets else None
    if vpc is None:
        return
    unsure: Undecidable | None = None
    for endpoint in [one for service in needed for one in endpoints_for(vpc, service)]:
        try:
            if _answers(endpoint):
                own, others = groups_of(block, "security_group_ids"), groups_of(endpoint, "security_group_ids")
                if own and others:
                    yield from blocked(function, own, endpoint, others, _HTTPS)
        except Undecidable as reason:
            unsure = reason
    if unsure is not None:
        raise unsure


def _answers(endpoint: Resource) -> bool:
    """Tell whether the name of the service leads to the endpoint, and its groups are all in its arguments."""
    associated = endpoint.referrers("aws_vpc_endpoint_security_group_association")
    return is_interface(endpoint) and bool(endpoint.flag("private_dns_enabled", False)) and not associated
