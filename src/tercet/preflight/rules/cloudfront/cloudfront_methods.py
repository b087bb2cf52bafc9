"""A behaviour with a set of methods that CloudFront does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudfront._example import distribution

RULE = Rule(
    id="cloudfront-methods",
    title="Cache behaviour with a set of methods that is not offered",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "CloudFront offers three sets of methods: GET and HEAD; with OPTIONS; or all seven. It caches GET and HEAD, "
        "and OPTIONS if it is allowed. There is no set with POST alone."
    ),
    aws_error=("InvalidArgument: The parameter AllowedMethods doesn't support the method combination"),
    sources=("https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_AllowedMethods.html",),
    resources=("aws_cloudfront_distribution",),
    failing=distribution().replace(
        'allowed_methods        = ["GET", "HEAD"]', 'allowed_methods        = ["GET", "HEAD", "POST"]'
    ),
    passing=distribution(),
)

_READ: Final = frozenset(("GET", "HEAD"))
_OPTIONS: Final = _READ | {"OPTIONS"}
_ALL: Final = _OPTIONS | {"PUT", "POST", "PATCH", "DELETE"}


@RULE.check
def check(distribution: Resource, _: Context) -> Iterator[Problem]:
    """Look at each behaviour's two sets."""
    for kind in ("default_cache_behavior", "ordered_cache_behavior"):
        for behavior in distribution.blocks(kind):
            yield from _of(behavior)
            yield from _to_group(distribution, behavior)


def _to_group(distribution: Resource, behavior: Block) -> Iterator[Problem]:
    """Look for an origin group that is to write: what was written may not be tried again elsewhere."""
    target = behavior.value("target_origin_id")
    groups = [one.value("origin_id") for one in distribution.blocks("origin_group")]
    written = frozenset(behavior.texts("allowed_methods")) - _OPTIONS
    if isinstance(target, str) and target in groups and written:
        yield Problem(
            behavior,
            "allowed_methods",
            f"{behavior.path} leads to the origin group {target!r} and allows {', '.join(sorted(written))}: an origin "
            "group answers GET, HEAD and OPTIONS alone.",
            fix="Lead the other methods to a single origin by a behaviour of its own.",
            aws_error=(
                "InvalidArgument: The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached "
                "behavior associated with an origin group."
            ),
            also={"origin_group": str(target)},
        )


def _of(behavior: Block) -> Iterator[Problem]:
    allowed = frozenset(behavior.texts("allowed_methods"))
    if allowed and allowed not in (_READ, _OPTIONS, _ALL):
        yield Problem(
            behavior,
            "allowed_methods",
            f"allowed_methods is {behavior.shown('allowed_methods')}, and CloudFront has the sets GET HEAD, GET HEAD "
            "OPTIONS, and all seven methods: it refuses the distribution.",
            fix="allowed_methods = " + _written(_OPTIONS if allowed < _OPTIONS else _ALL),
        )
    cached = frozenset(behavior.texts("cached_methods"))
    if cached and (cached not in (_READ, _OPTIONS) or (allowed and not cached <= allowed)):
        yield Problem(
            behavior,
            "cached_methods",
            f"cached_methods is {behavior.shown('cached_methods')}: CloudFront caches GET and HEAD, and OPTIONS where "
            "it is allowed.",
            fix='cached_methods = ["GET", "HEAD"]',
            aws_error="InvalidArgument: The parameter CachedMethods is not valid",
        )


def _written(methods: frozenset[str]) -> str:
    return "[" + ", ".join(f'"{one}"' for one in sorted(methods)) + "]"
