"""Lifecycles, schedules and selections of backups."""

from __future__ import annotations

import pytest

from tests.preflight.as_json import as_json
from tests.preflight.checking import check_hcl, check_json, found


def plan(body: str) -> str:
    return f"""
resource "aws_backup_plan" "p" {{
  name = "payments-dev"
  rule {{
    rule_name         = "daily"
    target_vault_name = "payments-dev"
{body}
  }}
}}
"""


@pytest.mark.parametrize(
    ("cold", "delete", "is_wrong"),
    [("30", "119", True), ("30", "120", False), ("0", "7", False), ("30", "null", False), ('"30"', '"60"', True)],
)
def test_days_in_cold_storage(cold: str, delete: str, is_wrong: bool):
    text = plan(f"lifecycle {{\n cold_storage_after = {cold}\n delete_after = {delete}\n }}")
    for report in (check_hcl(text), check_json(as_json(text))):
        assert bool(found(report, "backup-lifecycle-90")) is is_wrong
        assert not found(report, "backup-copy-lifecycle-90")


def test_the_copy_has_a_lifecycle_of_its_own():
    text = plan(
        "lifecycle {\n delete_after = 7\n }\n"
        ' copy_action {\n destination_vault_arn = "arn:aws:backup:us-east-1:111122223333:backup-vault:c"\n'
        " lifecycle {\n cold_storage_after = 1\n delete_after = 2\n }\n }"
    )
    (finding,) = found(check_hcl(text), "backup-copy-lifecycle-90")
    assert finding.address == "aws_backup_plan.p"
    assert "rule[0].copy_action[0].lifecycle" in finding.message
    assert not found(check_hcl(text), "backup-lifecycle-90")


def test_days_that_are_not_known_are_undecided():
    text = 'variable "days" {\n  type = number\n}\n' + plan(
        "lifecycle {\n cold_storage_after = 30\n delete_after = var.days\n }"
    )
    report = check_hcl(text)
    assert not found(report, "backup-lifecycle-90")
    assert "backup-lifecycle-90" in {one.rule for one in report.undecided}


@pytest.mark.parametrize(
    ("schedule", "is_wrong"),
    [
        ("cron(0 5 * * ? *)", False),
        ("cron(0 5 ? * * *)", False),
        ("cron(0 5 ? * MON-FRI *)", False),
        ("cron(0 5 * * * *)", True),
        ("cron(0 5 ? * ? *)", True),
        ("0 5 * * ? *", True),
        ("cron(0 5 * * ?)", True),
        ("rate(1 day)", False),
    ],
)
def test_schedules(schedule: str, is_wrong: bool):
    assert bool(found(check_hcl(plan(f'schedule = "{schedule}"')), "backup-schedule")) is is_wrong


@pytest.mark.parametrize(
    ("body", "is_wrong"),
    [
        ("start_window = 60", False),
        ("start_window = 59", True),
        ("start_window = 121", True),
        ("start_window = 120", False),
        ("completion_window = 119", True),
        ("completion_window = 120", False),
        ("start_window = 60\n completion_window = 119", True),
        ("", False),
    ],
)
def test_windows(body: str, is_wrong: bool):
    assert bool(found(check_hcl(plan(body)), "backup-window-completion")) is is_wrong


def test_a_plan_that_is_handed_on_may_be_selected_for_elsewhere():
    text = plan("") + 'output "plan" {\n  value = aws_backup_plan.p.id\n}\n'
    assert not found(check_hcl(text), "backup-plan-no-selection")
    assert found(check_hcl(plan("")), "backup-plan-no-selection")


def test_a_selection_by_tags_selects_something():
    text = (
        plan("")
        + """
resource "aws_backup_selection" "s" {
  name         = "tagged"
  plan_id      = aws_backup_plan.p.id
  iam_role_arn = "arn:aws:iam::111122223333:role/backup"
  selection_tag {
    type  = "STRINGEQUALS"
    key   = "Backup"
    value = "true"
  }
}
"""
    )
    assert not found(check_hcl(text), "backup-selection-empty")
    assert not found(check_hcl(text), "backup-plan-no-selection")


def test_a_lock_with_a_longest_time_refuses_what_is_kept_for_ever():
    text = """
resource "aws_backup_vault" "v" {
  name = "payments-dev"
}
resource "aws_backup_vault_lock_configuration" "v" {
  backup_vault_name  = "payments-dev"
  max_retention_days = 30
}
""" + plan("")
    assert found(check_hcl(text), "backup-vault-lock-retention")
    assert not found(check_hcl(text.replace("= 30", "= null")), "backup-vault-lock-retention")
