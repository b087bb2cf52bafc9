"""What AWS takes in us-east-1 alone, wherever the rest is."""

from __future__ import annotations

from typing import Final

from tercet.preflight.graph import Resource

_WAF: Final = ("aws_wafv2_web_acl", "aws_wafv2_rule_group", "aws_wafv2_ip_set", "aws_wafv2_regex_pattern_set")
_ALWAYS: Final = (
    "aws_acm_certificate",
    "aws_acm_certificate_validation",
    "aws_route53_query_log",
    "aws_cloudfront_distribution",
    "aws_route53_record",
    "aws_route53_zone",
    "aws_route53_health_check",
    "aws_wafv2_web_acl_logging_configuration",
)
_NAMESPACES: Final = ("AWS/Route53", "AWS/CloudFront")


def only_at_the_edge(resource: Resource) -> bool:
    """Tell whether a resource is of the edge: made through us-east-1 because AWS takes it nowhere else."""
    if resource.type in _WAF:
        return bool(resource.value("scope") == "CLOUDFRONT")
    if resource.type == "aws_cloudwatch_metric_alarm":
        return resource.value("namespace") in _NAMESPACES
    if resource.type in ("aws_lambda_function", "aws_iam_role", "aws_sns_topic", "aws_cloudwatch_log_group"):
        return _serves_the_edge(resource)
    return resource.type in _ALWAYS


def _serves_the_edge(resource: Resource) -> bool:
    """Tell whether only what is of the edge uses it: a topic of its alarms, a function of a distribution, its role."""
    users = [user for user in resource.referrers() if user.address != resource.address]
    return bool(users) and all(
        user.type in ("aws_lambda_permission", "aws_iam_role_policy", "aws_iam_role_policy_attachment")
        or (user.type == "aws_lambda_function" and bool(user.referrers("aws_cloudfront_distribution")))
        or (user.type not in ("aws_lambda_function", "aws_iam_role", "aws_sns_topic") and only_at_the_edge(user))
        for user in users
    )
