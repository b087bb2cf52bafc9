"""What the policy of a resource lets others do: queues, topics, buckets, keys, functions, secrets, buses, vaults."""

from __future__ import annotations

from typing import Final

from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.memory import remembered
from tercet.preflight.policies.matching import Answer, any_of, is_of_another, same_service
from tercet.preflight.policies.reading import policy_from
from tercet.preflight.policies.statements import Policy
from tercet.preflight.policies.wires import completions
from tercet.preflight.values import Unknown, Value, is_known

_PLACES: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "aws_backup_vault": (("aws_backup_vault_policy", "backup_vault_name", "policy"),),
    "aws_cloudwatch_event_bus": (("aws_cloudwatch_event_bus_policy", "event_bus_name", "policy"),),
    "aws_kms_key": (("aws_kms_key_policy", "key_id", "policy"),),
    "aws_s3_bucket": (("aws_s3_bucket_policy", "bucket", "policy"),),
    "aws_secretsmanager_secret": (("aws_secretsmanager_secret_policy", "secret_arn", "policy"),),
    "aws_sns_topic": (("aws_sns_topic_policy", "arn", "policy"),),
    "aws_sqs_queue": (("aws_sqs_queue_policy", "queue_url", "policy"),),
}
"""Which companion holds a resource's policy, and which of its arguments name the resource and hold the policy."""

_INLINE: Final = ("aws_kms_key", "aws_s3_bucket", "aws_secretsmanager_secret", "aws_sns_topic", "aws_sqs_queue")

_NAMES: Final = {
    "aws_lambda_function": "function_name",
    "aws_s3_bucket": "bucket",
}


def resource_policies(target: Resource) -> list[tuple[Resource, Policy]]:
    """Return the policies of a resource that are known, each with what holds it.

    Raises
    ------
    Undecidable
        One is not known.
    """
    found, unknown = _policies(target)
    if unknown:
        raise Undecidable(f"policy of {target.address}", unknown[0])
    return found


def resource_policy_allows(
    target: Resource,
    principal: str,
    action: str,
    *,
    kind: str = "Service",
    conditions_hold: bool = True,
    source: Resource | None = None,
) -> Answer:
    """Tell whether a resource's own policy lets somebody do something with it.

    Parameters
    ----------
    target
        A queue, topic, bucket, key, function, secret, bus, vault or log group.
    principal, kind
        A service such as ``events.amazonaws.com``, or an ARN with the kind ``AWS``.
    action
        Such as ``sqs:SendMessage``.
    conditions_hold
        Take the conditions of what is allowed as met.
    source
        On behalf of what: what is allowed to another resource of its type by ``aws:SourceArn`` does not count.

    Returns
    -------
    Answer
        False where there is no policy at all: then only the account itself may, and no service.
    """
    if target.type == "aws_lambda_function":
        return function_allows(target, principal, action, source)
    if target.mode != "managed":
        return None
    if target.type == "aws_cloudwatch_log_group":
        return _log_policies_allow(target, principal, action)
    if target.type not in _PLACES:
        return None
    found, unknown = _policies(target)
    answers: list[Answer] = []
    for _, policy in found:
        # A policy is attached to its resource, and most name it by `*` or by an ARN that is written out: not asked.
        speaking = policy.about(source)
        answers.append(speaking.allows(action, None, principal, kind, conditions_hold=conditions_hold))
    answer = any_of(answers)
    if answer is False and (unknown or target.is_passed_out()):
        return None
    return answer


def function_allows(
    function: Resource, principal: str, action: str = "lambda:InvokeFunction", source: Resource | None = None
) -> Answer:
    """Tell whether an ``aws_lambda_permission`` lets a service call a function, on behalf of a source."""
    if function.mode != "managed":
        return None
    sure, perhaps = permissions_of(function)
    answer = any_of(_permits(one, principal, action, source) for one in sure)
    if answer is False and (perhaps or function.is_passed_out()):
        return None
    return answer


def permissions_of(function: Resource) -> tuple[list[Resource], list[Resource]]:
    """Return the ``aws_lambda_permission`` of a function: those that surely are its own, and those that may be."""
    names = [function.value("function_name")]
    found = completions(
        function.graph, "aws_lambda_permission", "function_name", "aws_lambda_function", "aws_lambda_alias"
    )
    sure, perhaps = found.of(function, names)
    for alias in function.referrers("aws_lambda_alias"):
        if function in alias.targets("function_name", "aws_lambda_function"):
            sure = sure + found.of(alias)[0]
    return sure, perhaps


def _permits(permission: Resource, principal: str, action: str, source: Resource | None) -> Answer:
    given, said = permission.value("principal"), permission.value("action")
    if not is_known(given) or not is_known(said):
        return None
    if is_of_another(permission.value("source_arn"), source):
        return False
    if str(said).lower() not in (action.lower(), "lambda:*", "*"):
        return False
    return given == "*" or same_service(str(given), principal)


def _policies(target: Resource) -> tuple[list[tuple[Resource, Policy]], list[str]]:
    return remembered(target.graph, ("policies of", target.address), lambda: _gathered(target))


def _gathered(target: Resource) -> tuple[list[tuple[Resource, Policy]], list[str]]:
    found: list[tuple[Resource, Policy]] = []
    unknown: list[str] = []

    def add(holder: Resource, value: Value) -> None:
        policy = policy_from(target.graph, value)
        if isinstance(policy, Policy):
            found.append((holder, policy))
        elif isinstance(policy, Unknown):
            unknown.append(f"{holder.address}: {policy.because}")

    if target.type in _INLINE and target.has("policy"):
        add(target, target.value("policy"))
    for kind, names, holds in _PLACES.get(target.type, ()):
        known_as = [target.value(_NAMES.get(target.type, "name"))]
        sure, perhaps = completions(target.graph, kind, names, target.type).of(target, known_as)
        for companion in sure:
            add(companion, companion.value(holds))
        unknown.extend(f"{one.address} may be of {target.address}" for one in perhaps)
    return found, unknown


def _log_policies_allow(target: Resource, principal: str, action: str) -> Answer:
    """Policies of log groups are of the account: any of them may name this one."""
    answers: list[Answer] = []
    for one in target.graph.of_type("aws_cloudwatch_log_resource_policy"):
        policy = policy_from(target.graph, one.value("policy_document"))
        if not isinstance(policy, Policy):
            answers.append(None)
            continue
        allowed = policy.allows(action, target, principal, conditions_hold=True)
        # A log group's streams are written "…:*"; an entry that is not known may well be this one.
        answers.append(allowed)
    answer = any_of(answers)
    return None if answer is False and target.is_passed_out() else answer
