"""A configuration with two backends."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="backend-duplicate",
    title="Two backends in one configuration",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A root module has one backend, or one `cloud` block. An override file may replace it, which is not reported."
    ),
    aws_error="Error: Duplicate backend configuration: A module may have only one backend configuration.",
    confirmed=True,
    sources=("https://developer.hashicorp.com/terraform/language/backend",),
    failing="""
terraform {
  backend "local" {}
}

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
""",
)


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Count them."""
    if len(graph.backends) < 2 or any("override" in (one.source.file or "") for one in graph.backends):
        return
    kinds = ", ".join(one.type for one in graph.backends)
    yield Problem(
        graph.backends[1],
        "",
        f"the configuration has {len(graph.backends)} backends ({kinds}): terraform init stops.",
        fix="Keep one of them.",
    )
