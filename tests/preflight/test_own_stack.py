"""tercet's own stack, checked as a stranger's: nothing stands against it, whatever of its intent is stated."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tercet.local.emulator import serve
from tercet.preflight import loading
from tercet.preflight.check import check_configuration, check_path
from tercet.preflight.engine import DEFECT
from tercet.preflight.intent import Intent
from tercet.preflight.options import Options
from tercet.preflight.zones import analyse
from tercet.settings import Settings
from tercet.soundness import intent_of
from tests.configuration import Configuration
from tests.conftest import PROFILES
from tests.preflight.requirements import plans

FULL = intent_of(Settings()).stated


@pytest.mark.parametrize("name", PROFILES)
def test_nothing_stands_against_it(configurations: dict[str, Configuration], name: str):
    intent = intent_of(Settings(**PROFILES[name]))
    report = check_path(configurations[name].folder, Options(intent=intent))
    assert [f"{one.rule} {one.address}: {one.message}" for one in report.findings] == []
    assert report.resources > 290
    assert [one for one in report.undecided if DEFECT in one.because] == []
    assert len(report.undecided) < 10


@pytest.mark.slow
def test_nothing_stands_against_its_plan(configuration: Configuration, tmp_path: Path):
    """A plan sorts, fills in, and leaves out: what was accepted in the configuration, for one, is not in it."""
    stack = json.loads((configuration.folder / "cdk.tf.json").read_text(encoding="utf-8"))
    del stack["terraform"]["backend"]  # which would be asked
    shutil.copytree(configuration.folder, tmp_path / "stack")
    (tmp_path / "stack" / "cdk.tf.json").write_text(json.dumps(stack), encoding="utf-8")
    with serve("127.0.0.1", 0, tmp_path) as emulator:
        planned = plans.plan(tmp_path / "stack", emulator.url)
    report = check_configuration(planned, Options(intent=intent_of(Settings())), name="plan.json")
    assert {one.rule for one in report.findings} == {"password-in-code"}
    assert [one for one in report.undecided if DEFECT in one.because] == []
    assert analyse(loading.load_document(planned, "plan.json")).lost == ()


@pytest.mark.parametrize("name", PROFILES)
def test_nothing_is_lost_with_a_zone(configurations: dict[str, Configuration], name: str):
    (graph,) = loading.load(configurations[name].folder)
    report = analyse(graph)
    assert report.lost == ()
    assert len(report.zones) == 3
    kinds = {one.address.split(".")[0] for one in report.components}
    assert {"aws_rds_cluster", "aws_lambda_function", "aws_nat_gateway"} <= kinds


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stated=st.sets(st.sampled_from(sorted(FULL))))
def test_no_demand_contradicts_another(configuration: Configuration, stated: set[str]):
    """One configuration satisfies every demand at once, and each selection of them."""
    intent = Intent(**{name: FULL[name] for name in stated})
    report = check_path(configuration.folder, Options(intent=intent))
    assert [f"{one.rule} {one.address}: {one.message}" for one in report.findings] == []


def _without_a_nat(document: dict[str, Any]) -> None:
    gateways = document["resource"]["aws_nat_gateway"]
    kept, *others = gateways
    text = json.dumps(document["resource"]["aws_route"])
    for other in others:
        del gateways[other]
        text = text.replace(f"aws_nat_gateway.{other}.", f"aws_nat_gateway.{kept}.")
    document["resource"]["aws_route"] = json.loads(text)


def _with_backtrack_in_a_global_database(document: dict[str, Any]) -> None:
    (cluster,) = document["resource"]["aws_rds_cluster"].values()
    cluster["global_cluster_identifier"] = "payments"


def _without_permissions(document: dict[str, Any]) -> None:
    del document["resource"]["aws_lambda_permission"]


def _with_a_reserved_variable(document: dict[str, Any]) -> None:
    for function in document["resource"]["aws_lambda_function"].values():
        function["environment"]["variables"]["AWS_REGION"] = "us-east-1"


def _in_a_second_region(document: dict[str, Any]) -> None:
    document["provider"]["aws"].append({"alias": "second", "region": "eu-west-1"})


def _with_one_instance(document: dict[str, Any]) -> None:
    instances = document["resource"]["aws_rds_cluster_instance"]
    for name in list(instances)[1:]:
        del instances[name]


BROKEN = {
    "single-nat-multi-az": _without_a_nat,
    "aurora-backtrack-global": _with_backtrack_in_a_global_database,
    "apigw-lambda-permission-missing": _without_permissions,
    "lambda-reserved-env": _with_a_reserved_variable,
    "region-requirement": _in_a_second_region,
    "aurora-single-instance-ha": _with_one_instance,
}


@pytest.mark.parametrize("rule", BROKEN)
def test_what_is_broken_in_it_is_found(configuration: Configuration, rule: str):
    """The silence of the tests above is not the silence of rules that look at nothing."""
    document = copy.deepcopy(dict(configuration.json))
    BROKEN[rule](document)
    found = {one.rule for one in check_configuration(document, Options(intent=Intent(**FULL))).findings}
    assert rule in found
