"""State that is to be kept in a bucket which the same configuration makes."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.terraform._s3_backend import s3_backends

RULE = Rule(
    id="backend-self-bucket",
    title="S3 backend in a bucket made by the same configuration",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The backend is read before anything is created, so that its bucket and lock table must exist. A "
        "configuration that makes its own state bucket cannot be initialised, and once it has been moved there by "
        "hand, destroying it destroys its state."
    ),
    aws_error='Error: Failed to get existing workspaces: S3 bucket "<bucket>" does not exist.',
    sources=("https://developer.hashicorp.com/terraform/language/backend/s3",),
    failing="""
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

resource "aws_s3_bucket" "state" {
  bucket = "acme-terraform-state"
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
    """Compare names."""
    for backend in s3_backends(graph):
        for argument, kind, name in (
            ("bucket", "aws_s3_bucket", "bucket"),
            ("dynamodb_table", "aws_dynamodb_table", "name"),
        ):
            stated = backend.values.get(argument)
            made = _called(graph, kind, name, stated) if isinstance(stated, str) and stated else None
            if made is not None:
                yield Problem(
                    backend,
                    argument,
                    f"{argument} is {stated}, which {made.address} of this configuration makes: it does not exist yet "
                    "when terraform init needs it.",
                    fix=f"Make {stated} in a configuration of its own, applied before.",
                    also={"made by": made.address},
                )


def _called(graph: Graph, kind: str, argument: str, name: str) -> Resource | None:
    return next((one for one in graph.of_type(kind) if one.value(argument) == name), None)
