"""Settings of a user pool that lack what they need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule

_FACTORS: Final = (
    "sms_configuration",
    "software_token_mfa_configuration",
    "email_mfa_configuration",
    "web_authn_configuration",
)
_CODE: Final = ("{####}",)
_TEXTS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "verification_message_template": {
        "email_message": _CODE,
        "sms_message": _CODE,
        "email_message_by_link": ("{##", "##}"),
    },
    "admin_create_user_config.invite_message_template": {
        "email_message": ("{username}", *_CODE),
        "sms_message": ("{username}", *_CODE),
    },
}
"""Block → text → what the text has to hold."""

_POOL = """
resource "aws_cognito_user_pool" "payments" {
  name              = "payments-dev"
  mfa_configuration = "ON"FACTOR
}
"""

RULE = Rule(
    id="cognito-pool-settings",
    title="A setting of a user pool that lacks what it needs",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A second factor needs a configuration of one, mail from one's own address needs the identity of SES, and a "
        "message has to hold the placeholder for the code that it brings. A pool has users with aliases or without "
        "user names, not both."
    ),
    aws_error=(
        "InvalidParameterException: Invalid MFA configuration given, can't disable all MFAs with a required or "
        "optional configuration."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetUserPoolMfaConfig.html",
        "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html",
        "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cognito_user_pool",
        "https://github.com/anomalyco/sst/issues/5177",
    ),
    resources=("aws_cognito_user_pool",),
    failing=_POOL.replace("FACTOR", ""),
    passing=_POOL.replace("FACTOR", "\n\n  software_token_mfa_configuration {\n    enabled = true\n  }"),
)


@RULE.check
def check(pool: Resource, _context: Context) -> Iterator[Problem]:
    """Look at factors, mail, texts and names."""
    mfa = pool.value("mfa_configuration")
    if mfa in ("ON", "OPTIONAL") and not any(pool.has(name) for name in _FACTORS):
        yield Problem(
            pool,
            "mfa_configuration",
            f"mfa_configuration is {mfa}, and no factor is configured.",
            fix="Add software_token_mfa_configuration { enabled = true }, or sms_configuration.",
            aws_error=(
                "InvalidParameterException: Invalid MFA configuration given, can't disable all MFAs with a required or "
                "optional configuration."
            ),
        )
    for mail in pool.blocks("email_configuration"):
        if mail.value("email_sending_account") == "DEVELOPER" and not mail.has("source_arn"):
            yield Problem(
                mail,
                "source_arn",
                "email_sending_account is DEVELOPER, and source_arn is missing.",
                fix="Set source_arn to the ARN of an SES identity.",
                aws_error="InvalidParameterException: Developer email configuration requires a SourceArn",
            )
    if pool.has("alias_attributes") and pool.has("username_attributes") and pool.graph.kind != "plan":
        yield Problem(
            pool,
            "alias_attributes",
            "alias_attributes and username_attributes are both given.",
            fix="Remove one of them.",
            aws_error='Error: Conflicting configuration arguments: "alias_attributes": conflicts with '
            "username_attributes",
        )
    for path, texts in _TEXTS.items():
        for block in _at(pool, path.split(".")):
            yield from _texts(block, texts)


def _at(block: Block, steps: list[str]) -> list[Block]:
    here = [block]
    for step in steps:
        here = [inside for one in here for inside in one.blocks(step)]
    return here


def _texts(block: Block, texts: dict[str, tuple[str, ...]]) -> Iterator[Problem]:
    for name, needed in texts.items():
        text = block.value(name)
        missing = [one for one in needed if isinstance(text, str) and text and one not in text]
        if missing:
            yield Problem(
                block,
                name,
                f"{block.named(name)} does not hold {missing[0]}.",
                fix=f"Write {missing[0]} where the code, the name or the link is to stand.",
                aws_error=(
                    f"InvalidParameterException: 1 validation error detected: Value at '{name}' failed to satisfy "
                    "constraint: Member must satisfy regular expression pattern"
                ),
            )
