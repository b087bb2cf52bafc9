"""A property of the S3 backend that Terraform does not know."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from tercet.preflight.declarations import Backend
from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.terraform._s3_backend import (
    KNOWN,
    OBJECTS,
    OF_OPENTOFU,
    ROLE_ARGUMENTS,
    SINCE,
    UNTIL,
    is_opentofu,
    s3_backends,
)
from tercet.preflight.versions import Version, Versions

RULE = Rule(
    id="backend-unknown-property",
    title="S3 backend with a property that no admitted Terraform knows",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "`terraform validate` does not look at the backend; `terraform init` refuses a property that it does not "
        "know. Which ones it knows depends on its version: `use_lockfile` came with 1.10, `assume_role` and "
        "`endpoints` with 1.6; `role_arn` and its like left with 1.10. The version is what `required_version` admits, "
        "or the one that the check is told."
    ),
    aws_error='Error: Unsupported argument: An argument named "<property>" is not expected here.',
    confirmed=True,
    sources=(
        "https://developer.hashicorp.com/terraform/language/backend/s3",
        "https://github.com/hashicorp/terraform/pull/35721",
    ),
    failing="""
terraform {
  required_version = "~> 1.9.0"

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
    """Look at each property."""
    for backend in s3_backends(graph):
        for name in backend.values:
            if name in OF_OPENTOFU or (name in UNTIL and is_opentofu(backend)):
                continue
            if name not in KNOWN:
                yield _unknown(graph, backend, name)
            elif name in SINCE and not context.versions.terraform_may_be(SINCE[name]):
                yield _too_early(graph, backend, name, context.versions)
            elif name in UNTIL and context.versions.terraform_is_at_least(UNTIL[name]):
                yield _removed(graph, backend, name, context.versions)
            elif name in OBJECTS and graph.kind == "hcl" and isinstance(backend.values[name], list):
                yield _block(backend, name)


def _unknown(graph: Graph, backend: Backend, name: str) -> Problem:
    near = difflib.get_close_matches(name[:60], sorted(KNOWN - UNTIL.keys()), n=1, cutoff=0.7)
    return Problem(
        backend,
        name,
        f"{name} is no property of the S3 backend{f'; {near[0]} is' if near else ''}: terraform init stops.",
        fix=f"Write {near[0]}." if near else f"Remove {name}.",
        aws_error=_error(graph, name),
    )


def _too_early(graph: Graph, backend: Backend, name: str, versions: Versions) -> Problem:
    since = _written(SINCE[name])
    fix = f'required_version = ">= {since}"'
    if name == "use_lockfile":
        fix += ", or lock with dynamodb_table instead."
    return Problem(
        backend,
        name,
        f"{name} came with Terraform {since}, and {versions.terraform} is what may run this: terraform init stops.",
        fix=fix,
        aws_error=_error(graph, name),
        also={"terraform": str(versions.terraform)},
    )


def _removed(graph: Graph, backend: Backend, name: str, versions: Versions) -> Problem:
    inside = ROLE_ARGUMENTS.get(name)
    return Problem(
        backend,
        name,
        f"Terraform {_written(UNTIL[name])} removed {name}, and {versions.terraform} is what may run this: terraform "
        "init stops.",
        fix=f"Write assume_role = {{ {inside} = … }}." if inside else f"Remove {name}.",
        aws_error=_error(graph, name),
        also={"terraform": str(versions.terraform)},
    )


def _block(backend: Backend, name: str) -> Problem:
    return Problem(
        backend,
        name,
        f"{name} is written as a block, and the S3 backend takes it as an argument: terraform init stops.",
        fix=f"Write {name} = {{ … }}.",
        aws_error=(
            f'Error: Unsupported block type: Blocks of type "{name}" are not expected here. Did you mean to define '
            "argument "
            f'"{name}"? If so, use the equals sign to assign it a value.'
        ),
    )


def _error(graph: Graph, name: str) -> str:
    if graph.kind == "json":
        return f'Error: Extraneous JSON object property: No argument or block type is named "{name}".'
    return f'Error: Unsupported argument: An argument named "{name}" is not expected here.'


def _written(version: Version) -> str:
    return f"{version[0]}.{version[1]}"
