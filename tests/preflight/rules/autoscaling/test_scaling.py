"""Near misses of the rules of scaling."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
CLUSTER = block("aws_ecs_cluster", "c", 'name = "c"') + block("aws_ecs_service", "s", 'name = "s"')


def sizes(least: str, most: str, wanted: str = "") -> str:
    more = f"desired_capacity = {wanted}" if wanted else ""
    return block("aws_autoscaling_group", "g", f"min_size = {least}\nmax_size = {most}\n{more}")


def target(name: str, space: str = "ecs", dimension: str = "ecs:service:DesiredCount") -> str:
    lines = f'service_namespace = "{space}"\nscalable_dimension = "{dimension}"\nresource_id = {name}'
    return block("aws_appautoscaling_target", "t", f"{lines}\nmin_capacity = 1\nmax_capacity = 2")


def policy(*lines: str) -> str:
    return block("aws_autoscaling_policy", "p", "\n".join(('name = "p"', *lines)))


STEP = "step_adjustment {\nscaling_adjustment = 1\n}"
CHANGE = 'adjustment_type = "ChangeInCapacity"'

CASES = [
    ("scaling-bounds", sizes("0", "0", "0"), SILENT),
    ("scaling-bounds", sizes('"1"', '"10"', '"9"'), SILENT),
    ("scaling-bounds", sizes("2", "1"), FOUND),
    ("scaling-bounds", sizes("2", "3", "null"), SILENT),
    ("scaling-bounds", UNKNOWN + sizes("2", "var.unknown", "1"), UNDECIDED),
    ("scaling-bounds", sizes("2", "1").replace("min_size", "count = 0\nmin_size"), SILENT),
    ("appautoscaling-resource", CLUSTER + target('"service/${aws_ecs_cluster.c.name}/${aws_ecs_service.s.name}"'), SILENT),  # noqa: E501
    ("appautoscaling-resource", CLUSTER + target('"service/${aws_ecs_cluster.c.arn}/${aws_ecs_service.s.name}"'), FOUND),  # noqa: E501
    ("appautoscaling-resource", CLUSTER + target("aws_ecs_service.s.id"), FOUND),
    ("appautoscaling-resource", CLUSTER + target('join("/", ["service", aws_ecs_cluster.c.name, aws_ecs_service.s.name])'), SILENT),  # noqa: E501
    ("appautoscaling-resource", UNKNOWN + target("var.unknown"), SILENT),
    ("appautoscaling-resource", UNKNOWN + target('"${var.unknown}/s"'), SILENT),
    ("appautoscaling-resource", UNKNOWN + target('"service/${var.unknown}"'), SILENT),
    ("appautoscaling-resource", UNKNOWN + target('"services/${var.unknown}"'), FOUND),
    ("appautoscaling-resource", target('"table/t"', "dynamodb", "dynamodb:table:ReadCapacityUnits"), SILENT),
    ("appautoscaling-resource", target('"table/t"', "dynamodb", "ecs:service:DesiredCount"), FOUND),
    ("appautoscaling-resource", target('"cluster:c"', "rds", "rds:cluster:ReadReplicaCount"), SILENT),
    ("appautoscaling-resource", target('"cluster/c"', "rds", "rds:cluster:ReadReplicaCount"), FOUND),
    ("appautoscaling-resource", target('"anything"', "comprehend", "comprehend:document-classifier-endpoint:DesiredInferenceUnits"), SILENT),  # noqa: E501
    ("scaling-policy-arguments", policy(CHANGE, "scaling_adjustment = 1", "cooldown = 60"), SILENT),
    ("scaling-policy-arguments", policy('policy_type = "StepScaling"', CHANGE, STEP), SILENT),
    ("scaling-policy-arguments", policy('policy_type = "StepScaling"', CHANGE, STEP, "cooldown = 0"), SILENT),
    ("scaling-policy-arguments", policy('policy_type = "StepScaling"', CHANGE, STEP, "cooldown = 60"), FOUND),
    ("scaling-policy-arguments", policy('policy_type = "TargetTrackingScaling"'), FOUND),
    ("scaling-policy-arguments", UNKNOWN + policy("policy_type = var.unknown", STEP), UNDECIDED),
    ("scaling-policy-arguments", UNKNOWN + policy('policy_type = "StepScaling"', CHANGE, 'dynamic "step_adjustment" {\nfor_each = var.unknown\ncontent {\nscaling_adjustment = 1\n}\n}'), SILENT),  # noqa: E501
]  # fmt: skip


@pytest.mark.parametrize(("rule", "text", "expected"), CASES, ids=[f"{case[0]}-{at}" for at, case in enumerate(CASES)])
def test_near_misses(rule: str, text: str, expected: str):
    assert verdict(rule, text) == expected


BY_TRY = """
locals {
  policies = {
    up  = { scaling_adjustment = 1, adjustment_type = "ChangeInCapacity" }
    cpu = { policy_type = "TargetTrackingScaling", tracking = { target_value = 50 } }
  }
}
resource "aws_autoscaling_policy" "p" {
  for_each           = local.policies
  name               = each.key
  policy_type        = try(each.value.policy_type, null)
  adjustment_type    = try(each.value.adjustment_type, null)
  scaling_adjustment = try(each.value.scaling_adjustment, null)
  dynamic "target_tracking_configuration" {
    for_each = try([each.value.tracking], [])
    content {
      target_value = target_tracking_configuration.value.target_value
    }
  }
}
"""


def test_what_is_missing_inside_a_list_fails_a_try():
    """A block that is repeated for ``try([each.value.tracking], [])`` is not there where the attribute is not."""
    assert verdict("scaling-policy-arguments", BY_TRY) == SILENT
    assert verdict("scaling-policy-arguments", BY_TRY.replace("{ scaling_adj", "{ tracking = {}, scaling_adj")) == FOUND
