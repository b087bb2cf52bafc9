"""Data sources of providers that are archived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="provider-archived",
    title="Data source of an archived provider",
    severity=Severity.ADVICE,
    rationale=(
        "The template provider is archived and was never built for newer platforms (such as Apple's arm64), where "
        "`terraform init` finds no package. `templatefile`, a local value, and the cloudinit provider do the same."
    ),
    sources=(
        "https://registry.terraform.io/providers/hashicorp/template/latest/docs",
        "https://registry.terraform.io/providers/hashicorp/null/latest/docs/data-sources/data_source",
    ),
    failing="""
data "template_file" "user_data" {
  template = "queue=$${queue}"

  vars = {
    queue = "payments-dev"
  }
}
""",
    passing="""
locals {
  user_data = templatestring("queue=$${queue}", { queue = "payments-dev" })
}

output "user_data" {
  value = local.user_data
}
""",
)

_INSTEAD: Final = {
    "template_file": "templatefile()",
    "template_cloudinit_config": "data cloudinit_config of the cloudinit provider",
    "null_data_source": "a local value",
}


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Look for the data sources."""
    for kind, instead in _INSTEAD.items():
        for found in graph.data(kind):
            yield Problem(
                found,
                "",
                f"{found.address} is of a data source that is deprecated, and for new machines there is no provider "
                "with it.",
                fix=f"Use {instead}.",
            )
