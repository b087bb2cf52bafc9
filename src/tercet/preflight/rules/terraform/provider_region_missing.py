"""A provider whose region is whatever the shell says."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="provider-region-missing",
    title="AWS provider without a region",
    severity=Severity.ADVICE,
    rationale=(
        "Without `region` the provider takes AWS_REGION or the profile's region: the same configuration deploys to "
        "another region on another machine, or stops where neither is set."
    ),
    aws_error="Error: invalid AWS Region: ",
    sources=("https://registry.terraform.io/providers/hashicorp/aws/latest/docs#region",),
    failing="""
provider "aws" {
}
""",
    passing="""
provider "aws" {
  region = "us-east-1"
}
""",
)


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Look at each configuration of the AWS provider."""
    for provider in graph.providers:
        if provider.name == "aws" and provider.values.get("region") is None:
            yield Problem(
                provider,
                "region",
                "region is not set: what this deploys goes wherever the shell of the day points to.",
                fix='region = "us-east-1", or a variable.',
            )
