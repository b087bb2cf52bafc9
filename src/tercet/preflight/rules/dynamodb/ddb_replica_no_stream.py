"""A table with replicas and without the stream that feeds them."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="ddb-replica-no-stream",
    title="Replicas without a stream",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Replicas are fed from the table's stream, with new and old images. Without `stream_enabled` and "
        "`NEW_AND_OLD_IMAGES` a replica cannot be added. Replicas of strong consistency (`consistency_mode = "
        '"STRONG"`) do not use the stream.'
    ),
    aws_error="ValidationException: Stream must be enabled with NEW_AND_OLD_IMAGES to add a replica",
    sources=(
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_reqs_bestpractices.html",
    ),
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
  name         = "payments-sessions-dev"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "session"
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
    """Look for the stream."""
    replicas = _replicas(table)
    if not replicas:
        return
    enabled = table.flag("stream_enabled", False)
    kind = table.text("stream_view_type", "") or "not set"
    if enabled and kind == "NEW_AND_OLD_IMAGES":
        return
    yield Problem(
        table,
        "stream_view_type" if enabled else "stream_enabled",
        f"The table has replicas, stream_enabled is {str(enabled).lower()} and stream_view_type is {kind}: replicas "
        "need the stream with NEW_AND_OLD_IMAGES; the apply stops.",
        fix='Set stream_enabled to true and stream_view_type to "NEW_AND_OLD_IMAGES".',
        also={"replicas": ", ".join(replicas[:10])},
    )


def _replicas(table: Resource) -> list[str]:
    """Name what the stream has to feed: blocks of the table, and replicas that are resources of their own."""
    blocks = [one for one in table.blocks("replica") if one.text("consistency_mode", "EVENTUAL") != "STRONG"]
    apart = [
        one.address
        for one in table.referrers("aws_dynamodb_table_replica")
        if table in one.targets("global_table_arn", "aws_dynamodb_table")
    ]
    return [one.shown("region_name") for one in blocks] + apart
