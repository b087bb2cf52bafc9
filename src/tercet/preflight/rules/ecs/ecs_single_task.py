"""Services with one task."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.intent import Intent
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules.ecs._examples import service, task

RULE = Rule(
    id="ecs-single-task",
    title="A service with one task, where several zones are wanted",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A service with one task is gone with the task's zone until another is started elsewhere. It is reported only "
        "where the intent says multi_az or an az_count over 1, and only where nothing scales the service to two or "
        "more: one task may be meant."
    ),
    sources=("https://docs.aws.amazon.com/AmazonECS/latest/bestpracticesguide/application.html",),
    resources=("aws_ecs_service",),
    intent=Intent(multi_az=True),
    failing=task() + service('launch_type     = "FARGATE"', count=1),
    passing=task() + service('launch_type     = "FARGATE"', count=3),
)


@RULE.check
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    """Look at the count and at what scales it."""
    if not context.intent.multi_az and (context.intent.az_count or 1) < 2:
        return
    if resource.text("scheduling_strategy", "REPLICA") == "DAEMON" or resource.number("desired_count") != 1:
        return
    for scaling in resource.referrers("aws_appautoscaling_target"):
        if (scaling.number("min_capacity", 0) or 0) >= 2:
            return
    yield Problem(
        resource,
        "desired_count",
        "desired_count is 1 and several zones are wanted: the service is gone with its task's zone.",
        fix=f"Set desired_count to {max(2, context.intent.az_count or 2)}.",
        change=Change(resource, "desired_count", max(2, context.intent.az_count or 2)),
    )
