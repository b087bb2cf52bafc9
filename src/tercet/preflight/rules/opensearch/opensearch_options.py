"""A domain whose options need others that it does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each, is_given
from tercet.preflight.values import Value, walk

_EXAMPLE = """
resource "aws_opensearch_domain" "search" {
  domain_name    = "search-dev"
  engine_version = "OpenSearch_2.11"

  cluster_config {
    instance_type = "m6g.large.search"
  }
EBS
  encrypt_at_rest {
    enabled = true
  }

  node_to_node_encryption {
    enabled = true
  }

  domain_endpoint_options {
    enforce_https       = true
    tls_security_policy = "Policy-Min-TLS-1-2-2019-07"
  }
}
"""
_EBS = """
  ebs_options {
    ebs_enabled = true
    volume_size = 20
  }
"""

RULE = Rule(
    id="opensearch-options",
    title="Domain with an option that needs another",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Most instance types have no disk of their own and need EBS. Fine-grained access control needs encryption at "
        "rest, between nodes, and HTTPS. UltraWarm needs dedicated master nodes, a custom endpoint its certificate, "
        "and a domain in a VPC takes no policy by address."
    ),
    aws_error="ValidationException: EBS storage must be selected for <instance type>",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/fgac.html",
        "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/supported-instance-types.html",
        "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ultrawarm.html",
        "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/vpc.html",
        "https://github.com/awsdocs/aws-cloudformation-user-guide/pull/468",
    ),
    resources=("aws_opensearch_domain", "aws_elasticsearch_domain"),
    failing=_EXAMPLE.replace("EBS", ""),
    passing=_EXAMPLE.replace("EBS", _EBS),
)

_WITHOUT_DISK: Final = re.compile(r"(t[23]|m[45]|m[678]g|c[45]|c[678]g|r[45]|r[678]g)\.[\w.]+\.(search|elasticsearch)")
_WITHOUT_ENCRYPTION: Final = re.compile(r"(t2|m3|r3)\.[\w.]+\.(search|elasticsearch)")


@RULE.check
def check(domain: Resource, _: Context) -> Iterator[Problem]:
    """Ask for each option whether what it needs is there."""
    yield from ask_each(domain, (_disk, _encryption, _access_control, _warm, _endpoint, _address_policy))


def _disk(domain: Resource) -> Iterator[Problem]:
    kind = _instance_type(domain)
    if not _WITHOUT_DISK.fullmatch(kind) or _is_on(domain, "ebs_options", "ebs_enabled"):
        return
    if domain.has("ebs_options") or "ebs_options" not in domain.values:
        yield Problem(
            domain,
            "ebs_options",
            f"instance_type is {kind}, which has no disk of its own, and ebs_options does not enable EBS.",
            fix="Add ebs_options with ebs_enabled = true and a volume_size.",
            aws_error=f"ValidationException: EBS storage must be selected for {kind}",
        )


def _encryption(domain: Resource) -> Iterator[Problem]:
    kind = _instance_type(domain)
    if _WITHOUT_ENCRYPTION.fullmatch(kind) and _is_on(domain, "encrypt_at_rest", "enabled"):
        yield Problem(
            domain,
            "encrypt_at_rest",
            f"instance_type is {kind}, which cannot encrypt at rest, and encrypt_at_rest is enabled.",
            fix="Take a newer type, such as t3.small.search or m6g.large.search.",
            aws_error="ValidationException",
        )


def _access_control(domain: Resource) -> Iterator[Problem]:
    if not _is_on(domain, "advanced_security_options", "enabled"):
        return
    for block, argument, what in (
        ("encrypt_at_rest", "enabled", "encryption at rest"),
        ("node_to_node_encryption", "enabled", "node-to-node encryption"),
        ("domain_endpoint_options", "enforce_https", "EnforceHTTPS in the domain endpoint options"),
    ):
        if _is_on(domain, block, argument) or (argument == "enforce_https" and not _says(domain, block, argument)):
            continue
        yield Problem(
            domain,
            block,
            f"advanced_security_options is enabled, and {block} is not: fine-grained access control needs it.",
            fix=f"Set {argument} of {block} to true.",
            aws_error=f"ValidationException: You must enable {what} to use advanced security options.",
        )


def _warm(domain: Resource) -> Iterator[Problem]:
    for config in domain.blocks("cluster_config"):
        if config.flag("warm_enabled", False) and not config.flag("dedicated_master_enabled", False):
            yield Problem(
                config,
                "warm_enabled",
                "warm_enabled is true without dedicated master nodes: UltraWarm needs them.",
                fix="Set dedicated_master_enabled to true, with dedicated_master_type and a count of 3.",
                aws_error="ValidationException",
            )


def _endpoint(domain: Resource) -> Iterator[Problem]:
    for options in domain.blocks("domain_endpoint_options"):
        if not options.flag("custom_endpoint_enabled", False):
            continue
        for name in ("custom_endpoint", "custom_endpoint_certificate_arn"):
            if name not in options.values:
                yield Problem(
                    options,
                    name,
                    f"custom_endpoint_enabled is true, and there is no {name}.",
                    fix=f"Add {name}.",
                    aws_error="ValidationException",
                )


def _address_policy(domain: Resource) -> Iterator[Problem]:
    if not domain.has("access_policies") or not any(
        is_given(one, "subnet_ids") for one in domain.blocks("vpc_options")
    ):
        return
    if any(_names_address(one) for one in walk(domain.document("access_policies"))):
        yield Problem(
            domain,
            "access_policies",
            "access_policies has a condition on addresses, and the domain is in a VPC, where security groups decide.",
            fix="Remove the condition, and let the addresses in with a security group.",
            aws_error="ValidationException: You can't attach an IP-based policy to a domain that has a VPC endpoint.",
        )


def _names_address(value: Value) -> bool:
    return isinstance(value, dict) and any(
        isinstance(key, str) and key.lower() in ("ipaddress", "notipaddress") for key in value
    )


def _instance_type(domain: Resource) -> str:
    config = domain.block("cluster_config")
    return (config.text("instance_type", "") or "") if config else ""


def _is_on(domain: Resource, block: str, argument: str) -> bool:
    """Tell whether a block's flag is true.

    Raises
    ------
    Undecidable
        It is not known, or the block is null, as a caller may leave it.
    """
    if domain.value(block) is None and block in domain.values:
        raise Undecidable(block, "it is null here")
    return any(one.flag(argument, False) for one in domain.blocks(block))


def _says(domain: Resource, block: str, argument: str) -> bool:
    return any(one.has(argument) for one in domain.blocks(block))
