"""Something that stores data, and does not encrypt it, where the intent says that everything does."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.intent import Intent
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="encryption-at-rest",
    title="Stored without encryption, against the intent",
    severity=Severity.POLICY,
    rationale=(
        "The intent says that everything that stores data encrypts it. Databases, file systems and volumes are a "
        "finding without any intent (`storage-unencrypted`); here are the others that need to be told: topics, "
        "streams, caches, search domains, the disks of instances. Tables, buckets, log groups, secrets and queues "
        "are encrypted by AWS unless they are told not to."
    ),
    sources=(
        "https://docs.aws.amazon.com/whitepapers/latest/logical-separation/encrypting-data-at-rest-and--in-transit.html",
    ),
    resources=(
        "aws_dax_cluster",
        "aws_elasticache_replication_group",
        "aws_elasticsearch_domain",
        "aws_instance",
        "aws_kinesis_stream",
        "aws_opensearch_domain",
        "aws_sns_topic",
        "aws_sqs_queue",
    ),
    intent=Intent(encryption_at_rest=True),
    failing="""
resource "aws_sns_topic" "payments" {
  name = "payments-dev"
}
""",
    passing="""
resource "aws_sns_topic" "payments" {
  name              = "payments-dev"
  kms_master_key_id = "alias/aws/sns"
}
""",
)


@RULE.check
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    """Ask for the switch of each type."""
    if not context.intent.encryption_at_rest:
        return
    for at, argument, said, fix in _ASKED[resource.type](resource):
        yield Problem(
            at,
            argument,
            f"{said}, and the intent says that everything stored is encrypted.",
            fix=fix,
        )


Found = Iterator[tuple[Block, str, str, str]]


def _key(argument: str) -> Callable[[Resource], Found]:
    def find(resource: Resource) -> Found:
        if resource.value(argument) in (None, ""):
            yield resource, argument, f"{argument} is not set", f"Set {argument} to a key."

    return find


def _flag(argument: str) -> Callable[[Resource], Found]:
    def find(resource: Resource) -> Found:
        if not resource.flag(argument, False):
            said = "false" if resource.has(argument) else "not set"
            yield resource, argument, f"{argument} is {said}", f"Set {argument} to true."

    return find


def _block(name: str) -> Callable[[Resource], Found]:
    def find(resource: Resource) -> Found:
        blocks = resource.blocks(name)
        if not any(block.flag("enabled", False) for block in blocks):
            yield resource, name, f"{name} is not enabled", f"Add {name} with enabled = true."

    return find


def _stream(stream: Resource) -> Found:
    if stream.text("encryption_type", "NONE") != "KMS":
        yield stream, "encryption_type", "encryption_type is NONE", 'Set encryption_type to "KMS" and kms_key_id.'


def _queue(queue: Resource) -> Found:
    if queue.value("kms_master_key_id") in (None, "") and queue.flag("sqs_managed_sse_enabled", True) is False:
        yield queue, "sqs_managed_sse_enabled", "sqs_managed_sse_enabled is false", "Remove sqs_managed_sse_enabled."


def _disks(instance: Resource) -> Found:
    for name in ("root_block_device", "ebs_block_device"):
        for disk in instance.blocks(name):
            if not disk.flag("encrypted", False):
                yield disk, "encrypted", f"{disk.named('encrypted')} is not true", "Set encrypted to true."


_ASKED: dict[str, Callable[[Resource], Found]] = {
    "aws_dax_cluster": _block("server_side_encryption"),
    "aws_elasticache_replication_group": _flag("at_rest_encryption_enabled"),
    "aws_elasticsearch_domain": _block("encrypt_at_rest"),
    "aws_instance": _disks,
    "aws_kinesis_stream": _stream,
    "aws_opensearch_domain": _block("encrypt_at_rest"),
    "aws_sns_topic": _key("kms_master_key_id"),
    "aws_sqs_queue": _queue,
}
