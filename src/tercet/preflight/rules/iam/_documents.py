"""Which arguments are policies of identities, which of trust, which of resources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tercet.preflight.graph import Block, Resource
from tercet.preflight.policies import Policy, Statement, policy_of

IDENTITY: Final = (
    "aws_iam_policy",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_iam_user_policy",
    "aws_iam_group_policy",
)
"""Types with a policy of an identity; a role has them inline."""

RESOURCE: Final = {
    "aws_kms_key": "policy",
    "aws_kms_key_policy": "policy",
    "aws_s3_bucket_policy": "policy",
    "aws_secretsmanager_secret_policy": "policy",
    "aws_sns_topic": "policy",
    "aws_sns_topic_policy": "policy",
    "aws_sqs_queue": "policy",
    "aws_sqs_queue_policy": "policy",
}
"""Types with a policy of a resource, and the argument that holds it."""


@dataclass(frozen=True)
class Document:
    """A policy and the argument that holds it."""

    block: Block
    argument: str
    policy: Policy


def identity_documents(resource: Resource) -> Iterator[Document]:
    """Go through the policies that a resource gives to an identity."""
    blocks = resource.blocks("inline_policy") if resource.type == "aws_iam_role" else [resource]
    for block in blocks:
        if (policy := policy_of(block)) is not None:
            yield Document(block, "policy", policy)


def trust_document(role: Resource) -> Document | None:
    """Return a role's policy of who may assume it."""
    policy = policy_of(role, "assume_role_policy")
    return Document(role, "assume_role_policy", policy) if policy is not None else None


def called(statement: Statement, place: int) -> str:
    """Name a statement: by its Sid, or by where it stands."""
    if isinstance(statement.sid, str) and statement.sid:
        return f"Statement {statement.sid}"
    return f"Statement {place + 1}"
