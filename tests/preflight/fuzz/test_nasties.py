"""What was made to hang, to fill the memory, or to reach outside: each is answered or refused, in bounded time."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tercet.errors import PreflightError
from tercet.preflight import documents, loading
from tercet.preflight.check import check_path
from tercet.preflight.syntax import comments
from tercet.preflight.values import Encoded, Reference, Template, is_known, shown
from tests.preflight.fuzz.asking import Outcome, ask, no_defect
from tests.preflight.fuzz.nasties import BOMBS, JSON_BOMBS, QUEUE, SLOW

SECONDS = 60
BRIEFLY = 10


@pytest.mark.parametrize("name", [name for name in BOMBS if name not in SLOW])
def test_hcl(name: str):
    began = time.process_time()
    assert ask("main.tf", BOMBS[name].encode()) in Outcome
    assert time.process_time() - began < BRIEFLY


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_hcl_that_takes_all_that_is_allowed(name: str):
    began = time.process_time()
    assert ask("main.tf", BOMBS[name].encode()) in Outcome
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("role", ["main.tf.json", "plan.json", "a.auto.tfvars.json"])
@pytest.mark.parametrize("name", JSON_BOMBS)
def test_json(name: str, role: str):
    began = time.process_time()
    assert ask(role, JSON_BOMBS[name].encode("utf-8", "surrogatepass")) in Outcome
    assert time.process_time() - began < BRIEFLY


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "data"),
    [
        ("main.tf.json", b"[" * 50_000_000),
        ("main.tf.json", b'{"a": "' + b"x" * 50_000_000 + b'"}'),
        ("main.tf.json", b'{"locals": {"a": "' + b"${" * 25_000_000 + b'"}}'),
        ("main.tf.json", b'{"locals": {"a": [' + b"1," * 25_000_000 + b"1]}}"),
        ("main.tf", b"\x00\x01" * 25_000_000),
        ("main.tf", b"a = 1\n" * 8_000_000),
        ("main.tf", b"[" * 4_000_000),
        ("plan.json", b'{"format_version": "1", "planned_values": {"a": "' + b"x" * 50_000_000 + b'"}}'),
    ],
    ids=["brackets", "a string", "a template", "a list", "zeros", "arguments", "brackets of HCL", "a plan"],
)
def test_fifty_megabytes(role: str, data: bytes):
    began = time.process_time()
    assert ask(role, data) in Outcome
    assert time.process_time() - began < SECONDS


# Values


def test_what_is_shared_is_gone_through_once():
    value: object = Reference("aws_sqs_queue.a", ("arn",))
    for _ in range(200):
        value = [value, value]
    assert not is_known(value)


def test_a_value_is_shown_in_bounded_time():
    value: object = "x"
    for _ in range(200):
        value = [value] * 8
    assert len(shown(value)) <= 120
    template: object = Template(("a", Reference("aws_sqs_queue.a"), ["x"]))
    for _ in range(200):
        template = Template(("a", [template] * 8, Encoded("x")))
    assert len(shown(template)) <= 120


def test_quotes_that_are_not_closed_are_read_once():
    def seconds(length: int) -> float:
        text = Template(('"' + '\\"' * length, Reference("aws_sqs_queue.a")))
        began = time.process_time()
        assert documents.decode(text) is None
        return time.process_time() - began

    seconds(1_000)
    assert seconds(400_000) < BRIEFLY


def test_a_row_of_comments_belongs_to_what_follows():
    text = "# preflight:accept a\n# more\n# preflight:accept b\na {\n  # preflight:accept c\n}\n# preflight:accept d"
    found = comments.accepted(text)
    assert {line: [entry["rule"] for entry in entries] for line, entries in found.items()} == {
        3: ["a", "b"],
        5: ["c"],
        7: ["d"],
    }


# Folders


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder / name


SECRET = 'resource "aws_sqs_queue" "secret" {\n  name = "secret"\n}\n'


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    written(tmp_path, "outside/main.tf", SECRET)
    written(tmp_path, "outside/secret.txt", "secret")
    written(tmp_path, "inside/main.tf", QUEUE % '"x"')
    return tmp_path / "inside"


def addresses(folder: Path) -> set[str]:
    return {address for graph in loading.load(folder) for address in graph.resources}


def test_a_linked_file_outside_is_not_read(inside: Path):
    (inside / "linked.tf").symlink_to("../outside/main.tf")
    (inside / "terraform.tfvars").symlink_to("../outside/secret.txt")
    assert addresses(inside) == {"aws_sqs_queue.payments"}
    assert any("linked.tf" in warning for warning in check_path(inside).warnings)


@pytest.mark.parametrize(
    "source", ["../outside", "./linked", "./../inside/../outside", "./" + "a" * 5000, "./a\\u0000b", "./loop"]
)
def test_a_module_outside_is_not_read(inside: Path, source: str):
    (inside / "linked").symlink_to("../outside")
    (inside / "loop").symlink_to("loop")
    written(inside, "module.tf", f'module "a" {{\n  source = "{source}"\n}}\n')
    assert addresses(inside) == {"aws_sqs_queue.payments"}
    report = check_path(inside)
    no_defect(report)
    assert any("module.a" in warning for warning in report.warnings)


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../outside/secret.txt", "linked.txt", "loop", "a" * 5000, "\\u0000", ".", "pipe", "/dev/zero"],
)
@pytest.mark.parametrize("function", ["file", "templatefile", "filebase64sha256", "fileexists"])
def test_a_file_outside_is_not_read(inside: Path, path: str, function: str):
    (inside / "linked.txt").symlink_to("../outside/secret.txt")
    (inside / "loop").symlink_to("loop")
    os.mkfifo(inside / "pipe")
    more = ", {}" if function == "templatefile" else ""
    written(inside, "main.tf", QUEUE % f'{function}("{path}"{more})')
    (graph,) = loading.load(inside)
    assert not isinstance(graph.resources["aws_sqs_queue.payments"].values["name"], str | bool)


def test_links_that_lead_to_themselves(tmp_path: Path):
    (tmp_path / "main.tf").symlink_to("main.tf")
    (tmp_path / "folder").symlink_to(".")
    with pytest.raises(PreflightError):
        check_path(tmp_path)
    with pytest.raises(PreflightError):
        check_path(tmp_path / "main.tf")


def test_a_file_beside_a_synthesized_one_is_not_read_through_a_link(inside: Path):
    written(inside, "cdk.tf.json", '{"resource": {"aws_sqs_queue": {"a": {}}}}')
    written(inside.parent, "outside/more.tf.json", '{"resource": {"aws_sqs_queue": {"secret": {}}}}')
    (inside / "more.tf.json").symlink_to("../outside/more.tf.json")
    assert addresses(inside / "cdk.tf.json") == {"aws_sqs_queue.a"}


def test_a_module_that_calls_itself(inside: Path):
    written(inside, "module.tf", 'module "a" {\n  source = "./"\n}\nmodule "b" {\n  source = "./"\n}\n')
    with pytest.raises(PreflightError, match="modules"):
        check_path(inside)


def test_names_that_no_file_can_have(tmp_path: Path):
    for name in ("a" * 5000, "a\0b"):
        with pytest.raises(PreflightError):
            loading.load(tmp_path / name)


def test_a_folder_of_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(loading, "MAX_FOLDERS", 50)
    for number in range(60):
        (tmp_path / str(number)).mkdir()
    with pytest.raises(PreflightError, match="more than 50 folders"):
        check_path(tmp_path)
