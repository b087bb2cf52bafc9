"""A role without what its service does with it, which shows only when it is needed."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._needs import SILENT, unmet

_SELECTION = """
resource "aws_backup_selection" "cluster" {
  name         = "payments-cluster-dev"
  plan_id      = "0a1b2c3d-1111-2222-3333-444455556666"
  iam_role_arn = aws_iam_role.backup.arn
  resources    = ["arn:aws:rds:us-east-1:111122223333:cluster:payments-dev"]
}
"""

RULE = Rule(
    id="role-lacks-permissions-at-run-time",
    title="A role without what its service will do with it",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "Backup, ECS, RDS Proxy, flow logs, Firehose and replication use their role only when there is something to "
        "do. "
        "Where it lacks the actions, all of it deploys, and no backup is made, no task starts, nothing is written."
    ),
    sources=(
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html",
    ),
    resources=tuple(SILENT),
    failing=_SELECTION + example.role(service="backup.amazonaws.com", name="backup"),
    passing=_SELECTION
    + example.role(service="backup.amazonaws.com", name="backup")
    + """
resource "aws_iam_role_policy_attachment" "backup" {
  role       = aws_iam_role.backup.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
}
""",
)


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Ask each role for what its service does."""
    yield from unmet(resource, SILENT[resource.type])
