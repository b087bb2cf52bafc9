"""A replica in the region where the table is."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="ddb-replica-own-region",
    title="Replica in the table's own region",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The table is its own region's member of the global table. A `replica` block for that region is refused."
    ),
    aws_error=(
        "ValidationException: Cannot add, delete, or update the local region through ReplicaUpdates. Use "
        "CreateTable, DeleteTable, or UpdateTable as required."
    ),
    sources=("https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables.tutorial.html",),
    resources=("aws_dynamodb_table",),
    failing="""
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "west"
  region = "us-west-2"
}

resource "aws_dynamodb_table" "sessions" {
  name             = "payments-sessions-dev"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "session"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  replica {
    region_name = "us-east-1"
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

resource "aws_dynamodb_table" "sessions" {
  name             = "payments-sessions-dev"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "session"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  replica {
    region_name = "us-west-2"
  }

  attribute {
    name = "session"
    type = "S"
  }
}
""",
)


@RULE.check
def check(table: Resource, _: Context) -> Iterator[Problem]:
    """Compare the regions."""
    for replica in table.blocks("replica"):
        if (region := replica.text("region_name")) and region == table.known_region():
            yield Problem(
                replica,
                "region_name",
                f"region_name is {region}, where the table is: it is no replica of itself; the apply stops.",
                fix="Remove the replica, or name another region.",
            )
