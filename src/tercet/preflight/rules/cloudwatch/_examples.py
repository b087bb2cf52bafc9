"""An alarm for the examples: the least that is sound, and what an example changes in it."""

from __future__ import annotations

from typing import Final

_ALARM: Final = """
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "payments-errors-dev"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  alarm_actions       = ["arn:aws:sns:us-east-1:123456789012:alerts-dev"]
  dimensions          = { FunctionName = "payments-dev" }
}
"""


def alarm(**changes: str) -> str:
    """Write the alarm with other values; an empty one leaves the argument out, a new one is added."""
    lines = _ALARM.splitlines()
    for name, value in changes.items():
        at = next((index for index, line in enumerate(lines) if line.split("=")[0].strip() == name), None)
        line = f"  {name:<19} = {value}"
        if at is None:
            lines.insert(len(lines) - 1, line)
        elif value:
            lines[at] = line
        else:
            del lines[at]
    return "\n".join(lines) + "\n"
