"""A behaviour that sends requests to an origin that the distribution does not have."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudfront._example import distribution
from tercet.preflight.values import Value, is_known

RULE = Rule(
    id="cloudfront-unknown-origin",
    title="Cache behaviour for an origin that does not exist",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "`target_origin_id` must be the `origin_id` of an origin, or of an origin group, of the same distribution."
    ),
    aws_error="NoSuchOrigin: One or more of your origins or origin groups do not exist.",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DefaultCacheBehavior.html",
        "https://github.com/hashicorp/terraform/issues/18283",
    ),
    resources=("aws_cloudfront_distribution",),
    failing=distribution().replace('target_origin_id       = "api"', 'target_origin_id       = "payments-api"'),
    passing=distribution(),
)


@RULE.check
def check(distribution: Resource, _: Context) -> Iterator[Problem]:
    """Compare each target with the origins."""
    known = [origin.value("origin_id") for kind in ("origin", "origin_group") for origin in distribution.blocks(kind)]
    members = [member for group in distribution.blocks("origin_group") for member in group.blocks("member")]
    behaviors = [*distribution.blocks("default_cache_behavior"), *distribution.blocks("ordered_cache_behavior")]
    for place, argument in [
        *((one, "target_origin_id") for one in behaviors),
        *((one, "origin_id") for one in members),
    ]:
        yield from _compared(place, argument, known)


def _compared(place: Block, argument: str, known: list[Value]) -> Iterator[Problem]:
    target = place.value(argument)
    if target is None or target in known:
        return
    if not is_known(target) or not all(is_known(one) for one in known):
        raise Undecidable(place.named(argument), "the ids of origins are known only after apply")
    yield Problem(
        place,
        argument,
        f"{argument} is {place.shown(argument)}, and the origins are {', '.join(map(str, known)) or 'none'}: "
        "CloudFront refuses the distribution.",
        fix=f'{argument} = "{known[0]}"' if len(known) == 1 else "Name one of the origins.",
    )
