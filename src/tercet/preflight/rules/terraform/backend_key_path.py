"""A key of the S3 backend that is no path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule

_EXAMPLE: Final = """
terraform {
  required_version = ">= 1.10"

  backend "s3" {
    bucket       = "acme-terraform-state"
    key          = "%spayments/dev.tfstate"
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
  }
}
"""

RULE = Rule(
    id="backend-key-path",
    title="Key of the S3 backend that begins or ends with a slash",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The key of the state is the name of an object: Terraform takes none that begins or ends with a slash, and "
        "`terraform init` stops."
    ),
    aws_error='Error: Invalid Value: The value must not start or end with "/"',
    sources=("https://developer.hashicorp.com/terraform/language/backend/s3",),
    failing=_EXAMPLE % "/",
    passing=_EXAMPLE % "",
)


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Look at the key of each S3 backend; it may be given by the command line instead."""
    for backend in graph.backends:
        key = backend.values.get("key")
        if backend.type == "s3" and isinstance(key, str) and key and (key[0] == "/" or key[-1] == "/"):
            yield Problem(
                backend,
                "key",
                f"The key of the state is {key!r}, which begins or ends with a slash: terraform init stops.",
                fix=f'key = "{key.strip("/")}"',
            )
