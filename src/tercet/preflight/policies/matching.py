"""Whether an entry of a policy covers what is asked: an action, a resource, a principal. Three-valued."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from tercet.preflight.graph import Resource
from tercet.preflight.policies.globs import matches, overlap
from tercet.preflight.values import Encoded, Reference, Template, Unknown, Value, references_in

Answer: TypeAlias = bool | None
"""Yes, no, or not decidable."""

ENVIRONMENT: Final = ("aws_caller_identity", "aws_partition", "aws_region", "aws_default_tags", "aws_canonical_user_id")
"""Data sources that tell where a deployment runs: a hole filled by one of them is the right account or region."""

_ENVIRONMENT: Final = re.compile(rf"(?:^|\.)data\.(?:{'|'.join(ENVIRONMENT)})\.")

_IDENTITIES: Final = frozenset(
    ("arn", "bucket", "function_name", "id", "invoke_arn", "key_id", "name", "qualified_arn", "stream_arn", "url")
)
"""Attributes that name the resource itself, and so no other one."""

_NOBODY: Final = "\ue001"
"""Stands for a part of an ARN that is not known: only a wildcard matches it."""

_REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]{1,12}){1,3}-[0-9]")


@dataclass(frozen=True, slots=True)
class Asked:
    """A resource that a policy is asked about.

    Parameters
    ----------
    resource
        The resource.
    part
        ``object`` for what is in a bucket, ``stream`` for a table's stream, ``index`` for its indexes; else the
        resource itself.
    """

    resource: Resource
    part: str | None = None


Target: TypeAlias = Asked | Resource | str | None

_SHAPES: Final[dict[str, tuple[str, str]]] = {
    "aws_cloudwatch_event_bus": ("name", "arn:*:events:*:*:event-bus/{}"),
    "aws_cloudwatch_log_group": ("name", "arn:*:logs:*:*:log-group:{}"),
    "aws_dynamodb_table": ("name", "arn:*:dynamodb:*:*:table/{}"),
    "aws_ecs_task_definition": ("family", "arn:*:ecs:*:*:task-definition/{}:*"),
    "aws_iam_role": ("name", "arn:*:iam::*:role/{}"),
    "aws_kinesis_firehose_delivery_stream": ("name", "arn:*:firehose:*:*:deliverystream/{}"),
    "aws_kinesis_stream": ("name", "arn:*:kinesis:*:*:stream/{}"),
    "aws_kms_key": ("", "arn:*:kms:*:*:key/{}"),
    "aws_lambda_function": ("function_name", "arn:*:lambda:*:*:function:{}"),
    "aws_s3_bucket": ("bucket", "arn:*:s3:::{}"),
    "aws_secretsmanager_secret": ("name", "arn:*:secretsmanager:*:*:secret:{}-*"),
    "aws_sfn_state_machine": ("name", "arn:*:states:*:*:stateMachine:{}"),
    "aws_sns_topic": ("name", "arn:*:sns:*:*:{}"),
    "aws_sqs_queue": ("name", "arn:*:sqs:*:*:{}"),
    "aws_ssm_parameter": ("name", "arn:*:ssm:*:*:parameter/{}"),
}
"""How ARNs look: which argument is the name in it, and where."""


def any_of(answers: Iterable[Answer]) -> Answer:
    """Return true where one is true, false where all are false, else None."""
    result: Answer = False
    for answer in answers:
        if answer:
            return True
        if answer is None:
            result = None
    return result


def all_of(answers: Iterable[Answer]) -> Answer:
    """Return false where one is false, true where all are true, else None."""
    result: Answer = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            result = None
    return result


def covers_action(entry: Value, action: str) -> Answer:
    """Tell whether an entry of ``Action`` covers an action; capitals do not matter."""
    pattern = glob_of(entry)
    if pattern is None:
        return None
    if matches(pattern.lower(), action.lower()):
        return True if isinstance(entry, str) else None
    return False


def covers_resource(entry: Value, target: Target) -> Answer:
    """Tell whether an entry of ``Resource`` covers a resource, or an ARN."""
    if target is None or entry == "*":
        return True
    asked = Asked(target) if isinstance(target, Resource) else target
    if isinstance(asked, str):
        return _covers_text(entry, asked)
    refers = _refers(entry, asked)
    return refers if refers is not False else _covers_shape(entry, asked)


def covers_principal(kind: str, entry: Value, principal: str, wanted: str) -> Answer:
    """Tell whether an entry of ``Principal`` is a principal of the kind that is wanted.

    ``*`` is everybody, services included.
    """
    if entry == "*" and kind in ("AWS", "*"):
        return True
    if kind != wanted:
        return False
    pattern = glob_of(entry)
    if pattern is None:
        return None
    if wanted == "Service":
        return same_service(pattern, principal)
    return _covers_text(entry, principal)


def is_of_another(value: Value, source: Resource | None) -> bool:
    """Tell whether a value, such as that of ``source_arn``, surely names another resource of the type of a source."""
    if source is None:
        return False
    found = [one for reference in references_in(value) for one in source.graph.named_by(reference)]
    alike = [one for one in found if one.type == source.type]
    return bool(alike) and source not in alike


def same_service(one: str, other: str) -> bool:
    """Tell whether two names are of one service; one that names no region is of all regions."""
    left, right = _service(one), _service(other)
    regions_meet = not left[1] or not right[1] or matches(left[1], right[1]) or matches(right[1], left[1])
    return (matches(left[0], right[0]) or matches(right[0], left[0])) and regions_meet


def glob_of(entry: Value) -> str | None:
    """Return an entry as a pattern in which ``*`` stands for what is not known; None where nothing is known."""
    if isinstance(entry, str):
        return str(entry)
    if isinstance(entry, Template):
        return "".join(part if isinstance(part, str) else "*" for part in entry.parts)
    return None


def only_environment(entry: Value) -> bool:
    """Tell whether all that is not known of an entry is the account, the region or the partition."""
    if isinstance(entry, str):
        return True
    if not isinstance(entry, Template):
        return False
    return all(isinstance(part, str) or _is_environment(part) for part in entry.parts)


def arn_shape(resource: Resource) -> str | None:
    """Return the ARN of a resource as a pattern, with its name as far as that is known; None for other types."""
    if (shape := _SHAPES.get(resource.type)) is None:
        return None
    name = glob_of(resource.value(shape[0])) if shape[0] else None
    pattern = shape[1].format(name.lstrip("/") if name else "*")
    parts = pattern.split(":", 4)
    if parts[3] == "*" and isinstance(resource.region, str):
        parts[3] = str(resource.region)
    return ":".join(parts)


def _is_environment(part: Value) -> bool:
    references = references_in(part)
    return bool(references) and all(_ENVIRONMENT.search(one.address) for one in references)


def _covers_text(entry: Value, text: str) -> Answer:
    pattern = glob_of(entry)
    if pattern is None:
        return None
    if overlap(pattern, text):
        return True if only_environment(entry) else None
    return False


def _refers(entry: Value, asked: Asked) -> Answer:
    """Answer from the references of an entry; False where they say nothing of the resource."""
    graph = asked.resource.graph
    mine = [one for one in references_in(entry) if asked.resource in graph.named_by(one)]
    if not mine:
        return False
    if isinstance(entry, str):
        return False  # known wholly: what it says counts
    if isinstance(entry, Unknown | Encoded):
        return None
    plain = isinstance(entry, Reference)
    if asked.part == "object":
        return not plain and "/" in (glob_of(entry) or "")
    if asked.part == "stream":
        stream = any("stream_arn" in one.path for one in mine)
        return stream or (not plain and any(mark in (glob_of(entry) or "")[1:] for mark in ("stream", "/*")))
    if asked.resource.type == "aws_s3_bucket" and not plain:
        return "/" not in (glob_of(entry) or "")
    return True


def _covers_shape(entry: Value, asked: Asked) -> Answer:
    """Answer from what an entry says as a text, where it does not refer to the resource."""
    pattern, shape = glob_of(entry), arn_shape(asked.resource)
    if pattern is None:
        return _elsewhere(entry, asked.resource)
    if shape is None:
        return None
    suffix = {"object": "/*", "stream": "/stream/*", "index": "/index/*"}.get(asked.part or "", "")
    meets = _meets(pattern, shape + suffix)
    if meets is False:
        return False
    if isinstance(entry, Template) and not only_environment(entry):
        holes = [part for part in entry.parts if not isinstance(part, str) and not _is_environment(part)]
        answers = [_elsewhere(hole, asked.resource) for hole in holes]
        return None if None in answers else False
    return meets


def _meets(pattern: str, shape: str) -> Answer:
    """Compare a pattern with the shape of an ARN, in which ``*`` stands for what is not known.

    Partition, region and account that are not known are those that the pattern says; a name that is not known is
    matched by a wildcard only.
    """
    said, known = pattern.split(":", 5), shape.split(":", 5)
    if len(said) < 6:  # a wildcard spans several parts
        if not overlap(pattern, shape):
            return False
        return True if matches(pattern, shape.replace("*", _NOBODY)) else None
    if not all(overlap(one, other) for one, other in zip(said, known, strict=True)):
        return False
    return True if matches(said[5], known[5].replace("*", _NOBODY)) else None


def _elsewhere(value: Value, resource: Resource) -> Answer:
    """Answer False where a value is of another resource than this one, None where it can be this one's."""
    references = references_in(value)
    if not references or not isinstance(value, Reference | Template):
        return None
    for reference in references:
        found = resource.graph.named_by(reference)
        if not found or any(one.mode == "data" and one.type not in ENVIRONMENT for one in found):
            return None
        if reference.path and reference.path[-1] not in _IDENTITIES:
            return None
    return False


def _service(principal: str) -> tuple[str, str]:
    """Split ``logs.us-east-1.amazonaws.com`` into ``logs`` and the region."""
    name = principal.lower()
    for ending in (".amazonaws.com.cn", ".amazonaws.com", ".amazonaws.*", ".*"):
        if name.endswith(ending):
            name = name[: -len(ending)]
            break
    labels = name.split(".")
    if len(labels) > 1 and (labels[-1] == "*" or _REGION.fullmatch(labels[-1])):
        return ".".join(labels[:-1]), labels[-1]
    return name, ""
