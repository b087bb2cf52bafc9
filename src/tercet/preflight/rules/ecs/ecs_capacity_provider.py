"""Capacity providers that a cluster does not have, or that do not go together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import the_one
from tercet.preflight.rules.ecs._examples import service, task
from tercet.preflight.values import is_known

_CLUSTER: Final = "aws_ecs_cluster"
_PROVIDERS: Final = "aws_ecs_cluster_capacity_providers"
_FARGATE: Final = frozenset({"FARGATE", "FARGATE_SPOT"})
_RESERVED: Final = ("aws", "ecs", "fargate")
_NOT_OF_CLUSTER: Final = (
    "InvalidParameterException: The specified capacity provider strategy cannot contain a capacity provider that is "
    "not associated with the cluster. Associate the capacity provider with the cluster and try again."
)

_HEAD = """
resource "aws_ecs_cluster" "payments" {
  name = "payments-dev"

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_cluster_capacity_providers" "payments" {
  cluster_name       = aws_ecs_cluster.payments.name
  capacity_providers = [PROVIDERS]
}
"""
_SERVICE = service(
    "depends_on      = [aws_ecs_cluster_capacity_providers.payments]",
    "",
    "capacity_provider_strategy {",
    '  capacity_provider = "FARGATE_SPOT"',
    "  weight            = 1",
    "}",
).replace('"arn:aws:ecs:us-east-1:123456789012:cluster/payments-dev"', "aws_ecs_cluster.payments.id")

RULE = Rule(
    id="ecs-capacity-provider",
    title="A capacity provider that the cluster does not have, or that does not go with the others",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A strategy names capacity providers that are associated with the cluster, FARGATE and FARGATE_SPOT too. It "
        "has either those or providers with instances, and a base for one of them only. The name of one's own begins "
        "with none of aws, ecs and fargate."
    ),
    aws_error=_NOT_OF_CLUSTER,
    sources=(
        "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html",
        "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCapacityProvider.html",
    ),
    resources=("aws_ecs_service", "aws_ecs_capacity_provider", _PROVIDERS),
    failing=_HEAD.replace("PROVIDERS", '"FARGATE"') + task() + _SERVICE,
    passing=_HEAD.replace("PROVIDERS", '"FARGATE", "FARGATE_SPOT"') + task() + _SERVICE,
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the name of a provider, and at the strategies of a cluster or service."""
    if resource.type == "aws_ecs_capacity_provider":
        yield from _name(resource)
    elif resource.type == _PROVIDERS:
        strategies = resource.blocks("default_capacity_provider_strategy")
        yield from _strategy(strategies, _listed(resource) if strategies else None, resource.address)
    elif strategies := resource.blocks("capacity_provider_strategy"):
        association = _association(resource)
        known = _listed(association) if association is not None else None
        yield from _strategy(strategies, known, association.address if association is not None else "")


def _name(provider: Resource) -> Iterator[Problem]:
    name = provider.value("name")
    if isinstance(name, str) and str(name).lower().startswith(_RESERVED):
        yield Problem(
            provider,
            "name",
            f"name is {name}; it begins with none of {', '.join(_RESERVED)}.",
            fix="Begin with another word.",
            aws_error=(
                "ClientException: The specified capacity provider name is invalid. Up to 255 characters are allowed, "
                "including letters (upper and lowercase), numbers, underscores, and hyphens. The name cannot be "
                'prefixed with "aws", "ecs", or "fargate". Specify a valid name and try again.'
            ),
        )


def _association(resource: Resource) -> Resource | None:
    """Return what associates providers with the service's cluster; None where it stands elsewhere."""
    cluster = the_one(resource, "cluster", _CLUSTER)
    if cluster is None or cluster.many or cluster.is_passed_out():
        return None
    found = [one for one in resource.graph.of_type(_PROVIDERS) if cluster in one.targets("cluster_name", _CLUSTER)]
    return found[0] if len(found) == 1 and not found[0].many else None


def _listed(association: Resource) -> list[str] | None:
    value = association.value("capacity_providers")
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return None
    return [str(one) for one in value]


def _strategy(strategies: list[Block], known: list[str] | None, where: str) -> Iterator[Problem]:
    names: list[str] = []
    for strategy in strategies:
        value = strategy.value("capacity_provider")
        if not isinstance(value, str) or not is_known(value):
            raise Undecidable(strategy.named("capacity_provider"), "which capacity provider it is, is not known")
        names.append(str(value))
        # The name of a managed instances provider is in no list of this kind.
        if known is not None and value not in known and (str(value) in _FARGATE):
            yield Problem(
                strategy,
                "capacity_provider",
                f"{strategy.named('capacity_provider')} is {value}, and {where} has {', '.join(known) or 'none'}.",
                fix=f'Add "{value}" to capacity_providers of {where}.',
                aws_error=_NOT_OF_CLUSTER,
                also={"capacity_providers": ", ".join(known)},
            )
    if len({name in _FARGATE for name in names}) > 1:
        yield Problem(
            strategies[0],
            "capacity_provider",
            f"The strategy has {', '.join(names)}: Fargate and instances do not go together.",
            fix="Use either Fargate's providers or those with instances.",
            aws_error=(
                "InvalidParameterException: A capacity provider strategy cannot contain a mix of capacity providers "
                "using Auto Scaling groups and Fargate providers. Specify one or the other and try again."
            ),
            also={"strategy": ", ".join(names)},
        )
    bases = [one for one in strategies if one.number("base", 0)]
    if len(bases) > 1:
        yield Problem(
            bases[1],
            "base",
            f"{bases[0].named('base')} and {bases[1].named('base')} are both given; one provider has a base.",
            fix="Keep one base.",
            aws_error="InvalidParameterException: Only one capacity provider in a strategy can have a base defined.",
        )
