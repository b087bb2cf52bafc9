"""Names with characters that their service does not take."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.names._limits import BY_TYPE, TYPES

_LONGEST = 400

_CLUSTER = """
resource "aws_db_subnet_group" "payments" {
  name       = "NAME"
  subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
}
"""

RULE = Rule(
    id="name-characters",
    title="A name with characters that its service does not take",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Each service has its own rules for names: databases and buckets take lower-case letters only, load balancers "
        "no underscores, queues no dots. The provider or the service refuses other names. Only names that are wholly "
        "known are compared."
    ),
    aws_error='Error: only <characters> allowed in "<argument>"',
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html",
    ),
    resources=TYPES,
    failing=_CLUSTER.replace("NAME", "Payments-Dev"),
    passing=_CLUSTER.replace("NAME", "payments-dev"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the names that are known."""
    for argument, limit in BY_TYPE[resource.type].items():
        value = resource.value(argument)
        if limit.allowed is None or not isinstance(value, str) or not value or len(value) > _LONGEST:
            continue
        if value.startswith("arn:") or value.endswith(".fifo") or limit.allowed.fullmatch(value):
            continue  # .fifo has rules of its own
        yield Problem(
            resource,
            argument,
            f"{argument} is {resource.shown(argument)!r}: it may hold {limit.said}.",
            fix=f"Write it with {limit.said}.",
            aws_error=f'Error: invalid value for "{argument}": only {limit.said} allowed',
        )
