"""A resource of a provider that is not configured."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="provider-alias-missing",
    title="Resource of a provider alias that is not configured",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "`provider = aws.west` needs a `provider` block with that alias. A module that is handed its providers has no "
        "provider blocks of its own, and is not reported."
    ),
    aws_error=(
        "Error: Provider configuration not present: To work with <resource> its original provider configuration at "
        'provider["registry.terraform.io/hashicorp/aws"].<alias> is required, but it has been removed.'
    ),
    confirmed=True,
    sources=(
        "https://developer.hashicorp.com/terraform/language/providers/configuration#alias-multiple-provider-configurations",
    ),
    failing="""
provider "aws" {
  region = "us-east-1"
}

resource "aws_sqs_queue" "payments" {
  provider = aws.west
  name     = "payments-dev"
}
""",
    passing="""
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "west"
  region = "us-west-2"
}

resource "aws_sqs_queue" "payments" {
  provider = aws.west
  name     = "payments-dev"
}
""",
)


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Compare the aliases that resources name with those that are configured."""
    if graph.kind == "plan":
        return
    configured = {provider.address for provider in graph.providers}
    of_root = {
        provider.name for provider in graph.providers if provider.address == _address(provider.name, provider.alias)
    }
    seen: set[str] = set()
    for resource in graph.resources.values():
        module, _dot, local = resource.provider.rpartition("provider.")
        name, _dot, alias = local.partition(".")
        missing = bool(alias) and resource.provider not in configured and resource.provider not in seen
        if missing and name in of_root:
            seen.add(resource.provider)
            yield _not_handed_down(resource, name, alias) if module else _problem(resource, name, alias)


def _address(name: str, alias: str | None) -> str:
    return f"provider.{name}.{alias}" if alias else f"provider.{name}"


def _problem(resource: Resource, name: str, alias: str) -> Problem:
    return Problem(
        resource,
        "",
        f"provider is {name}.{alias}, and no provider block of {name} has that alias: the plan stops.",
        fix=f'Add provider "{name}" {{ alias = "{alias}" … }}, or remove the provider argument.',
        also={"provider": f"{name}.{alias}"},
    )


def _not_handed_down(resource: Resource, name: str, alias: str) -> Problem:
    return Problem(
        resource,
        "",
        f"provider is {name}.{alias}, and the module's call does not give it that: a configuration with an alias is "
        "not inherited, so that terraform init stops.",
        fix=f"Write configuration_aliases = [{name}.{alias}] in the module, and providers = {{ {name}.{alias} = … }} "
        "in its call.",
        aws_error=f"Error: Provider configuration not present, or: No configuration for provider {name}.{alias}",
        also={"provider": f"{name}.{alias}"},
    )
