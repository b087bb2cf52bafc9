"""Write-only arguments in a Terraform that has none."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.versions import Version

RULE = Rule(
    id="terraform-write-only-version",
    title="Write-only argument with a Terraform older than 1.11",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Arguments whose name ends with `_wo` are never kept in the state. Terraform has them since 1.11; with a "
        "`required_version` that admits only older ones, the plan stops."
    ),
    aws_error=(
        "Error: Write-only Attribute Not Allowed: The resource contains a non-null value for write-only attribute "
        "<argument>"
    ),
    confirmed=True,
    sources=("https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only",),
    failing="""
terraform {
  required_version = "~> 1.9.0"
}

variable "token" {
  type      = string
  sensitive = true
}

resource "aws_ssm_parameter" "token" {
  name             = "/payments-dev/acquirer/token"
  type             = "SecureString"
  value_wo         = var.token
  value_wo_version = 1
}
""",
    passing="""
terraform {
  required_version = ">= 1.11"
}

variable "token" {
  type      = string
  sensitive = true
}

resource "aws_ssm_parameter" "token" {
  name             = "/payments-dev/acquirer/token"
  type             = "SecureString"
  value_wo         = var.token
  value_wo_version = 1
}
""",
)

_SINCE: Version = (1, 11, 0)


@RULE.check
def check(graph: Graph, context: Context) -> Iterator[Problem]:
    """Look for the arguments, where no admitted Terraform has them."""
    if context.versions.terraform is None or context.versions.terraform_may_be(_SINCE):
        return
    for resource in graph.managed:
        for name in resource.values:
            if name.endswith("_wo") and resource.has(name):
                yield Problem(
                    resource,
                    "",
                    f"{name} is write-only, which came with Terraform 1.11, and {context.versions.terraform} is what "
                    "may run this: the plan stops.",
                    fix=f'required_version = ">= 1.11", or {name.removesuffix("_wo")} instead of {name}.',
                    also={"argument": name, "terraform": context.versions.terraform},
                )
                break
