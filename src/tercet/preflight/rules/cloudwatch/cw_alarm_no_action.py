"""Alarms that nobody hears."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource, Undecidable
from tercet.preflight.memory import remembered
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudwatch._examples import alarm
from tercet.preflight.values import walk

_ACTIONS: Final = ("alarm_actions", "insufficient_data_actions", "ok_actions")
_LEFT_OPEN: Final = re.compile(r"alarm|alert|action|notif|sns|topic|pager", re.IGNORECASE)
_ONLY_SHOWN: Final = frozenset(("aws_cloudwatch_dashboard",))

_BY_NAME: Final = {
    "aws_autoscaling_group": ("instance_refresh",),
    "aws_codedeploy_deployment_group": ("alarm_configuration",),
    "aws_ecs_service": ("alarms",),
    "aws_fis_experiment_template": ("stop_condition",),
    "aws_route53_health_check": ("cloudwatch_alarm_name",),
    "aws_ssm_association": ("alarm_configuration",),
    "aws_ssm_maintenance_window_task": ("alarm_configuration",),
}
"""What acts on alarms that it knows by name, and where the names stand."""

RULE = Rule(
    id="cw-alarm-no-action",
    title="An alarm that tells nobody",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "An alarm without actions changes its colour in the console, and nobody is told. An alarm that something else "
        "in the configuration reads (a composite alarm, a health check, a deployment) and alarms in a configuration "
        "with an event rule for aws.cloudwatch are not reported. Where a variable that is empty by default may hold "
        "the actions, it is undecided."
    ),
    sources=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html",),
    resources=("aws_cloudwatch_composite_alarm", "aws_cloudwatch_metric_alarm"),
    failing=alarm(alarm_actions=""),
    passing=alarm(),
)


@RULE.check
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    """Look for an action, and for whatever else may hear it."""
    if any(resource.has(name) for name in _ACTIONS) or _is_heard(resource, context.graph):
        return
    for variable in context.graph.variables:
        if variable.has_default and not variable.default and _LEFT_OPEN.search(variable.name):
            raise Undecidable("alarm_actions", f"var.{variable.name}, which is empty by default, may hold them")
    if resource.is_passed_out():
        raise Undecidable("alarm_actions", "a module whose source is not here is given the alarm")
    name = resource.shown("alarm_name")
    yield Problem(
        resource,
        "alarm_actions",
        f"The alarm {name} has no alarm_actions: it turns red, and nobody is told.",
        fix="Set alarm_actions to the ARN of a topic that somebody is subscribed to.",
    )


def _is_heard(resource: Resource, graph: Graph) -> bool:
    if any(one.type not in _ONLY_SHOWN for one in resource.referrers()):
        return True
    if remembered(graph, "alarms-heard", lambda: any(map(_is_for_alarms, graph.of_type("aws_cloudwatch_event_rule")))):
        return True
    name = resource.value("alarm_name")
    if isinstance(name, str) and _is_named(name, graph):
        return True
    return isinstance(name, str) and any(
        not isinstance(rule, str) or name in rule
        for rule in (
            one.value("alarm_rule") for one in graph.of_type("aws_cloudwatch_composite_alarm") if one is not resource
        )
    )


def _is_named(name: str, graph: Graph) -> bool:
    """Tell whether something that acts on alarms knows this one by a name that is written as text."""
    named = remembered(
        graph,
        "alarms-named",
        lambda: frozenset(
            str(text).rsplit(":alarm:", 1)[-1]
            for one in graph.of_type(*_BY_NAME)
            for argument in _BY_NAME[one.type]
            for text in walk(one.value(argument))
            if isinstance(text, str)
        ),
    )
    return name in named


def _is_for_alarms(rule: Resource) -> bool:
    try:
        pattern = rule.document("event_pattern") if rule.has("event_pattern") else None
    except Undecidable:
        return True
    return any(one == "aws.cloudwatch" for one in walk(pattern) if isinstance(one, str))
