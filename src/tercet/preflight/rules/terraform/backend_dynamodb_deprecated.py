"""A lock by DynamoDB where Terraform says that it is going."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.terraform._s3_backend import is_on, s3_backends

RULE = Rule(
    id="backend-dynamodb-deprecated",
    title="S3 backend locked by dynamodb_table on Terraform 1.11 or later",
    severity=Severity.ADVICE,
    rationale=(
        "Terraform 1.11 deprecates `dynamodb_table` and will remove it; `use_lockfile` locks in the bucket itself. "
        "Both may be given while a team moves from one to the other, which is not reported."
    ),
    aws_error=(
        'Warning: Deprecated Parameter: The parameter "dynamodb_table" is deprecated. Use parameter '
        '"use_lockfile" instead.'
    ),
    confirmed=True,
    sources=("https://developer.hashicorp.com/terraform/language/backend/s3#state-locking",),
    failing="""
terraform {
  required_version = ">= 1.11"

  backend "s3" {
    bucket         = "acme-terraform-state"
    key            = "payments/dev.tfstate"
    region         = "us-east-1"
    encrypt        = true
    dynamodb_table = "terraform-locks"
  }
}
""",
    passing="""
terraform {
  required_version = ">= 1.11"

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
def check(graph: Graph, context: Context) -> Iterator[Problem]:
    """Look for the table where every admitted Terraform warns of it."""
    if not context.versions.terraform_is_at_least((1, 11, 0)):
        return
    for backend in s3_backends(graph):
        if backend.values.get("dynamodb_table") is not None and not is_on(backend.values.get("use_lockfile")):
            yield Problem(
                backend,
                "dynamodb_table",
                f"dynamodb_table locks the state, and Terraform {context.versions.terraform} deprecates it.",
                fix="use_lockfile = true; remove dynamodb_table when nobody runs an older Terraform.",
            )
