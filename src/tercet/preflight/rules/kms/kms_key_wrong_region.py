"""Something encrypted with a key of another region."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each
from tercet.preflight.rules.kms import _regions as regions
from tercet.preflight.rules.kms._holders import KEYS, REPLICAS

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
    """Compare the regions of the resource, and of its replicas, with those of their keys."""
    yield from ask_each(resource, (_own_keys, _keys_of_replicas))


def _own_keys(resource: Resource) -> Iterator[Problem]:
    for path in KEYS[resource.type]:
        for block in regions.places(resource, path.split(".")):
            argument = path.rsplit(".", 1)[-1]
            if (wrong := regions.elsewhere(block, argument)) is not None:
                yield _problem(block, argument, resource.address, wrong)


def _keys_of_replicas(resource: Resource) -> Iterator[Problem]:
    if resource.type not in REPLICAS:
        return
    name, argument, region = REPLICAS[resource.type]
    for replica in resource.blocks(name):
        if replica.has(argument) and (wrong := regions.elsewhere(replica, argument, replica.text(region))) is not None:
            yield _problem(replica, argument, f"the replica of {resource.address}", wrong)


def _problem(block: Block, argument: str, what: str, wrong: tuple[str, str, str]) -> Problem:
    key, there, here = wrong
    return Problem(
        block,
        argument,
        f"{block.named(argument)} is {key}, a key in {there}, and {what} is in {here}: a key works in its own region "
        "only.",
        fix=f"Take a key in {here}; an aws_kms_replica_key there, if it is to be the same.",
        aws_error=f"KMSInvalidStateException or NotFoundException: Invalid arn {there}",
        also={"key's region": there, "own region": here},
    )
