"""A replica in another region that does not name its source, or its key, as that needs."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each
from tercet.preflight.rules._targets import the_one
from tercet.preflight.values import references_in

_EXAMPLE = """
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

resource "aws_db_instance" "payments" {
  identifier                  = "payments-dev"
  engine                      = "postgres"
  instance_class              = "db.m6g.large"
  allocated_storage           = 50
  username                    = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  backup_retention_period     = 7
}

resource "aws_db_instance" "west" {
  provider            = aws.west
  identifier          = "payments-west-dev"
  replicate_source_db = aws_db_instance.payments.SOURCE
  instance_class      = "db.m6g.large"
  storage_encrypted   = true
  kms_key_id          = aws_kms_key.west.arn
  skip_final_snapshot = true
}
"""

RULE = Rule(
    id="rds-replica-region",
    title="Replica in another region without the source's ARN, or without a key",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A replica in the source's region names the source by its identifier; in another region only the ARN finds it. "
        "A key stays in its region: the replica of an encrypted source needs one of its own region."
    ),
    aws_error="DBInstanceNotFound: DBInstance <identifier> not found.",
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.XRgn.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html",
    ),
    resources=("aws_db_instance",),
    failing=_EXAMPLE.replace("SOURCE", "identifier"),
    passing=_EXAMPLE.replace("SOURCE", "arn"),
)


@RULE.check
def check(replica: Resource, _: Context) -> Iterator[Problem]:
    """Compare the regions of the replica and its source."""
    if replica.value("replicate_source_db") in (None, ""):
        return
    source = the_one(replica, "replicate_source_db", "aws_db_instance")
    if source is None or source is replica or source.known_region() == replica.known_region():
        return
    yield from ask_each(replica, (lambda one: _by_identifier(one, source), lambda one: _key(one, source)))


def _by_identifier(replica: Resource, source: Resource) -> Iterator[Problem]:
    value = replica.value("replicate_source_db")
    paths = {reference.path for reference in references_in(value) if reference.path}
    literal = isinstance(value, str) and not paths and not value.startswith("arn:")
    if literal or (paths and paths <= {("identifier",)}):
        yield Problem(
            replica,
            "replicate_source_db",
            f"The source {source.address} is in {source.region} and the replica in {replica.region}, and "
            "replicate_source_db is the source's identifier: in another region it finds nothing.",
            fix=f"Set replicate_source_db to {source.block_address}.arn.",
            also={"source_region": str(source.region)},
        )


def _key(replica: Resource, source: Resource) -> Iterator[Problem]:
    if "kms_key_id" in replica.values or not source.flag("storage_encrypted", False):
        return
    yield Problem(
        replica,
        "kms_key_id",
        f"The source {source.address} is encrypted and in {source.region}, and the replica in {replica.region} names "
        "no key: the source's key is not there.",
        fix="Set kms_key_id to the ARN of a key of the replica's region.",
        aws_error="InvalidParameterCombination",
    )
