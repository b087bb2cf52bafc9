"""Dashboards that CloudWatch does not take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudwatch._metrics import rows, widgets
from tercet.preflight.values import Reference, Unknown, Value, is_known, shown

TYPES: Final = frozenset(("alarm", "custom", "explorer", "log", "metric", "text"))
COLUMNS: Final = 24
_NEEDED: Final = {"alarm": "alarms", "custom": "endpoint", "log": "query", "text": "markdown"}
_RANGES: Final = {"height": (1, 1000), "width": (1, COLUMNS), "x": (0, COLUMNS - 1), "y": (0, 10**6)}

_DASHBOARD = """
resource "aws_cloudwatch_dashboard" "payments" {
  dashboard_name = "payments-dev"
  dashboard_body = jsonencode({
    widgets = [{
      type = "metric"
      properties = {
        region  = "us-east-1"
        title   = "Errors"
        stat    = "Sum"
        period  = 60
        metrics = METRICS
      }
    }]
  })
}
"""

RULE = Rule(
    id="cw-dashboard-body",
    title="A dashboard that CloudWatch does not take",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A dashboard's body is a JSON object with widgets, each of a known type and with the properties of that type. "
        "A metric widget's metrics are a list of lists: namespace, name, then dimensions as name and value in turn."
    ),
    aws_error="InvalidParameterInput: The dashboard body is invalid, there are <n> validation errors: [...]",
    sources=(
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html",
    ),
    resources=("aws_cloudwatch_dashboard",),
    failing=_DASHBOARD.replace("METRICS", '["AWS/Lambda", "Errors", "FunctionName", "payments-dev"]'),
    passing=_DASHBOARD.replace("METRICS", '[["AWS/Lambda", "Errors", "FunctionName", "payments-dev"]]'),
)


@RULE.check
def check(dashboard: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the body, its widgets and their rows."""
    if not dashboard.has("dashboard_body"):
        return
    body = dashboard.document("dashboard_body")
    if body is None or (is_known(body) and not isinstance(body, dict)):
        yield _problem(dashboard, "/", f"is {dashboard.shown('dashboard_body')}, which is no JSON object")
        return
    listed = body.get("widgets") if isinstance(body, dict) else None
    if isinstance(body, dict) and (listed is None or isinstance(listed, str | int | float | dict)):
        yield _problem(dashboard, "/widgets", "is no list" if "widgets" in body else "is missing")
    for path, widget in widgets(dashboard):
        for place, what in _widget(widget):
            yield _problem(dashboard, path + place, what)


def _widget(widget: dict[str, Value]) -> Iterator[tuple[str, str]]:
    kind, properties = widget.get("type"), widget.get("properties")
    if kind is None or (isinstance(kind, str) and kind not in TYPES):
        yield "/type", f"is {shown(kind, 40)}, not one of {', '.join(sorted(TYPES))}"
        return
    for name, (least, most) in _RANGES.items():
        value = widget.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and not least <= value <= most:
            yield f"/{name}", f"is {shown(value, 40)}, not from {least} to {most}"
    if properties is None or isinstance(properties, str | list | int | float):
        yield "/properties", "is missing" if properties is None else "is no object"
    elif isinstance(kind, str) and isinstance(properties, dict):
        yield from _properties(str(kind), widget, properties)


def _properties(kind: str, widget: dict[str, Value], properties: dict[str, Value]) -> Iterator[tuple[str, str]]:
    needed = _NEEDED.get(kind)
    if needed is not None and needed not in properties:
        yield f"/properties/{needed}", "is missing"
    if kind != "metric":
        return
    metrics = properties.get("metrics")
    if metrics is None and "annotations" not in properties:
        yield "/properties/metrics", "is missing"
    elif isinstance(metrics, str | int | float | dict):
        yield "/properties/metrics", "is no list"
    for place, row in rows(widget):
        what = _row(row)
        if what is not None:
            yield place, what


def _row(row: Value) -> str | None:
    if isinstance(row, Reference | Unknown):
        return None
    if not isinstance(row, list):
        return f"is {shown(row, 40)}, where a list of namespace, name and dimensions belongs"
    if any(isinstance(one, dict) for one in row[:-1]):
        return "has options before its end"
    items = [one for one in row if not isinstance(one, dict)]
    if not items:
        return None if row and ("expression" in row[0] or not is_known(row[0])) else "names no metric"
    if isinstance(items[-1], Reference | Unknown):
        return None  # it may be the row's options
    if len(items) == 1:
        return "has a namespace and no name"
    return f"has a dimension without a value: {shown(items[-1], 40)}" if len(items) % 2 else None


def _problem(dashboard: Resource, path: str, what: str) -> Problem:
    return Problem(
        dashboard,
        "dashboard_body",
        f"{path} in dashboard_body {what}.",
        fix="Write what the documentation of dashboard bodies shows for this type of widget.",
        aws_error="InvalidParameterInput: The dashboard body is invalid, there are 1 validation errors: "
        f'[ {{ "dataPath": "{path}", "message": "{what}" }} ]',
        also={"path": path},
    )
