"""Services that send to a queue or topic: whether its policy, and the policy of its key, let them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.policies import keys_of, resource_policy_allows
from tercet.preflight.rule import Problem
from tercet.preflight.values import Value

SENDING: Final = {"aws_sqs_queue": "sqs:SendMessage", "aws_sns_topic": "sns:Publish"}
"""The action that sends to a resource of a type."""

_KEYS: Final = ("kms:GenerateDataKey", "kms:Decrypt")
_MANAGED: Final = ("alias/aws/sqs", "alias/aws/sns")
_NAMED_BY: Final = {"aws_kms_alias": "name", "aws_kms_key": "key_id"}
"""Data sources of keys, and the argument that says which key."""


def closed_to(
    block: Block, argument: str, kind: str, service: str, consequence: str, source: Resource | None = None
) -> Iterator[Problem]:
    """Go through the queues, or topics, of an argument to which a service may not send."""
    action = SENDING[kind]
    for target in block.targets(argument, kind):
        answer = resource_policy_allows(target, service, action, source=source)
        if answer is None and target.mode == "managed":
            raise Undecidable(f"policy of {target.address}", "whom it lets in is known only in part")
        if answer is False:
            yield Problem(
                block,
                argument,
                f"The policy of {target.address} does not let {service} do {action}"
                + (f" for {source.address}" if source is not None else "")
                + f": {consequence}",
                fix=f"Allow {action} on {target.address} to the service {service} in its policy.",
                also={"target": target.address},
            )


def locked_to(block: Block, argument: str, kind: str, service: str, consequence: str) -> Iterator[Problem]:
    """Go through the queues, or topics, of an argument whose key a service may not use."""
    for target in block.targets(argument, kind):
        if target.mode != "managed" or not target.has("kms_master_key_id"):
            continue
        value = target.value("kms_master_key_id")
        if _is_of_aws(value) or any(_is_of_aws(one.value(_NAMED_BY[one.type])) for one in _looked_up(target)):
            shown = target.shown("kms_master_key_id")
            yield Problem(
                target,
                "kms_master_key_id",
                f"kms_master_key_id is {shown}, a key of AWS whose policy cannot let {service} in: {consequence}",
                fix=f"Use a key of your own that lets {service} do {' and '.join(_KEYS)}"
                + (", or sqs_managed_sse_enabled = true." if kind == "aws_sqs_queue" else "."),
                also={"sent by": block.owner.address},
            )
            continue
        for key in keys_of(target, "kms_master_key_id"):
            if lacking := key_lacks(key, service, _KEYS):
                yield Problem(
                    key,
                    "policy",
                    f"{target.address} is encrypted with {key.address}, whose policy does not let {service} do "
                    f"{', '.join(lacking)}: {consequence}",
                    fix=f"Allow {' and '.join(_KEYS)} to the service {service} in the policy of {key.address}.",
                    also={"sent by": block.owner.address, "target": target.address},
                )


def _looked_up(target: Resource) -> list[Resource]:
    return [one for one in target.targets("kms_master_key_id", *_NAMED_BY) if one.mode == "data"]


def _is_of_aws(key: Value) -> bool:
    return isinstance(key, str) and key.rpartition(":")[2] in _MANAGED


def key_lacks(key: Resource, service: str, actions: tuple[str, ...]) -> list[str]:
    """Return the actions that a key's policy surely does not allow to a service.

    Raises
    ------
    Undecidable
        It depends on what is not known.
    """
    answers = {action: resource_policy_allows(key, service, action) for action in actions}
    lacking = [action for action, answer in answers.items() if answer is False]
    if not lacking and None in answers.values() and key.mode == "managed":
        raise Undecidable(f"policy of {key.address}", "whom it lets in is known only in part")
    return lacking
