"""A bucket, a vault, a registry or the like that must be empty to be destroyed, and is not emptied."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.intent import Intent
from tercet.preflight.rule import Change, Context, Problem, Rule

_EMPTIED = {
    "aws_athena_workgroup": ("force_destroy", "queries", "InvalidRequestException: WorkGroup is not empty"),
    "aws_backup_vault": (
        "force_destroy",
        "recovery points",
        "InvalidRequestException: Backup vault cannot be deleted because it contains recovery points.",
    ),
    "aws_ecr_repository": (
        "force_delete",
        "images",
        "RepositoryNotEmptyException: The repository cannot be deleted because it still contains images",
    ),
    "aws_route53_zone": (
        "force_destroy",
        "records that Terraform did not make",
        "HostedZoneNotEmpty: The specified hosted zone contains non-required resource record sets",
    ),
    "aws_s3_bucket": (
        "force_destroy",
        "objects",
        "BucketNotEmpty: The bucket you tried to delete is not empty",
    ),
}
"""Type → the argument that has it emptied, what it holds, and what AWS answers while it holds it."""

RULE = Rule(
    id="destroy-not-emptied",
    title="Not emptied before it is destroyed",
    severity=Severity.POLICY,
    rationale=(
        "The intent says that `terraform destroy` succeeds and leaves nothing. Buckets, backup vaults, image "
        "repositories and hosted zones are destroyed only when they are empty; `force_destroy` (`force_delete`) "
        "has Terraform empty them first. It must stand in the state before the destroy."
    ),
    aws_error="BucketNotEmpty: The bucket you tried to delete is not empty",
    confirmed=True,
    sources=(
        "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket",
        "https://github.com/hashicorp/terraform-provider-aws/issues/13247",
    ),
    resources=tuple(_EMPTIED),
    intent=Intent(destroyable=True),
    failing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}
""",
    passing="""
resource "aws_s3_bucket" "receipts" {
  bucket        = "acme-payments-receipts-dev"
  force_destroy = true
}
""",
)


@RULE.check
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    """Look for the argument that empties it."""
    if not context.intent.destroyable:
        return
    argument, what, answer = _EMPTIED[resource.type]
    if resource.flag(argument, False):
        return
    said = "false" if resource.has(argument) else "not set"
    yield Problem(
        resource,
        argument,
        f"{argument} is {said} and the intent is that everything can be destroyed: as long as it holds {what} the "
        "destroy stops.",
        fix=f"Set {argument} to true.",
        change=Change(resource, argument, True),
        aws_error=answer,
    )
