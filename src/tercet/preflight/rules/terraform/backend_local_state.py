"""State that lies on somebody's disk."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.declarations import Backend
from tercet.preflight.findings import Severity, Source
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="backend-local-state",
    title="State without a remote backend",
    severity=Severity.ADVICE,
    rationale=(
        "Without a backend the state is a file beside the configuration: it is lost with the machine, nobody else has "
        "it, and secrets stand in it in clear text. Modules, which have no provider configuration, are not asked."
    ),
    sources=("https://developer.hashicorp.com/terraform/language/backend",),
    failing="""
provider "aws" {
  region = "us-east-1"
}

resource "aws_sqs_queue" "payments" {
  name = "payments-dev"
}
""",
    passing="""
terraform {
  required_version = ">= 1.10"

  backend "s3" {
    bucket       = "acme-terraform-state"
    key          = "payments/dev.tfstate"
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_sqs_queue" "payments" {
  name = "payments-dev"
}
""",
)


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Look for a backend, where there is something to keep."""
    if graph.kind == "plan" or not graph.providers or next(graph.managed, None) is None:
        return
    if all(one.type == "local" for one in graph.backends):
        place = graph.backends[0] if graph.backends else Backend("local", {}, Source())
        yield Problem(
            place,
            "",
            "the state is kept in a local file: it is lost with the machine, and two people have two of them.",
            fix="Keep it in an S3 backend with encrypt = true and a lock.",
        )
