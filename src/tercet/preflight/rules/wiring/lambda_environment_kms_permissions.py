"""A function that may use something encrypted, and not its key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.policies import RolePermissions, keys_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._emitters import environment
from tercet.preflight.rules.wiring._keys import locked_out
from tercet.preflight.rules.wiring._roles import grant, permissions_at
from tercet.preflight.values import references_in


@dataclass(frozen=True)
class _Use:
    """What a function does with a resource, and what that needs of its key."""

    action: str
    key: str
    needs: str


_USES: Final = {
    "aws_secretsmanager_secret": _Use("secretsmanager:GetSecretValue", "kms_key_id", "kms:Decrypt"),
    "aws_sns_topic": _Use("sns:Publish", "kms_master_key_id", "kms:GenerateDataKey"),
    "aws_sqs_queue": _Use("sqs:SendMessage", "kms_master_key_id", "kms:GenerateDataKey"),
    "aws_ssm_parameter": _Use("ssm:GetParameter", "key_id", "kms:Decrypt"),
}

_SECRET = """
resource "aws_kms_key" "secrets" {
  description         = "payments secrets dev"
  enable_key_rotation = true
}

resource "aws_secretsmanager_secret" "acquirer" {
  name                    = "payments-acquirer-dev"
  kms_key_id              = aws_kms_key.secrets.arn
  recovery_window_in_days = 0
}
""" + example.function(
    """
  environment {
    variables = {
      ACQUIRER_SECRET = aws_secretsmanager_secret.acquirer.arn
    }
  }
"""
)

_READ = example.allow('["secretsmanager:GetSecretValue"]', "aws_secretsmanager_secret.acquirer.arn")

RULE = Rule(
    id="lambda-environment-kms-permissions",
    title="A function may use an encrypted resource, and not its key",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A secret, parameter, queue or topic that is encrypted with a key of your own can be used only by who may use "
        "the key as well: kms:Decrypt to read, kms:GenerateDataKey to send. A role that allows the one and not the "
        "other "
        "is denied at run time. A key whose policy names roles or users itself is not reported."
    ),
    aws_error="AccessDeniedException: … is not authorized to perform: kms:Decrypt on resource <key> (at run time)",
    sources=(
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
    ),
    resources=("aws_lambda_function",),
    failing=_SECRET + example.role(example.LOGS, _READ),
    passing=_SECRET + example.role(example.LOGS, _READ, example.allow('["kms:Decrypt"]', "aws_kms_key.secrets.arn")),
)


@RULE.check
def check(function: Resource, _: Context) -> Iterator[Problem]:
    """Look at the keys of what the environment names and the role may use."""
    permissions = permissions_at(function)
    if permissions is None or permissions.allows("sts:AssumeRole"):
        return
    undecided: Undecidable | None = None
    for target in _named(function):
        use = _USES[target.type]
        allowed = permissions.allows(use.action, target)
        if allowed is None and target.has(use.key):
            undecided = Undecidable(f"policies of {permissions.role.address}", permissions.because())
        if allowed is not True:
            continue
        try:
            yield from _locked(function, permissions, target, use)
        except Undecidable as error:
            undecided = error
    if undecided is not None:
        raise undecided


def _named(function: Resource) -> list[Resource]:
    """Return what the environment names of the types that may have a key."""
    found: dict[str, Resource] = {}
    for value in environment(function).values():
        for reference in references_in(value):
            if reference.path and reference.path[-1] in ("arn", "id", "name", "url"):
                for one in function.graph.find(reference.address):
                    if one.mode == "managed" and one.type in _USES:
                        found[one.address] = one
    return list(found.values())


def _locked(function: Resource, permissions: RolePermissions, target: Resource, use: _Use) -> Iterator[Problem]:
    for key in keys_of(target, use.key):
        if locked_out(permissions, key, use.needs):
            yield Problem(
                function,
                "role",
                f"{permissions.role.address} allows {use.action} on {target.address}, which is encrypted with "
                f"{key.address}, and lacks {use.needs} on that key: every use is denied at run time.",
                fix=grant([use.needs], permissions.role, key.address),
                also={"names": target.address, "key": key.address},
            )
