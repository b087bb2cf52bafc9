"""Names that are too long for their service."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.names._limits import BY_TYPE, MEASURED_ELSEWHERE, TYPES
from tercet.preflight.values import Template

_QUEUE = """
resource "aws_sqs_queue" "payments" {
  name = "NAME"
}
"""

RULE = Rule(
    id="name-too-long",
    title="A name is too long for its service",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Load balancers and target groups have names of 32 characters, databases of 63, functions of 64, queues of 80. "
        "A name that is put together grows beyond that unnoticed. Where a part is not known before apply, the parts "
        "that are known may be too long already. Limits that the API's model says are compared by value-length."
    ),
    aws_error='Error: "<argument>" cannot be longer than <most> characters: "<name>"',
    sources=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html",
        "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
    ),
    resources=TYPES,
    failing=_QUEUE.replace(
        "NAME", "payments-processing-platform-captured-payments-waiting-for-settlement-us-east-1-development"
    ),
    passing=_QUEUE.replace("NAME", "payments-captured-dev"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Count the characters that are known."""
    for argument, limit in BY_TYPE[resource.type].items():
        value = resource.value(argument)
        known = value.literal if isinstance(value, Template) else value if isinstance(value, str) else ""
        if len(known) <= limit.most or (resource.type, argument) in MEASURED_ELSEWHERE or known.startswith("arn:"):
            continue
        least = " at least" if isinstance(value, Template) else ""
        yield Problem(
            resource,
            argument,
            f"{argument} is {resource.shown(argument)}: {len(known)} characters{least}, and {limit.most} at most are "
            "taken.",
            fix=f"Shorten it to {limit.most} characters.",
            aws_error=f'Error: "{argument}" cannot be longer than {limit.most} characters',
            also={"characters": str(len(known))},
        )
