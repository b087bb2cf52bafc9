"""Query logs of a zone that Route 53 cannot write."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

_EXAMPLE = """
provider "aws" {
  region = "%s"
}

data "aws_route53_zone" "acme" {
  name = "acme-pay.com"
}

resource "aws_cloudwatch_log_group" "queries" {
  name              = "/aws/route53/acme-pay.com"
  retention_in_days = 30
}

resource "aws_cloudwatch_log_resource_policy" "queries" {
  policy_name = "route53-dev"

  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource  = "${aws_cloudwatch_log_group.queries.arn}:*"
      Principal = { Service = "route53.amazonaws.com" }
    }]
  })
}

resource "aws_route53_query_log" "acme" {
  zone_id                  = data.aws_route53_zone.acme.zone_id
  cloudwatch_log_group_arn = aws_cloudwatch_log_group.queries.arn
  depends_on               = [aws_cloudwatch_log_resource_policy.queries]
}
"""

RULE = Rule(
    id="route53-query-log",
    title="Query log whose log group is not in us-east-1, or of a private zone",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Route 53 writes the queries of public zones to log groups of us-east-1, wherever the rest stands. Queries of "
        "private zones are logged by Route 53 Resolver (`aws_route53_resolver_query_log_config`)."
    ),
    aws_error=(
        "InvalidInput: The ARN for the CloudWatch Logs log group is invalid: the log group must be in us-east-1."
    ),
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/query-logs.html",
        "https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateQueryLoggingConfig.html",
    ),
    resources=("aws_route53_query_log",),
    failing=_EXAMPLE % "eu-west-1",
    passing=_EXAMPLE % "us-east-1",
)


@RULE.check
def check(log: Resource, _: Context) -> Iterator[Problem]:
    """Look at the zone and at the log group."""
    zone = log.target("zone_id", "aws_route53_zone")
    if zone is not None and zone.mode == "managed" and zone.blocks("vpc"):
        yield Problem(
            log,
            "zone_id",
            f"{zone.address} is a private zone, whose queries Route 53 does not log this way.",
            fix="Use aws_route53_resolver_query_log_config, and associate it with the VPC.",
            aws_error="InvalidInput: Query logging is not supported for private hosted zones",
        )
    group = log.target("cloudwatch_log_group_arn", "aws_cloudwatch_log_group")
    if group is not None and group.mode == "managed":
        region = group.known_region()
        if region != "us-east-1" and not region.startswith(("cn-", "us-gov-")):
            yield Problem(
                log,
                "cloudwatch_log_group_arn",
                f"{group.address} is in {region}: Route 53 writes to log groups of us-east-1 alone.",
                fix="Create the log group, and its resource policy, through a provider for us-east-1.",
                also={"region": region},
            )
