"""Acceptance, validation and assertion with the real bindings."""

from __future__ import annotations

import datetime
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tercet.errors import PreflightError
from tercet.preflight.accepting import accept
from tercet.preflight.findings import Severity
from tercet.preflight.testing import assert_preflight
from tercet.preflight.validation import add_validation
from tercet.synth import jsii_runtime

RULE = "aurora-backtrack-engine"
HERE = Path(__file__)


@pytest.fixture(scope="module", autouse=True)
def _bindings() -> None:
    jsii_runtime.prepare(HERE.parents[3] / ".tercet" / "cache")


def stack_of(app: Any, window: int | None = 86_400, name: str = "shop") -> Any:
    """A stack whose cluster cannot be backtracked, and yet is to be."""
    from cdktn import TerraformStack
    from cdktn_provider_aws.provider import AwsProvider
    from cdktn_provider_aws.rds_cluster import RdsCluster
    from constructs import Construct

    class Shop(TerraformStack):
        def __init__(self) -> None:
            super().__init__(app, name)
            AwsProvider(self, "aws", region="us-east-1")
            self.cluster = RdsCluster(  # made here
                Construct(self, "a/b"),
                "main",
                engine="aurora-postgresql",
                master_username="shop",
                manage_master_user_password=True,
                storage_encrypted=True,
                skip_final_snapshot=True,
                backtrack_window=window,
            )

    return Shop()


def app_in(folder: Path) -> Any:
    from cdktn import App

    folder.mkdir(exist_ok=True)
    return App(outdir=str(folder / "out"))


def line_of(text: str) -> str:
    number = next(n for n, line in enumerate(HERE.read_text().splitlines(), 1) if line.endswith(text))
    return f"{HERE.name}:{number}"


def written(folder: Path) -> list[Path]:
    return list((folder / "out").rglob("*.json"))


def without_validation(folder: Path, decorate: Callable[[Any], None]) -> dict[str, Any]:
    app = app_in(folder)
    decorate(stack_of(app))
    app.synth()
    return json.loads((folder / "out" / "stacks" / "shop" / "cdk.tf.json").read_text())


def body_of(configuration: dict[str, Any]) -> dict[str, Any]:
    (body,) = configuration["resource"]["aws_rds_cluster"].values()
    return body


def test_acceptances_add_up_beside_the_metadata(tmp_path: Path):
    def decorate(stack: Any) -> None:
        accept(stack.cluster, RULE, reason=" never\n rewound ", until=datetime.date(2027, 3, 31))
        accept(stack.cluster, "nat-single-zone", reason="one zone is enough", until="2027-03-31")
        accept(stack.cluster, "nat-single-zone", reason="one zone is enough", until="2027-03-31")

    comment = body_of(without_validation(tmp_path, decorate))["//"]
    assert comment["metadata"]["path"] == "shop/a--b/main"
    assert comment["preflight"] == [
        {"rule": RULE, "reason": "never rewound", "until": "2027-03-31"},
        {"rule": "nat-single-zone", "reason": "one zone is enough", "until": "2027-03-31"},
    ]


def test_what_is_accepted_is_not_reported(tmp_path: Path):
    stack = stack_of(app_in(tmp_path))
    with pytest.raises(AssertionError, match=RULE):
        assert_preflight(stack)
    accept(stack.cluster, RULE, reason="a test of tercet's own")
    report = assert_preflight(stack)
    assert [(one.finding.rule, one.reason) for one in report.accepted] == [(RULE, "a test of tercet's own")]


def test_only_resources_carry_acceptances_and_every_one_has_a_reason(tmp_path: Path):
    from cdktn_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity

    stack = stack_of(app_in(tmp_path))
    with pytest.raises(TypeError, match="no resource"):
        accept(DataAwsCallerIdentity(stack, "me"), RULE, reason="x")
    with pytest.raises(TypeError, match="no resource"):
        accept(stack, RULE, reason="x")
    with pytest.raises(ValueError, match="reason"):
        accept(stack.cluster, RULE, reason=" ")
    with pytest.raises(ValueError, match="soon"):
        accept(stack.cluster, RULE, reason="x", until="soon")


def test_accepting_loads_nothing_that_a_stack_does_not():
    program = (
        "import sys; before = set(sys.modules); import tercet.preflight.accepting; "
        "print({name.partition('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names))"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "{'tercet'}"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("terraform") is None, reason="there is no Terraform")
def test_terraform_reads_past_an_acceptance(tmp_path: Path):
    """With a resource that is part of Terraform, so that no provider is needed."""
    accepted = [{"rule": RULE, "reason": "${not.a.reference}"}]
    body = {"input": "x", "//": {"metadata": {"path": "a/b"}, "preflight": accepted}}
    (tmp_path / "cdk.tf.json").write_text(json.dumps({"resource": {"terraform_data": {"a": body}}}))
    for command in (["init", "-backend=false"], ["validate"]):
        answer = subprocess.run(["terraform", *command], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stdout + answer.stderr


def test_an_app_is_not_written_where_something_is_found(tmp_path: Path):
    app = app_in(tmp_path)
    add_validation(app)
    stack_of(app)
    with pytest.raises(RuntimeError) as failed:
        app.synth()
    text = str(failed.value)
    assert RULE in text
    assert line_of("# made here") in text
    assert "shop/a--b/main" in text
    assert "[shop]" in text
    assert written(tmp_path) == []


def test_an_app_in_which_nothing_is_found_is_written(tmp_path: Path):
    app = app_in(tmp_path)
    add_validation(app)
    stack_of(app, window=None)
    app.synth()
    assert any(path.name == "cdk.tf.json" for path in written(tmp_path))


def test_stacks_that_an_app_has_already_are_checked_too(tmp_path: Path):
    app = app_in(tmp_path)
    stack_of(app)
    add_validation(app)
    with pytest.raises(RuntimeError, match=RULE):
        app.synth()


def test_one_stack_alone_and_no_other_app(tmp_path: Path):
    app, other = app_in(tmp_path), app_in(tmp_path / "other")
    add_validation(stack_of(app, name="checked"))
    stack_of(other)
    other.synth()
    with pytest.raises(RuntimeError, match=RULE):
        app.synth()


def test_the_threshold_and_a_file_of_accepted_findings(tmp_path: Path):
    file = tmp_path / "accept.toml"
    file.write_text(f'[[accept]]\nrule = "{RULE}"\naddress = "*"\nreason = "a test"\n')
    app = app_in(tmp_path)
    add_validation(app, {"az_count": 3}, fail_on="apply-fails", accept=file)
    stack_of(app)
    app.synth()
    with pytest.raises(ValueError, match="dreadful"):
        add_validation(app, fail_on="dreadful")
    with pytest.raises(PreflightError, match="cannot be read"):
        add_validation(app, accept=tmp_path / "missing.toml")
    with pytest.raises(TypeError, match="neither an App nor a TerraformStack"):
        add_validation(object())


def test_a_configuration_in_any_form(tmp_path: Path):
    configuration = without_validation(tmp_path, lambda stack: None)
    path = tmp_path / "out" / "stacks" / "shop" / "cdk.tf.json"
    for given in (configuration, json.dumps(configuration), path, str(path)):
        with pytest.raises(AssertionError, match=rf"finding.* at apply-fails or worse:\n\n  aws_rds_cluster.*{RULE}"):
            assert_preflight(given, fail_on=Severity.APPLY_FAILS)
    del body_of(configuration)["backtrack_window"]
    assert assert_preflight(configuration).resources == 1


@pytest.mark.parametrize("given", ["{", "{" * 100_000, "[]", "/nowhere", {"nonsense": 1}])
def test_what_cannot_be_checked_is_an_error_of_ours(given: object):
    with pytest.raises(PreflightError):
        assert_preflight(given)


def test_what_is_no_configuration_at_all():
    with pytest.raises(TypeError, match="int is no stack"):
        assert_preflight(7)


def test_aspects_are_applied_before_a_stack_is_asserted(tmp_path: Path):
    import jsii
    from cdktn import Aspects, IAspect

    @jsii.implements(IAspect)
    class Cure:
        def visit(self, node: Any) -> None:
            if hasattr(node, "reset_backtrack_window"):
                node.reset_backtrack_window()

    stack = stack_of(app_in(tmp_path))
    Aspects.of(stack).add(Cure())
    assert_preflight(stack)
