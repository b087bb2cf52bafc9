"""A provider of any version."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="required-providers-missing",
    title="AWS provider without a version constraint",
    severity=Severity.ADVICE,
    rationale=(
        "Without a constraint in `required_providers` a fresh `terraform init` takes the newest provider, and the "
        "next major version removes arguments: what worked yesterday stops on a machine without a lock file."
    ),
    sources=(
        "https://developer.hashicorp.com/terraform/language/providers/requirements#best-practices-for-provider-versions",
    ),
    failing="""
provider "aws" {
  region = "us-east-1"
}
""",
    passing="""
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}
""",
)


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Look for the constraint where the provider is configured."""
    if graph.kind == "plan" or graph.required_providers.get("aws"):
        return
    configured = next(
        (one for one in graph.providers if one.name == "aws" and one.address.startswith("provider.")), None
    )
    if configured is not None:
        yield Problem(
            configured,
            "",
            "required_providers has no version of aws: a fresh init takes the newest one, whatever it has removed.",
            fix='required_providers { aws = { source = "hashicorp/aws", version = "~> 5.100" } }',
        )
