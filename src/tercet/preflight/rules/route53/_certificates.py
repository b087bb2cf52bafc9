"""Certificates of Certificate Manager: who uses one, where it is, and what it waits for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.graph import Block, Resource, Undecidable

USES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "aws_lb_listener": (("", "certificate_arn"),),
    "aws_alb_listener": (("", "certificate_arn"),),
    "aws_lb_listener_certificate": (("", "certificate_arn"),),
    "aws_alb_listener_certificate": (("", "certificate_arn"),),
    "aws_elb": (("listener", "ssl_certificate_id"),),
    "aws_api_gateway_domain_name": (("", "certificate_arn"), ("", "regional_certificate_arn")),
    "aws_apigatewayv2_domain_name": (("domain_name_configuration", "certificate_arn"),),
    "aws_cloudfront_distribution": (("viewer_certificate", "acm_certificate_arn"),),
    "aws_cognito_user_pool_domain": (("", "certificate_arn"),),
}
"""Type → (block, argument) that takes the ARN of a certificate."""

_ISSUED_AT_ONCE: Final = ("private_key", "private_key_wo", "certificate_body", "certificate_authority_arn")
_KINDS: Final = ("aws_acm_certificate", "aws_acm_certificate_validation")


def uses(resource: Resource) -> Iterator[tuple[Block, str]]:
    """List where a resource is given a certificate."""
    for block, argument in USES.get(resource.type, ()):
        for place in [resource] if not block else resource.blocks(block):
            if place.has(argument):
                yield place, argument


def certificate_of(place: Block, argument: str) -> Resource | None:
    """Return the certificate, made or looked up here, that an argument refers to, also through its validation."""
    found = place.target(argument, *_KINDS)
    if found is not None and found.type == "aws_acm_certificate_validation":
        return found.target("certificate_arn", "aws_acm_certificate")
    return found


def region_of(place: Block, argument: str) -> str:
    """Return the region of the certificate that an argument names.

    Raises
    ------
    Undecidable
        It is not known.
    """
    certificate = certificate_of(place, argument)
    if certificate is not None:
        return certificate.known_region()
    arn = (place.text(argument) or "").split(":")
    if len(arn) < 6 or arn[2] != "acm":
        raise Undecidable(place.named(argument), "it is not the ARN of an ACM certificate")
    return arn[3]


def waits_to_be_issued(certificate: Resource) -> bool:
    """Tell whether a certificate made here is issued only after somebody has proved to own its domain.

    An imported certificate, and one of a private authority, are usable at once.
    """
    if certificate.mode != "managed":
        return False
    return not any(certificate.has(name) for name in _ISSUED_AT_ONCE)


def proves_a_domain(record: Resource) -> bool:
    """Tell whether a DNS record is made of a certificate's validation options: its values are ACM's."""
    return any(
        reference.path[:1] == ("domain_validation_options",)
        for argument in ("name", "type", "records")
        for reference in record.references(argument)
    )


def domains_of(certificate: Resource) -> list[str]:
    """List the names that a certificate is for, as far as they are known."""
    alternative = certificate.value("subject_alternative_names")
    names = [certificate.value("domain_name"), *(alternative if isinstance(alternative, list) else [alternative])]
    return [name.removeprefix("*.") for name in names if isinstance(name, str)]
