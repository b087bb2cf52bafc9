"""A property of the S3 backend that some admitted Terraform does not know."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.terraform._s3_backend import SINCE, s3_backends

RULE = Rule(
    id="backend-property-version",
    title="S3 backend with a property that not every admitted Terraform knows",
    severity=Severity.ADVICE,
    rationale=(
        "The constraint `required_version` admits a Terraform in which `init` stops at the property. Whoever has that "
        "version is told of an unknown argument instead of a version too old."
    ),
    aws_error='Error: Unsupported argument: An argument named "<property>" is not expected here.',
    confirmed=True,
    sources=("https://developer.hashicorp.com/terraform/language/backend/s3",),
    failing="""
terraform {
  required_version = ">= 1.5"

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
def check(graph: Graph, context: Context) -> Iterator[Problem]:
    """Compare the oldest admitted Terraform with what each property needs."""
    versions = context.versions
    for backend in s3_backends(graph) if versions.terraform else ():
        for name in backend.values:
            since = SINCE.get(name)
            if since is None or not versions.terraform_may_be(since) or not versions.terraform_may_be_below(since):
                continue
            written = f"{since[0]}.{since[1]}"
            yield Problem(
                backend,
                name,
                f"required_version is {versions.terraform} and {name} came with Terraform {written}: in an older one, "
                "which is admitted, terraform init stops.",
                fix=f'required_version = ">= {written}"',
            )
