"""Anything outside the regions that the deployment may be in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.declarations import Backend, Provider
from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Graph, Resource, Undecidable
from tercet.preflight.intent import Intent
from tercet.preflight.rule import Context, Place, Problem, Rule
from tercet.preflight.rules.intent._edge import only_at_the_edge
from tercet.preflight.rules.intent._regions import Mention, mentions
from tercet.preflight.values import shown

RULE = Rule(
    id="region-requirement",
    title="Outside the regions that the deployment may be in",
    severity=Severity.POLICY,
    rationale=(
        "Asked for high availability within one region, a deployment over two regions is another architecture: it "
        "costs twice, keeps data where it may not be, and does not survive the loss of a zone any better. Where "
        "the intent states `regions`, everything that says where it is must be in them: provider configurations "
        "(used or not), resources with a region of their own, zones, replicas, copies of backups, the members of a "
        "global database, the state. What AWS takes in us-east-1 alone (certificates and web ACLs of CloudFront, "
        "alarms on Route 53) may be there through a provider that makes nothing else."
    ),
    sources=(
        "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/aws-fault-isolation-boundaries.html",
        "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/use-fault-isolation-to-protect-your-workload.html",
    ),
    intent=Intent(regions=("us-east-1",)),
    failing="""
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}
""",
    passing="""
provider "aws" {
  region = "us-east-1"
}
""",
)

_REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]+){1,2}-\d")
_SHOWN: Final = 3


@RULE.check
def check(graph: Graph, context: Context) -> Iterator[Problem]:
    """Look at everything that names a region."""
    allowed = context.intent.regions
    if allowed is None:
        return
    yield from _providers(graph, allowed)
    for backend in graph.backends:
        region = backend.values.get("region")
        if isinstance(region, str) and _REGION.fullmatch(region) and region not in allowed:
            yield _problem(backend, "region", f"the state is kept in {region}", allowed)
    for resource in graph.managed:
        yield from _of(resource, allowed)
    for provider in graph.providers:
        if provider.name == "aws" and not isinstance(provider.values.get("region"), str):
            raise Undecidable(
                f"{provider.address}.region", f"it is {shown(provider.values.get('region')) or 'not given'}"
            )


def _providers(graph: Graph, allowed: tuple[str, ...]) -> Iterator[Problem]:
    for provider in graph.providers:
        region = provider.values.get("region")
        if provider.name != "aws" or not isinstance(region, str) or region in allowed:
            continue
        made = [one for one in graph.managed if one.provider == provider.address]
        if region == "us-east-1" and made and all(only_at_the_edge(one) for one in made):
            continue
        yield _problem(provider, "region", f"region is {region}, {_makes(made)}", allowed)


def _makes(made: list[Resource]) -> str:
    if not made:
        return "though nothing uses it"
    rest = f" and {len(made) - _SHOWN} more" if len(made) > _SHOWN else ""
    return f"where it makes {', '.join(one.address for one in made[:_SHOWN])}{rest}"


def _of(resource: Resource, allowed: tuple[str, ...]) -> Iterator[Problem]:
    if not resource.type.startswith("aws_"):
        return
    if resource.type == "aws_rds_global_cluster" and len(allowed) == 1:
        yield _problem(resource, "", "a global database exists to be in several regions", allowed)
    at_the_edge: bool | None = None
    for mention in mentions(resource):
        if mention.region in allowed:
            continue
        if at_the_edge is None:
            at_the_edge = only_at_the_edge(resource)
        if not (at_the_edge and mention.region == "us-east-1"):
            yield _problem(mention.block, mention.argument, _says(mention), allowed)


def _says(mention: Mention) -> str:
    return f"{mention.block.named(mention.argument)} is {mention.text}, in {mention.region}"


def _problem(at: Place, argument: str, what: str, allowed: tuple[str, ...]) -> Problem:
    return Problem(
        at,
        argument,
        f"{what}; the deployment may be in {', '.join(allowed)} alone.",
        fix=_fix(at, allowed),
    )


def _fix(at: Place, allowed: tuple[str, ...]) -> str:
    if isinstance(at, Provider):
        return f"Remove the provider and what it makes, or set its region to {allowed[0]}."
    if isinstance(at, Backend):
        return f"Keep the state in {allowed[0]}."
    if isinstance(at, Block) and at.owner.type == "aws_rds_global_cluster":
        return "Use an aws_rds_cluster with an instance in each zone instead."
    return f"Remove it, or let it be in {allowed[0]}."
