"""An event rule that sends a function's own events back to it."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.policies import functions_in, functions_of, remembered
from tercet.preflight.policies.matching import Target
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _emitters as emitters
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring import _patterns as patterns
from tercet.preflight.values import Value, shown

_LOOP = (
    """
resource "aws_cloudwatch_event_bus" "payments" {
  name = "payments-dev"
}

resource "aws_cloudwatch_event_rule" "processed" {
  name           = "payments-processed-dev"
  event_bus_name = aws_cloudwatch_event_bus.payments.name
  event_pattern  = jsonencode({ source = ["%s"] })
}

resource "aws_cloudwatch_event_target" "processed" {
  rule           = aws_cloudwatch_event_rule.processed.name
  event_bus_name = aws_cloudwatch_event_bus.payments.name
  arn            = aws_lambda_function.processor.arn
}
"""
    + example.role(example.LOGS, example.allow('["events:PutEvents"]', "aws_cloudwatch_event_bus.payments.arn"))
    + example.function(
        """
  environment {
    variables = {
      EVENT_BUS    = aws_cloudwatch_event_bus.payments.name
      EVENT_SOURCE = "payment.processing"
    }
  }
"""
    )
    + example.permission("events.amazonaws.com", "aws_cloudwatch_event_rule.processed.arn")
)

RULE = Rule(
    id="event-loop",
    title="An event rule that sends a function's own events back to it",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A function that puts events of a source on a bus, and is the target of a rule that takes events of that "
        "source, "
        "calls itself without end: every event makes another. It is reported where the function may put events on the "
        "rule's bus and its source is known: from a condition on events:source in its role, from a value in its "
        "environment, from code in the configuration, or because the source is called as the function is and nobody "
        "else here may put events there. Where the pattern asks for a detail-type as well, the function must be "
        "known to "
        "send that type, or be the only one here that may send anything. Else it is undecided."
    ),
    sources=(
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-patterns-best-practices.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html",
    ),
    resources=("aws_cloudwatch_event_target",),
    failing=_LOOP % "payment.processing",
    passing=_LOOP % "payment.orders",
)


@RULE.check
def check(target: Resource, _: Context) -> Iterator[Problem]:
    """Look at each function that the target reaches, directly or by a queue."""
    functions = functions_reached(target)
    rule = rule_of(target) if functions else None
    pattern = rule.document("event_pattern") if rule is not None else None
    if rule is None or not isinstance(pattern, dict):
        return
    for function in functions:
        if (said := loop_of(function, rule, pattern)) is not None:
            yield Problem(
                target,
                "arn",
                f"{rule.address} takes {said}, which {function.address} itself puts on "
                f"{_called(emitters.bus_of(rule))}, "
                "and sends it back to that function: each event makes another, without end.",
                fix="Let the function send another source or detail-type than the rule takes, or narrow event_pattern.",
                also={"event_pattern": rule.shown("event_pattern"), "function": function.address},
            )


def rule_of(target: Resource) -> Resource | None:
    """Return the rule of a target, if it is made here, is on and takes events; else None."""
    rule = target.target("rule", "aws_cloudwatch_event_rule")
    if rule is None or rule.mode != "managed" or not rule.has("event_pattern"):
        return None
    return None if rule.value("state") == "DISABLED" or rule.value("is_enabled") is False else rule


def functions_reached(target: Resource) -> list[Resource]:
    """Return the functions that a target reaches, directly or by a queue."""
    direct = functions_of(target, "arn")
    queues = target.targets("arn", "aws_sqs_queue")
    return direct or [function for queue in queues for function in _readers(queue)]


def _readers(queue: Resource) -> list[Resource]:
    def find() -> list[Resource]:
        mappings = queue.referrers("aws_lambda_event_source_mapping")
        return [
            function
            for mapping in mappings
            if queue in mapping.targets("event_source_arn", "aws_sqs_queue")
            for function in functions_in(mapping.graph, mapping.value("function_name"))
        ]

    return remembered(queue.graph, ("readers", queue.address), find)


def loop_of(function: Resource, rule: Resource, pattern: dict[str, Value]) -> str | None:
    """Say which of its own events a function is sent; None where it is sent none.

    Raises
    ------
    Undecidable
        It may put events there, and of which source is not known.
    """
    sources = patterns.entries(pattern, "source")
    if sources is not None and not patterns.is_own(sources):
        return None
    bus = emitters.bus_of(rule)
    allowed = emitters.may_put(function, bus)
    if allowed is False:
        return None
    if allowed is None and not _tells_of_bus(function):
        emitters.require_known_role(function, bus)
        return None
    if sources is None:
        return _unfiltered(function, pattern, bus) if allowed else None
    source = _own_source(function, sources, bus)
    if source is None:
        return None
    return _of_type(function, pattern, source, bus)


def _own_source(function: Resource, sources: list[Value], bus: Target) -> str | None:
    conditioned = emitters.conditioned(function, "events:source")
    if conditioned:
        taken = [one for one in conditioned if patterns.any_takes(sources, one)]
        return shown(taken[0]) if taken else None
    named = [value for name, value in emitters.environment(function).items() if "SOURCE" in name.upper()]
    own = [value for value in named if patterns.any_takes(sources, value)]
    if own:
        return shown(own[0])
    for entry in sources:
        if isinstance(entry, str) and emitters.says(function, str(entry)):
            return str(entry)
    if any(isinstance(value, str) and "." in value for value in named):
        return None  # it is told another source
    for entry in sources:
        named_so = isinstance(entry, str) and emitters.named_after(function, str(entry))
        if named_so and not emitters.others_may_put(function, bus):
            return str(entry)
    raise Undecidable("event_pattern", f"which source {function.address} gives its events is not said")


def _of_type(function: Resource, pattern: dict[str, Value], source: str, bus: Target) -> str | None:
    types = patterns.entries(pattern, "detail-type")
    if types is None and "detail" not in pattern:
        return f"every event of the source {source}"
    conditioned = emitters.conditioned(function, "events:detail-type")
    if types is not None and conditioned:
        taken = any(patterns.any_takes(types, one) for one in conditioned)
        return f"{source} {shown(types)}" if taken else None
    if any(isinstance(one, str) and emitters.says(function, str(one)) for one in types or ()):
        return f"{source} {shown(types)}"
    if types is not None and not emitters.others_may_put(function, bus):
        return f"{source} {shown(types)}"
    raise Undecidable("event_pattern", f"which detail-type {function.address} gives its events is not said")


def _unfiltered(function: Resource, pattern: dict[str, Value], bus: Target) -> str | None:
    if patterns.entries(pattern, "detail-type") is not None or "detail" in pattern or "resources" in pattern:
        raise Undecidable("event_pattern", f"which events {function.address} puts is not said")
    return "every event of the bus" if bus != emitters.DEFAULT_BUS else None


def _tells_of_bus(function: Resource) -> bool:
    """Tell whether the environment says that events are put, where the role is made elsewhere."""
    names = [name.upper() for name in emitters.environment(function)]
    return any("SOURCE" in name for name in names) and any("BUS" in name for name in names)


def _called(bus: Target) -> str:
    return bus.address if isinstance(bus, Resource) else "the default bus" if bus == emitters.DEFAULT_BUS else str(bus)
