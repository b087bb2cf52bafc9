"""A record whose value is an address of the web."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring._records import url_in, values_of
from tercet.preflight.values import Reference, Template, Unknown, Value, shown

_NAMES: Final = ("CNAME", "A", "AAAA", "NS", "MX", "PTR")

_ZONE = """
resource "aws_apigatewayv2_api" "payments" {
  name          = "payments-dev"
  protocol_type = "HTTP"
}

resource "aws_route53_record" "api" {
  zone_id = "Z0123456789ABCDEFGHIJ"
  name    = "api.merchant-payments.net"
  type    = "CNAME"
  ttl     = 60
  records = [%s]
}
"""

RULE = Rule(
    id="route53-record-url",
    title="A record whose value is a URL",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "The value of a record is the name of a host. `https://…`, or an attribute such as function_url or "
        "invoke_url, is "
        "not one: Route 53 refuses it or takes the characters as part of a name that nobody has. In a Python program, "
        '`.replace("https://", "")` on such an attribute changes nothing: before apply it is a token, which has no '
        "`https://` in it. Terraform's own replace() and trimprefix() work, and are not reported."
    ),
    aws_error="InvalidChangeBatch: [Invalid Resource Record: FATAL problem: DomainLabelTooLong / DomainNameIllegal]",
    sources=("https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html",),
    resources=("aws_route53_record",),
    failing=_ZONE % "aws_apigatewayv2_api.payments.api_endpoint",
    passing=_ZONE % '"d-0a1b2c3d4e.execute-api.us-east-1.amazonaws.com"',
)


@RULE.check
def check(record: Resource, _: Context) -> Iterator[Problem]:
    """Look at each value, and at an alias."""
    if record.value("type") in _NAMES:
        for value in values_of(record):
            if said := _url(record.graph, value):
                yield Problem(
                    record,
                    "records",
                    f"The value is {said}: a URL, and no name of a host; nobody reaches it.",
                    fix="Name the host alone: a custom domain's regional_domain_name, without https:// and path.",
                )
    for block in record.blocks("alias"):
        if said := _url(record.graph, block.value("name")):
            yield Problem(
                block,
                "name",
                f"The alias's name is {said}: a URL, and no name of a host.",
                fix="Name the host alone: a custom domain's regional_domain_name.",
            )


def _url(graph: Graph, value: Value) -> str | None:
    """Return what a value is, where it surely is an address of the web."""
    first = value.parts[0] if isinstance(value, Template) and value.parts else value
    if isinstance(first, str):
        return shown(value) if first.strip().lower().startswith(("https://", "http://")) else None
    if isinstance(first, Reference) and url_in(graph, first) is not None:
        return f"{first}, which begins with https://"
    if graph.kind == "plan" and isinstance(first, Unknown) and (made_of := url_in(graph, first)) is not None:
        raise Undecidable("records", f"a plan does not say whether a function takes https:// off {made_of}")
    return None
