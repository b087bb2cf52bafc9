"""A backend that is to take its values from variables."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.declarations import Backend
from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import is_known

RULE = Rule(
    id="backend-variables",
    title="Backend with variables, locals or references",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Terraform reads the backend before anything else, and takes only literal values there; what differs between "
        "environments is given by `terraform init -backend-config`. In the JSON syntax an interpolation is taken "
        "literally, and the bucket of that name does not exist. OpenTofu takes variables since 1.8; a file that only "
        "OpenTofu reads (.tofu) is not reported."
    ),
    aws_error="Error: Variables not allowed: Variables may not be used here.",
    confirmed=True,
    sources=(
        "https://developer.hashicorp.com/terraform/language/backend#partial-configuration",
        "https://opentofu.org/docs/language/settings/backends/configuration/#variables-and-locals",
    ),
    failing="""
variable "environment" {
  type    = string
  default = "dev"
}

terraform {
  required_version = ">= 1.10"

  backend "s3" {
    bucket       = "acme-terraform-state"
    key          = "payments/${var.environment}.tfstate"
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
    """Look for values that are not literal."""
    for backend in graph.backends:
        if (backend.source.file or "").endswith((".tofu", ".tofu.json")):
            continue
        names = [name for name, value in backend.values.items() if not is_known(value)]
        if names:
            yield _problem(graph, backend, names)


def _problem(graph: Graph, backend: Backend, names: list[str]) -> Problem:
    literally = graph.kind == "json"
    return Problem(
        backend,
        names[0],
        f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} not literal: "
        + ("Terraform takes the interpolation as it is written." if literally else "terraform init stops."),
        fix="Write the value, or leave it out and give it by terraform init -backend-config.",
        aws_error="Error: Failed to get existing workspaces: the bucket or key does not exist" if literally else None,
    )
