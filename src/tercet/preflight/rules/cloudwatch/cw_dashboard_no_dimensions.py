"""Widgets that stay empty."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudwatch._metrics import ACCOUNT_METRICS, PER_RESOURCE, of_dashboard

_DASHBOARD = """
resource "aws_cloudwatch_dashboard" "payments" {
  dashboard_name = "payments-dev"
  dashboard_body = jsonencode({
    widgets = [{
      type = "metric"
      properties = {
        region  = "us-east-1"
        title   = "Consumed capacity"
        stat    = "Sum"
        period  = 60
        metrics = [["AWS/DynamoDB", "ConsumedWriteCapacityUnits"DIMENSIONS]]
      }
    }]
  })
}
"""

RULE = Rule(
    id="cw-dashboard-no-dimensions",
    title="A widget on a metric that does not exist without dimensions",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "Most services publish a metric per resource. A widget that names one without dimensions stays empty, and "
        "whoever looks at it in an incident sees nothing."
    ),
    sources=(
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html",
    ),
    resources=("aws_cloudwatch_dashboard",),
    failing=_DASHBOARD.replace("DIMENSIONS", ""),
    passing=_DASHBOARD.replace("DIMENSIONS", ', "TableName", "payments-sessions-dev"'),
)


@RULE.check
def check(dashboard: Resource, _context: Context) -> Iterator[Problem]:
    """Look for dimensions where the namespace needs them."""
    for metric in of_dashboard(dashboard):
        if metric.namespace in PER_RESOURCE and metric.name not in ACCOUNT_METRICS and not metric.dimensions:
            yield Problem(
                dashboard,
                "dashboard_body",
                f"{metric.where} is {metric.name} of {metric.namespace} without dimensions: there is no such metric, "
                "and the widget stays empty.",
                fix=f'Name the resource: ["{metric.namespace}", "{metric.name}", "<dimension>", <resource>].',
                also={"path": metric.where, "metric": f"{metric.namespace} {metric.name}"},
            )
