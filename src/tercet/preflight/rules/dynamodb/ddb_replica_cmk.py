"""A replica without a key, of a table with one."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="ddb-replica-cmk",
    title="Replica of an encrypted table without a key",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A table that is encrypted with a key of one's own needs such a key for each replica: one of the "
        "replica's region."
    ),
    aws_error=(
        "ValidationException: One or more parameter values were invalid: KMSMasterKeyId must be specified for "
        "each replica."
    ),
    confirmed=True,
    sources=(
        "https://github.com/hashicorp/terraform/issues/27004",
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_reqs_bestpractices.html",
    ),
    resources=("aws_dynamodb_table", "aws_dynamodb_table_replica"),
    failing="""
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

resource "aws_kms_key" "west" {
  provider            = aws.west
  enable_key_rotation = true
}

resource "aws_dynamodb_table" "sessions" {
  name             = "payments-sessions-dev"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "session"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.east.arn
  }

  replica {
    region_name = "us-west-2"
  }

  attribute {
    name = "session"
    type = "S"
  }
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

resource "aws_kms_key" "west" {
  provider            = aws.west
  enable_key_rotation = true
}

resource "aws_dynamodb_table" "sessions" {
  name             = "payments-sessions-dev"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "session"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.east.arn
  }

  replica {
    region_name = "us-west-2"
    kms_key_arn = aws_kms_key.west.arn
  }

  attribute {
    name = "session"
    type = "S"
  }
}
""",
)


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Look for the keys of the table's replicas, or for that of a replica which is a resource of its own."""
    if resource.type == "aws_dynamodb_table_replica":
        table = resource.target("global_table_arn", "aws_dynamodb_table")
        replicas: list[Block] = [resource]
    else:
        table = resource
        replicas = [*table.blocks("replica")] if table.has("replica") else []
    if table is None or not replicas or (key := _key_of(table)) is None:
        return
    for replica in replicas:
        if replica.value("kms_key_arn") in (None, ""):
            where = _region_of(replica)
            yield Problem(
                replica,
                "kms_key_arn",
                f"{table.address} is encrypted with {key.shown('kms_key_arn')} and its replica in {where} has no "
                "kms_key_arn; the apply stops.",
                fix=f"Set kms_key_arn of the replica to a key in {where}.",
                also={f"{table.address}.{key.named('kms_key_arn')}": key.shown("kms_key_arn")},
            )


def _key_of(table: Resource) -> Block | None:
    """Return the block that encrypts a table with a key of its owner; None where there is none, or it is turned off."""
    for encryption in table.blocks("server_side_encryption"):
        if encryption.value("kms_key_arn") not in (None, "") and encryption.flag("enabled", False):
            return encryption
    return None


def _region_of(replica: Block) -> str:
    if replica is not replica.owner:
        return replica.shown("region_name")
    return replica.owner.region if isinstance(replica.owner.region, str) else "its region"
