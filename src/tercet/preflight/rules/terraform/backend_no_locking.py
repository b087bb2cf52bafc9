"""Remote state that two people can write at once."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.terraform._s3_backend import is_on, require_whole, s3_backends
from tercet.preflight.values import is_known

RULE = Rule(
    id="backend-no-locking",
    title="S3 backend without a lock",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "Locking of the S3 backend is off unless `use_lockfile` (Terraform 1.10 and later) or `dynamodb_table` turns "
        "it on. Without a lock two runs at once overwrite one another's state, and what one of them has made is "
        "forgotten. Where bucket or key are not given here, `-backend-config` gives the rest, and the lock may be "
        "among it."
    ),
    sources=(
        "https://developer.hashicorp.com/terraform/language/backend/s3#state-locking",
        "https://github.com/hashicorp/terraform-cdk/issues/3834",
    ),
    failing="""
terraform {
  required_version = ">= 1.10"

  backend "s3" {
    bucket  = "acme-terraform-state"
    key     = "payments/dev.tfstate"
    region  = "us-east-1"
    encrypt = true
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
def check(graph: Graph, context: Context) -> Iterator[Problem]:
    """Look for either kind of lock."""
    for backend in s3_backends(graph):
        lockfile, table = backend.values.get("use_lockfile"), backend.values.get("dynamodb_table")
        if is_on(lockfile) or not is_known(lockfile) or table not in (None, ""):
            continue
        require_whole(backend, "use_lockfile")
        newer = context.versions.terraform_may_be((1, 10, 0))
        yield Problem(
            backend,
            "use_lockfile",
            f"use_lockfile is {'false' if lockfile is not None else 'not set'} and dynamodb_table is not set: two "
            "runs at once corrupt the state.",
            fix="use_lockfile = true" if newer else "Give dynamodb_table (use_lockfile needs Terraform 1.10).",
        )
