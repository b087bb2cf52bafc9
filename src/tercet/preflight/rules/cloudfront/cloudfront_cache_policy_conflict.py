"""A behaviour with a cache policy and what the policy replaces."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudfront._example import distribution

_FORWARDED = """forwarded_values {
      query_string = true

      cookies {
        forward = "none"
      }
    }"""

RULE = Rule(
    id="cloudfront-cache-policy-conflict",
    title="Cache behaviour with cache policy and forwarded_values, or with neither",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A cache policy says what is forwarded and how long it is kept. With it, `forwarded_values` is refused; "
        "without it, `forwarded_values` is needed. An origin request policy can only stand beside a cache policy."
    ),
    aws_error=(
        "InvalidArgument: The parameter ForwardedValues cannot be used when a cache policy is associated to the cache "
        "behavior."
    ),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-the-cache-key.html",),
    resources=("aws_cloudfront_distribution",),
    failing=distribution(behavior=_FORWARDED),
    passing=distribution(),
)


@RULE.check
def check(distribution: Resource, _: Context) -> Iterator[Problem]:
    """Look at each behaviour."""
    for kind in ("default_cache_behavior", "ordered_cache_behavior"):
        for behavior in distribution.blocks(kind):
            forwards, policy = bool(behavior.blocks("forwarded_values")), behavior.has("cache_policy_id")
            if forwards and policy and behavior.text("cache_policy_id"):
                yield Problem(
                    behavior,
                    "cache_policy_id",
                    f"{behavior.path} has cache_policy_id and forwarded_values: CloudFront takes one of the two.",
                    fix="Remove forwarded_values.",
                )
            elif not forwards and not policy:
                yield Problem(
                    behavior,
                    "cache_policy_id",
                    f"{behavior.path} has neither cache_policy_id nor forwarded_values: CloudFront refuses it.",
                    fix='Give cache_policy_id, such as that of the managed policy "CachingOptimized".',
                    aws_error="InvalidArgument: The parameter ForwardedValues is required.",
                )
