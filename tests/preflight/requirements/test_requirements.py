"""The failures of a real platform: each as HCL, as synthesized JSON, and as a real plan, beside its passing twin."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tercet.local.emulator import serve
from tercet.preflight.check import check_configuration, check_path
from tercet.preflight.findings import Report, Severity
from tercet.preflight.intent import Intent
from tercet.preflight.options import Options
from tests.preflight.as_json import as_json
from tests.preflight.requirements import plans

ONE_REGION = Intent(regions=("us-east-1",))

CASES = {
    "f1_second_region": "region-requirement",
    "f2_copy_action_lifecycle": "backup-copy-lifecycle-90",
    "f2_copy_action_wrong_attribute": "schema-unknown-argument",
    "f3_backend_unknown_property": "backend-unknown-property",
    "f3_backend_lockfile_too_early": "backend-unknown-property",
    "f3_backend_no_lock": "backend-no-locking",
    "f4_backtrack_global": "aurora-backtrack-global",
    "f4_backtrack_engine": "aurora-backtrack-engine",
    "f4_backtrack_too_long": "aurora-backtrack-window",
    "f5_reserved_domain": "route53-reserved-domain",
    "f5_undelegated_validation": "route53-undelegated-zone-acm",
    "f6_secondary_without_key": "aurora-global-secondary-kms",
    "f6_managed_password_global": "aurora-global-managed-password",
    "f6_replica_key": "schema-unknown-argument",
    "silent_one_database_instance": "aurora-single-instance-ha",
    "silent_one_nat": "single-nat-multi-az",
    "silent_unencrypted_storage": "storage-unencrypted",
    "silent_password_default": "variable-secret-default",
    "silent_event_loop": "event-loop",
    "silent_event_target_permission": "eb-lambda-permission-missing",
    "silent_public_function_url": "lambda-url-public",
    "silent_cname_to_function_url": "route53-cname-function-url",
    "silent_record_holds_url": "route53-record-url",
    "silent_alarm_without_dimensions": "cw-alarm-no-dimensions",
    "silent_alarm_without_action": "cw-alarm-no-action",
    "silent_dashboard_without_dimensions": "cw-dashboard-no-dimensions",
}
"""Case → the rule that finds it. F7, and what is wrong in the code of a function, stand among the programs' tests."""

NO_PLAN = {
    "f2_copy_action_wrong_attribute",  # Terraform knows no such argument, and refuses before there is a plan
    "f6_replica_key",  # likewise
    "f4_backtrack_too_long",  # the provider checks the range itself
    "f3_backend_unknown_property",  # a plan holds no backend
    "f3_backend_lockfile_too_early",
    "f3_backend_no_lock",
}
"""Cases of which the failing twin has no plan."""

UNDECIDED_IN_PLAN = {
    # A plan lists what an expression refers to, and not what its functions make of it. That the record leads to a
    # function URL, which no other name can be served by, is found there all the same.
    "silent_record_holds_url",
}
"""Cases that cannot be told from a good configuration by their plan."""


def check(case: str, twin: str, form: str, folder: Path) -> Report:
    options = Options(intent=ONE_REGION if case == "f1_second_region" else Intent())
    place = plans.CASES / case
    if form == "plan":
        return check_path(place / f"{twin}.plan.json", options)
    if form == "hcl":
        shutil.copytree(place / twin, folder, dirs_exist_ok=True)
    else:
        text = (place / twin / "main.tf").read_text(encoding="utf-8")
        (folder / "cdk.tf.json").write_text(json.dumps(as_json(text), indent=2), encoding="utf-8")
    return check_path(folder, options)


def forms(case: str, twin: str) -> list[str]:
    with_plan = not case.startswith("f3_") and (twin == "passing" or case not in NO_PLAN)
    return ["hcl", "json", *(["plan"] if with_plan else [])]


def test_every_case_is_asked():
    assert {path.name for path in plans.CASES.iterdir()} == set(CASES)


@pytest.mark.parametrize(("case", "form"), [(case, form) for case in CASES for form in forms(case, "failing")])
def test_the_failing_twin_is_found(case: str, form: str, tmp_path: Path):
    report = check(case, "failing", form, tmp_path)
    told = report.undecided if form == "plan" and case in UNDECIDED_IN_PLAN else report.findings
    assert CASES[case] in {one.rule for one in told}


@pytest.mark.parametrize(("case", "form"), [(case, form) for case in CASES for form in forms(case, "passing")])
def test_the_passing_twin_passes(case: str, form: str, tmp_path: Path):
    report = check(case, "passing", form, tmp_path)
    assert [f"{one.rule} {one.address}: {one.message}" for one in report.at_least(Severity.POLICY)] == []


@pytest.mark.parametrize("case", [case for case in CASES if "plan" in forms(case, "failing")])
def test_the_verdict_is_the_same_in_every_form(case: str, tmp_path: Path):
    """A plan knows less of some things: what it lacks is undecided there, and never another verdict."""
    said = {}
    for form in ("hcl", "json", "plan"):
        folder = tmp_path / form
        folder.mkdir()
        report = check(case, "failing", form, folder)
        said[form] = {(one.rule, one.address) for one in report.at_least(Severity.POLICY)}
    assert said["hcl"] == said["json"]
    assert said["plan"] <= said["hcl"]
    assert CASES[case] in {rule for rule, _ in said["plan"]} or case in UNDECIDED_IN_PLAN


@pytest.mark.slow
def test_a_plan_of_today_gets_the_verdict_of_the_recorded_one(tmp_path: Path):
    """The recorded plans are what Terraform writes."""
    case = "silent_event_target_permission"
    with serve("127.0.0.1", 0, tmp_path) as emulator:
        planned = plans.plan(plans.CASES / case / "failing", emulator.url)
    today = check_configuration(planned, name="plan.json")
    recorded = check(case, "failing", "plan", tmp_path)
    assert [(one.rule, one.address) for one in today.findings] == [(one.rule, one.address) for one in recorded.findings]
