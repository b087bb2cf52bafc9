"""Names that do not say which environment they are of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource, Undecidable
from tercet.preflight.intent import Intent
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.intent._names import given_name, tagged_name
from tercet.preflight.values import Template, Value, is_known, shown

_QUEUE = """
resource "aws_sqs_queue" "payments" {
  name = "NAME"
}
"""

RULE = Rule(
    id="name-suffix-missing",
    title="A name without the suffix of its environment",
    severity=Severity.POLICY,
    rationale=(
        "Two environments in one account collide on every name that does not say which one it is of. The intent's "
        "name_suffix ends the name, or is a part of it between other characters than letters and digits. A resource "
        "without a name of its own is asked for its tag Name. A name that is not wholly known is undecided."
    ),
    sources=("https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",),
    resources=(),
    intent=Intent(name_suffix="dev"),
    failing=_QUEUE.replace("NAME", "payments"),
    passing=_QUEUE.replace("NAME", "payments-dev"),
)


@RULE.check
def check(graph: Graph, context: Context) -> Iterator[Problem]:
    """Look for the suffix in every name."""
    suffix = context.intent.name_suffix
    if suffix is None:
        return
    unknown: list[Resource] = []
    for resource in graph.managed:
        named = given_name(resource)
        names = [named] if named is not None else [("tags", name) for name in tagged_name(resource)]
        for argument, name in names:
            if carries(name, suffix) or _is_of_aws(name):
                continue
            if not is_known(name):
                unknown.append(resource)
                continue
            yield Problem(
                resource,
                argument,
                f"{argument} is {shown(name)}, which does not carry the suffix {suffix}.",
                fix=f"End the name with -{suffix}.",
                also={"name_suffix": suffix},
            )
    if unknown:
        others = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        raise Undecidable("names", f"the name of {unknown[0].address}{others} is known only after apply")


def _is_of_aws(name: Value) -> bool:
    """Tell whether AWS prescribes a name, as that of the log group to which API Gateway writes."""
    beginning = name.prefix if isinstance(name, Template) else name if isinstance(name, str) else ""
    return beginning.startswith("API-Gateway-Execution-Logs_")


def carries(name: Value, suffix: str) -> bool:
    """Tell whether a name, or what is known of it, carries the suffix as a part of its own."""
    parts = name.parts if isinstance(name, Template) else (name,)
    pattern = re.compile(rf"(?:^|[^a-z0-9]){re.escape(suffix.lower().lstrip('-_'))}(?:$|[^a-z0-9])")
    text = "".join(part if isinstance(part, str) else "\ufffc" for part in parts).lower()[:4096]
    return bool(pattern.search(text)) or text.endswith(suffix.lower())
