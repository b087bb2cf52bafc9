"""A role without what its service does with it, which the service finds out at once."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._needs import REFUSED, unmet

_ACCOUNT = """
resource "aws_api_gateway_account" "main" {
  cloudwatch_role_arn = aws_iam_role.api_logs.arn
}
"""

RULE = Rule(
    id="role-lacks-permissions",
    title="A role without what its service tries when it is given",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Enhanced monitoring of RDS, the log role of API Gateway, CloudTrail's delivery to CloudWatch Logs and a "
        "selection of Backup by tags try the role when it is given, and refuse the resource where the role lacks what "
        "they do with it."
    ),
    aws_error="InvalidParameterValueException: IAM Role <role> is not authorized to call <action>",
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html",
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html",
    ),
    resources=tuple(REFUSED),
    failing=_ACCOUNT + example.role(service="apigateway.amazonaws.com", name="api_logs"),
    passing=_ACCOUNT
    + example.role(service="apigateway.amazonaws.com", name="api_logs")
    + """
resource "aws_iam_role_policy_attachment" "api_logs" {
  role       = aws_iam_role.api_logs.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}
""",
)


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Ask each role for what its service does."""
    yield from unmet(resource, REFUSED[resource.type])
