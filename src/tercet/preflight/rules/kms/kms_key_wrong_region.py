"""Something encrypted with a key of another region."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.kms import _regions as regions
from tercet.preflight.rules.kms._holders import KEYS

RULE = Rule(
    id="kms-key-wrong-region",
    title="Encrypted with a key of another region",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A KMS key works in its own region only: tables, queues, topics, buckets, secrets, volumes and functions "
        "need one of the region where they are. Across regions use a key of each, or a multi-Region key with an "
        "`aws_kms_replica_key`."
    ),
    aws_error="KMSInvalidStateException or NotFoundException: Invalid arn <region>",
    sources=("https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html",),
    resources=tuple(KEYS),
    failing="""
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "west"
  region = "us-west-2"
}

resource "aws_kms_key" "west" {
  provider            = aws.west
  enable_key_rotation = true
}

resource "aws_secretsmanager_secret" "payments" {
  name_prefix = "payments-dev-"
  kms_key_id  = aws_kms_key.west.arn
}
""",
    passing="""
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "west"
  region = "us-west-2"
}

resource "aws_kms_key" "east" {
  enable_key_rotation = true
}

resource "aws_secretsmanager_secret" "payments" {
  name_prefix = "payments-dev-"
  kms_key_id  = aws_kms_key.east.arn
}
""",
)


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Compare the regions."""
    for path in KEYS[resource.type]:
        for block in regions.places(resource, path.split(".")):
            argument = path.rsplit(".", 1)[-1]
            if (wrong := regions.elsewhere(block, argument)) is None:
                continue
            key, there, here = wrong
            yield Problem(
                block,
                argument,
                f"{block.named(argument)} is {key}, a key in {there}, and {resource.address} is in {here}: a key works "
                "in its own region only.",
                fix=f"Take a key in {here}; an aws_kms_replica_key there, if it is to be the same.",
                also={"key's region": there, "own region": here},
            )
