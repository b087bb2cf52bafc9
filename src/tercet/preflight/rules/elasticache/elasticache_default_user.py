"""A user group without the user that is called default."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Value

_EXAMPLE = """
resource "aws_elasticache_user" "sessions" {
  user_id       = "sessions-dev"
  user_name     = "NAME"
  access_string = "on ~* +@all"
  engine        = "redis"

  authentication_mode {
    type = "no-password-required"
  }
}

resource "aws_elasticache_user_group" "sessions" {
  engine        = "redis"
  user_group_id = "sessions-dev"
  user_ids      = [aws_elasticache_user.sessions.user_id]
}
"""

RULE = Rule(
    id="elasticache-default-user",
    title="User group without a default user",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Each user group of Redis has a user whose name is default, when it is made already: who sends no name is that "
        "one. An association that adds it later is too late. Valkey does without."
    ),
    aws_error="DefaultUserRequired: User group needs to contain a user with the user name default.",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/25593",
    ),
    resources=("aws_elasticache_user_group",),
    failing=_EXAMPLE.replace("NAME", "sessions"),
    passing=_EXAMPLE.replace("NAME", "default"),
)


@RULE.check
def check(group: Resource, _: Context) -> Iterator[Problem]:
    """Look for the user by its name."""
    if (group.text("engine", "") or "").lower() != "redis":
        return
    members = group.items("user_ids")
    if group.value("user_ids") is None and "user_ids" in group.values:
        return
    if any(_may_be_default(group, one) for one in members):
        return
    yield Problem(
        group,
        "user_ids",
        f"None of the users of {group.address} has the user_name default: Redis wants one.",
        fix="Add a user whose user_name is default.",
        also={"user_ids": group.shown("user_ids")},
    )


def _may_be_default(group: Resource, member: Value) -> bool:
    users = group.graph.resolve(member, ("aws_elasticache_user",))
    if not users:
        if isinstance(member, str) and member.lower() == "default":
            return True
        raise Undecidable("user_ids", "the name of a user that is made elsewhere is not known")
    if users[0].mode != "managed":
        raise Undecidable("user_ids", "the name of a user that is made elsewhere is not known")
    return any((one.text("user_name", "") or "").lower() == "default" for one in users)
