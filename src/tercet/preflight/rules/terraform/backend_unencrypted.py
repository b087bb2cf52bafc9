"""State in S3 without encryption asked for."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.terraform._s3_backend import is_on, require_whole, s3_backends
from tercet.preflight.values import is_known

RULE = Rule(
    id="backend-unencrypted",
    title="S3 backend without encrypt = true",
    severity=Severity.SECURITY,
    rationale=(
        "The state holds passwords and keys in clear text. `encrypt = true` asks S3 to encrypt it, with the key in "
        "`kms_key_id` where one is given; without it the key is ignored, and the bucket's default decides."
    ),
    sources=("https://developer.hashicorp.com/terraform/language/backend/s3#s3-state-storage",),
    failing="""
terraform {
  required_version = ">= 1.10"

  backend "s3" {
    bucket       = "acme-terraform-state"
    key          = "payments/dev.tfstate"
    region       = "us-east-1"
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
    """Look at the switch."""
    for backend in s3_backends(graph):
        encrypt = backend.values.get("encrypt")
        if is_on(encrypt) or not is_known(encrypt):
            continue
        require_whole(backend, "encrypt")
        ignored = ", and kms_key_id is ignored without it" if backend.values.get("kms_key_id") is not None else ""
        yield Problem(
            backend,
            "encrypt",
            f"encrypt is {'false' if encrypt is not None else 'not set'}{ignored}: the state, with every secret in "
            "it, is encrypted only as the bucket happens to be.",
            fix="encrypt = true",
        )
