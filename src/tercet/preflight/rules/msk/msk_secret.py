"""A secret that a Kafka cluster does not take."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Template, Value

_EXAMPLE = """
resource "aws_kms_key" "events" {
  enable_key_rotation = true
}

resource "aws_secretsmanager_secret" "events" {
  name       = "NAME"
  kms_key_id = aws_kms_key.events.arn
}

resource "aws_secretsmanager_secret_version" "events" {
  secret_id     = aws_secretsmanager_secret.events.id
  secret_string = jsonencode({ username = "events", password = random_password.events.result })
}

resource "random_password" "events" {
  length = 32
}

resource "aws_msk_scram_secret_association" "events" {
  cluster_arn     = "arn:aws:kafka:us-east-1:123456789012:cluster/events-dev/12345678-1234-1234-1234-123456789012-1"
  secret_arn_list = [aws_secretsmanager_secret.events.arn]

  depends_on = [aws_secretsmanager_secret_version.events]
}
"""

RULE = Rule(
    id="msk-secret",
    title="Secret that Kafka does not take",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A secret with which clients sign in to Kafka has a name that begins with AmazonMSK_, and is encrypted with a "
        "key of one's own: with the one of Secrets Manager, Kafka may not read it."
    ),
    aws_error=(
        "InvalidSecretArn: The provided secret arn cannot be used with Amazon MSK. Secret names must have the prefix "
        "'AmazonMSK_'"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/msk/latest/developerguide/msk-password-limitations.html",
        "https://github.com/aws-controllers-k8s/community/issues/2546",
    ),
    resources=("aws_msk_scram_secret_association", "aws_msk_single_scram_secret_association"),
    failing=_EXAMPLE.replace("NAME", "events-dev"),
    passing=_EXAMPLE.replace("NAME", "AmazonMSK_events-dev"),
)

_PREFIX = "AmazonMSK_"


@RULE.check
def check(association: Resource, _: Context) -> Iterator[Problem]:
    """Look at the secrets that the configuration makes."""
    argument = "secret_arn" if association.type.startswith("aws_msk_single") else "secret_arn_list"
    for secret in association.targets(argument, "aws_secretsmanager_secret"):
        if secret.mode != "managed":
            continue
        if (begins := _beginning(secret)) is not None and not begins.startswith(_PREFIX[: len(begins)] or _PREFIX):
            yield Problem(
                association,
                argument,
                f"The name of {secret.address} does not begin with {_PREFIX}.",
                fix=f"Begin its name with {_PREFIX}.",
                also={"name": begins},
            )
        if "kms_key_id" not in secret.values:
            yield Problem(
                association,
                argument,
                f"{secret.address} has no kms_key_id, so that it is encrypted with the key of Secrets Manager: Kafka "
                "may not read it.",
                fix="Set kms_key_id of the secret to a key of your own.",
                aws_error="InvalidSecretArn: Amazon MSK wasn't able to access the provided secret.",
            )


def _beginning(secret: Resource) -> str | None:
    """Return what the name certainly begins with; None where nothing is known of it."""
    value: Value = secret.value("name") or secret.value("name_prefix")
    if isinstance(value, Template):
        return value.prefix[: len(_PREFIX)] or None
    if value is None and "name" not in secret.values and "name_prefix" not in secret.values:
        return "terraform-"
    return value[: len(_PREFIX)].ljust(len(_PREFIX)) if isinstance(value, str) else None
