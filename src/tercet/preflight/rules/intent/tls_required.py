"""Connections that may be plain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.intent import Intent
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.elb._balancers import kind_of
from tercet.preflight.values import shown

_BALANCER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/payments-dev/1a2b3c4d5e6f"

_LISTENER = f"""
resource "aws_lb_listener" "http" {{
  load_balancer_arn = "{_BALANCER}"
  port              = 80
  protocol          = "HTTP"

  default_action {{
ACTION
  }}
}}
"""
_ANSWER = """    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      status_code  = "200"
    }"""
_REDIRECT = """    type = "redirect"

    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }"""

_OLD: Final = ("TLS_1_0", "TLSv1", "TLSv1_2016", "TLSv1.1_2016", "SSLv3")

RULE = Rule(
    id="tls-required",
    title="A connection that may be plain, or encrypted in an old way",
    severity=Severity.POLICY,
    rationale=(
        "With tls_required in the intent, connections are encrypted and plain ones are refused: load balancers "
        "redirect, distributions and domains allow TLS 1.2 and newer only, caches encrypt in transit, proxies and "
        "search domains demand TLS, and buckets' policies deny what comes without it."
    ),
    sources=(
        "https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_protect_data_transit_encrypt.html",
    ),
    resources=(
        "aws_alb_listener",
        "aws_api_gateway_domain_name",
        "aws_cloudfront_distribution",
        "aws_db_proxy",
        "aws_elasticache_replication_group",
        "aws_lb_listener",
        "aws_msk_cluster",
        "aws_opensearch_domain",
    ),
    intent=Intent(tls_required=True),
    failing=_LISTENER.replace("ACTION", _ANSWER),
    passing=_LISTENER.replace("ACTION", _REDIRECT),
)


@RULE.check
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    """Ask by the type of resource."""
    if context.intent.tls_required:
        yield from _CHECKS[resource.type](resource)


def _problem(block: Block, argument: str, what: str, fix: str) -> Problem:
    return Problem(block, argument, f"{what}, and tls_required is stated.", fix=fix)


def _listener(listener: Resource) -> Iterator[Problem]:
    if listener.text("protocol", "HTTP") != "HTTP" or kind_of(listener) == "gateway":
        return
    actions = [action.value("type") for action in listener.blocks("default_action")]
    redirecting = [redirect for action in listener.blocks("default_action") for redirect in action.blocks("redirect")]
    if all(kind == "redirect" for kind in actions) and all(one.text("protocol") == "HTTPS" for one in redirecting):
        return
    yield _problem(
        listener,
        "protocol",
        f"The listener on port {listener.shown('port')} answers plain HTTP",
        "Redirect to HTTPS, or set protocol to HTTPS with a certificate.",
    )


def _domain(domain: Resource) -> Iterator[Problem]:
    policy = domain.text("security_policy", "TLS_1_2")
    if policy in _OLD:
        yield _problem(domain, "security_policy", f"security_policy is {policy}", 'Set security_policy = "TLS_1_2".')


def _distribution(distribution: Resource) -> Iterator[Problem]:
    behaviours = [*distribution.blocks("default_cache_behavior"), *distribution.blocks("ordered_cache_behavior")]
    for behaviour in behaviours:
        if behaviour.text("viewer_protocol_policy") == "allow-all":
            what = f"{behaviour.named('viewer_protocol_policy')} is allow-all"
            yield _problem(behaviour, "viewer_protocol_policy", what, 'Set it to "redirect-to-https".')
    for certificate in distribution.blocks("viewer_certificate"):
        version = certificate.text("minimum_protocol_version")
        if version in _OLD:
            what = f"minimum_protocol_version is {version}"
            yield _problem(certificate, "minimum_protocol_version", what, 'Set it to "TLSv1.2_2021".')


def _proxy(proxy: Resource) -> Iterator[Problem]:
    if not proxy.flag("require_tls", False):
        yield _problem(proxy, "require_tls", "require_tls is not true", "Set require_tls = true.")


def _cache(cache: Resource) -> Iterator[Problem]:
    if not cache.flag("transit_encryption_enabled", False):
        what = "transit_encryption_enabled is not true"
        yield _problem(cache, "transit_encryption_enabled", what, "Set transit_encryption_enabled = true.")


def _kafka(cluster: Resource) -> Iterator[Problem]:
    for encryption in cluster.blocks("encryption_info"):
        for transit in encryption.blocks("encryption_in_transit"):
            mode = transit.text("client_broker", "TLS")
            if mode != "TLS":
                yield _problem(
                    transit, "client_broker", f"client_broker is {shown(mode)}", 'Set client_broker = "TLS".'
                )


def _search(domain: Resource) -> Iterator[Problem]:
    options = domain.blocks("domain_endpoint_options")
    if not any(one.flag("enforce_https", True) for one in options):
        what = "domain_endpoint_options.enforce_https is not true"
        yield _problem(domain, "domain_endpoint_options", what, "Set enforce_https = true.")


_CHECKS: Final = {
    "aws_alb_listener": _listener,
    "aws_api_gateway_domain_name": _domain,
    "aws_cloudfront_distribution": _distribution,
    "aws_db_proxy": _proxy,
    "aws_elasticache_replication_group": _cache,
    "aws_lb_listener": _listener,
    "aws_msk_cluster": _kafka,
    "aws_opensearch_domain": _search,
}
