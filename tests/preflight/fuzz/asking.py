"""Asks the preflight about any bytes, in every role that bytes can have, and tells an answer from a refusal."""

from __future__ import annotations

import enum
import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Final
from unittest import mock

from tercet.errors import PreflightError
from tercet.preflight import baseline, engine, intent, registry, reporting, suppressions
from tercet.preflight.check import check_configuration, check_path
from tercet.preflight.findings import Report
from tercet.preflight.intent import Intent
from tercet.preflight.options import Options
from tests.preflight.fuzz.mutating import mutated, mutated_text

EVERYTHING_STATED: Final = Intent(
    regions=("us-east-1",),
    az_count=3,
    name_suffix="dev",
    destroyable=True,
    encryption_at_rest=True,
    multi_az=True,
    pitr=True,
    kms_rotation=True,
    tls_required=True,
    dlq_required=True,
    backup_retention_days=7,
    log_retention_days=30,
    required_tags=("team",),
    own_domains=("payments.acme.io",),
)
"""Every rule demands something."""

HCL: Final = 'variable "any" {}\nresource "aws_sqs_queue" "payments" {\n  name = var.any\n}\n'


class Outcome(enum.Enum):
    """How it ended: the only two ways that are allowed."""

    ANSWER = "answer"
    REFUSAL = "refusal"


class DefectError(AssertionError):
    """A rule raised an exception of its own."""


def outcome_of(ask: Callable[[], Report | None]) -> Outcome:
    """Ask, and tell how it ended; whatever else is raised is a defect, and so is a rule that failed."""
    try:
        report = ask()
    except PreflightError as error:
        text = str(error)
        assert text
        assert "Traceback" not in text
        return Outcome.REFUSAL
    if report is not None:
        no_defect(report)
        for form in ("table", "json", "sarif", "github"):
            reporting.render(report, form, rules=registry.everything(), target="fuzzed")
    return Outcome.ANSWER


def no_defect(report: Report) -> None:
    """Fail if a rule raised an exception of its own."""
    defects = [
        f"{one.rule} at {one.address}: {one.because}" for one in report.undecided if engine.DEFECT in one.because
    ]
    if defects:
        raise DefectError("; ".join(sorted(defects)[:5]))


def _checked(folder: str, name: str, data: bytes, beside: str = "") -> Report:
    path = Path(folder) / name
    path.write_bytes(data)
    if beside:
        (Path(folder) / "main.tf").write_text(beside, encoding="utf-8")
    return check_path(path.parent if beside or name.startswith("main") else path, Options(intent=EVERYTHING_STATED))


def _as_text(data: bytes) -> Report:
    with mock.patch.object(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data))):
        return check_path(Path("-"), Options(intent=EVERYTHING_STATED))


def _read(folder: str, name: str, data: bytes, read: Callable[[Path], object]) -> None:
    path = Path(folder) / name
    path.write_bytes(data)
    read(path)


def _changed_json(data: bytes) -> Report:
    return check_configuration(mutated(*_numbers(data)), Options(intent=EVERYTHING_STATED))


def _changed_hcl(folder: str, data: bytes) -> Report:
    return _checked(folder, "main.tf", mutated_text(*_numbers(data)).encode("utf-8", "surrogatepass"))


def _numbers(data: bytes) -> tuple[int, int]:
    """Which example is changed, and how."""
    return int.from_bytes(data[:2], "big"), int.from_bytes(data[2:10], "big")


ROLES: Final[dict[str, Callable[[str, bytes], Report | None]]] = {
    "main.tf": lambda folder, data: _checked(folder, "main.tf", data),
    "main.tf.json": lambda folder, data: _checked(folder, "main.tf.json", data),
    "cdk.tf.json": lambda folder, data: _checked(folder, "cdk.tf.json", data),
    "plan.json": lambda folder, data: _checked(folder, "plan.json", data),
    "standard input": lambda folder, data: _as_text(data),
    "terraform.tfvars": lambda folder, data: _checked(folder, "terraform.tfvars", data, HCL),
    "a.auto.tfvars.json": lambda folder, data: _checked(folder, "a.auto.tfvars.json", data, HCL),
    "app.py": lambda folder, data: _checked(folder, "app.py", data),
    "a rule's example in JSON": lambda folder, data: _changed_json(data),
    "a rule's example in HCL": _changed_hcl,
    "intent.toml": lambda folder, data: _read(folder, "intent.toml", data, intent.load),
    "intent.json": lambda folder, data: _read(folder, "intent.json", data, intent.load),
    "accept.toml": lambda folder, data: _read(
        folder, "accept.toml", data, lambda path: suppressions.from_file(path, registry.everything())
    ),
    "baseline.json": lambda folder, data: _read(folder, "baseline.json", data, lambda path: baseline.apply((), path)),
}
"""What bytes may be given as → how they are asked about."""


def ask(role: str, data: bytes) -> Outcome:
    """Ask about bytes in one role."""
    with tempfile.TemporaryDirectory() as folder:
        return outcome_of(lambda: ROLES[role](folder, data))
