"""A resource with `prevent_destroy`, where the intent is that it can be destroyed."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.intent import Intent
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="destroy-prevented",
    title="Terraform told not to destroy",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "`prevent_destroy` makes every plan fail that would destroy the resource, `terraform destroy` included. "
        "It cannot be taken from a variable."
    ),
    aws_error=(
        "Instance cannot be destroyed: Resource <address> has lifecycle.prevent_destroy set, but the plan calls "
        "for this resource to be destroyed."
    ),
    confirmed=True,
    sources=("https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle",),
    intent=Intent(destroyable=True),
    failing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true

  lifecycle {
    prevent_destroy = true
  }
}
""",
    passing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
}
""",
)


@RULE.check
def check(graph: Graph, context: Context) -> Iterator[Problem]:
    """Go through all resources."""
    if not context.intent.destroyable:
        return
    for resource in graph.managed:
        if resource.lifecycle.get("prevent_destroy") in (True, "true"):
            yield Problem(
                resource,
                "lifecycle",
                "lifecycle.prevent_destroy is true and the intent is that everything can be destroyed: the destroy "
                "stops here.",
                fix="Remove prevent_destroy.",
                also={"lifecycle.prevent_destroy": "true"},
            )
