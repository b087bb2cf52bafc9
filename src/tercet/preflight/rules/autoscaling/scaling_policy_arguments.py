"""Scaling policies that lack what their type does, or have what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule

_PER_TARGET: Final = "ALBRequestCountPerTarget"
_METRICS: Final = {
    "aws_appautoscaling_policy": ("target_tracking_scaling_policy_configuration", "predefined_metric_specification"),
    "aws_autoscaling_policy": ("target_tracking_configuration", "predefined_metric_specification"),
}
_NEEDS: Final = {
    "PredictiveScaling": ("predictive_scaling_configuration",),
    "SimpleScaling": ("adjustment_type", "scaling_adjustment"),
    "StepScaling": ("adjustment_type", "step_adjustment"),
    "TargetTrackingScaling": ("target_tracking_configuration",),
}
_ONLY_OF: Final = {
    "cooldown": "SimpleScaling",
    "scaling_adjustment": "SimpleScaling",
    "step_adjustment": "StepScaling",
    "target_tracking_configuration": "TargetTrackingScaling",
}

_EXAMPLE = """
resource "aws_autoscaling_policy" "payments" {
  name                   = "payments-dev"
  autoscaling_group_name = "payments-dev"TYPE
  adjustment_type        = "ChangeInCapacity"

  step_adjustment {
    scaling_adjustment          = 1
    metric_interval_lower_bound = 0
  }
}
"""

RULE = Rule(
    id="scaling-policy-arguments",
    title="A scaling policy without what its type needs",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Each type of policy has arguments of its own, and SimpleScaling is the type where none is given. A policy "
        "that follows the requests of each target has to say which load balancer and target group are meant, in "
        "resource_label."
    ),
    aws_error="Error: scaling_adjustment is only supported for policy type SimpleScaling",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutScalingPolicy.html",
        "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html",
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/autoscaling/policy.go",
    ),
    resources=tuple(_METRICS),
    failing=_EXAMPLE.replace("TYPE", ""),
    passing=_EXAMPLE.replace("TYPE", '\n  policy_type            = "StepScaling"'),
)


@RULE.check
def check(policy: Resource, _context: Context) -> Iterator[Problem]:
    """Look at what the type needs and refuses, and at the metric."""
    if policy.type == "aws_autoscaling_policy":
        yield from _type(policy)
    outer, inner = _METRICS[policy.type]
    for block in policy.blocks(outer):
        for metric in block.blocks(inner):
            yield from _label(metric)


def _type(policy: Resource) -> Iterator[Problem]:
    kind = policy.text("policy_type", "SimpleScaling") or ""
    said = kind if policy.has("policy_type") else f"{kind} (the default)"
    for name in _NEEDS.get(kind, ()):
        if name not in policy.values:  # null may come from a variable that a caller sets
            yield Problem(
                policy,
                name,
                f"policy_type is {said}, and {name} is missing.",
                fix=f"Give {name}, or another policy_type.",
                aws_error=f"Error: {name} is required for policy type {kind}"
                if name != "adjustment_type"
                else f"ValidationError: You must specify an AdjustmentType for policy type: {kind}",
                also={"policy_type": said},
            )
    for name, only in _ONLY_OF.items():
        # The provider lets a zero pass, as a placeholder.
        if kind in _NEEDS and kind != only and policy.has(name) and policy.value(name) != 0:
            yield Problem(
                policy,
                name,
                f"policy_type is {said}, and {name} is of {only}.",
                fix=f'Remove {name}, or set policy_type = "{only}".',
                aws_error=f"Error: {name} is only supported for policy type {only}",
                also={"policy_type": said},
            )


def _label(metric: Block) -> Iterator[Problem]:
    kind = metric.value("predefined_metric_type")
    if kind == _PER_TARGET and not metric.has("resource_label"):
        yield Problem(
            metric,
            "resource_label",
            f"predefined_metric_type is {_PER_TARGET} and resource_label is missing.",
            fix='Write resource_label = "${aws_lb.….arn_suffix}/${aws_lb_target_group.….arn_suffix}".',
            aws_error="ValidationException: Resource label must be specified for ALBRequestCountPerTarget",
            also={"predefined_metric_type": _PER_TARGET},
        )
