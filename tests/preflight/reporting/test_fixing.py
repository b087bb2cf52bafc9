"""A patch that `patch` and `git apply` take, and that changes what it says and nothing else."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tercet.preflight.findings import Edit, Finding, Severity
from tercet.preflight.fixing import patch

CLUSTER = """\
resource "aws_rds_cluster" "payments" {
  engine           = "aurora-mysql"
  backtrack_window = 86400
  storage_encrypted = false
}
"""


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("main.tf").write_text(CLUSTER)


def finding(line: int, old: str, new: str, file: str = "main.tf") -> Finding:
    return Finding("a-rule", Severity.APPLY_FAILS, "a_b.c", "A message.", edit=Edit(file, line, old, new))


def applied(diff: str, *command: str) -> None:
    tool = list(command or ("git", "apply", "-"))
    answer = subprocess.run(tool, input=diff.encode(), capture_output=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


TOOLS = [("git", "apply", "-"), ("patch", "-p1", "--quiet")]


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool[0])
def test_several_changes_in_several_files(tool: tuple[str, ...]):
    Path("modules").mkdir()
    Path("modules/other file.tf").write_text("a = 1\n")
    diff = patch(
        [
            finding(4, "storage_encrypted = false", "storage_encrypted = true"),
            finding(3, "backtrack_window = 86400", ""),
            finding(1, "a = 1", "a = 2", str(Path.cwd() / "modules" / "other file.tf")),
            Finding("b-rule", Severity.ADVICE, "a_b.c", "Nothing that a machine could do."),
        ]
    )
    assert "+++ b/modules/other file.tf" in diff
    applied(diff, *tool)
    assert Path("main.tf").read_text() == CLUSTER.replace("  backtrack_window = 86400\n", "").replace("false", "true")
    assert Path("modules/other file.tf").read_text() == "a = 2\n"


def test_nothing_to_change():
    assert patch([]) == ""
    assert patch([Finding("b-rule", Severity.ADVICE, "a_b.c", "A message.")]) == ""


def test_the_same_change_twice_is_one():
    once = [finding(3, "86400", "0")]
    assert patch(once * 2) == patch(once)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (finding(3, "backtrack_window = 3600", ""), "any more"),
        (finding(2, "backtrack_window", "x"), "any more"),
        (finding(99, "x", "y"), "no such line"),
        (finding(6, "x", "y"), "no such line"),
        (finding(0, "x", "y"), "no such line"),
        (finding(1, '"', "'"), "more than once"),
        (finding(1, "x", "y", "missing.tf"), "cannot be read"),
        (finding(1, "x", "y", "."), "cannot be read"),
        (finding(1, "x", "y", "../main.tf"), "working folder"),
        (finding(1, "x", "y", "/etc/hostname"), "working folder"),
        (finding(1, "x", "y", "a\n+++ b/forged"), "cannot hold"),
        (finding(1, "x", "y", "a\0b"), "cannot hold"),
    ],
)
def test_what_cannot_be_changed_is_said_and_left(change: Finding, said: str):
    diff = patch([change, finding(3, "86400", "0")])
    first, *rest = diff.splitlines()
    assert first.startswith("# Not changed: ")
    assert said in first
    assert sum(line.startswith("+++") for line in rest) == 1
    applied(diff)
    assert Path("main.tf").read_text() == CLUSTER.replace("86400", "0")


def test_a_link_is_left_since_a_patch_changes_what_it_leads_to_only_under_its_own_name():
    Path("real").mkdir()
    Path("real/main.tf").write_text(CLUSTER)
    Path("link.tf").symlink_to("real/main.tf")
    Path("folder").symlink_to("real")
    for name in ("link.tf", "folder/main.tf"):
        diff = patch([finding(3, "86400", "0", name)])
        assert diff.startswith(f"# Not changed: {name} is a link, or reached by one")
        assert "+++" not in diff


def test_links_and_pipes_are_left():
    Path("loop.tf").symlink_to("loop.tf")
    Path("out.tf").symlink_to("/etc/hostname")
    os.mkfifo("pipe.tf")
    diff = patch([finding(1, "x", "y", file) for file in ("loop.tf", "out.tf", "pipe.tf")])
    assert [line[:14] for line in diff.splitlines()] == ["# Not changed:"] * 3


def test_a_file_named_in_two_ways_is_one_file():
    diff = patch([finding(3, "86400", "0"), finding(4, "false", "true", str(Path.cwd() / "main.tf"))])
    assert diff.count("+++") == 1


def test_an_argument_is_added_once():
    added = [finding(4, "", f"  kept = {days}\n") for days in (1, 2)]
    diff = patch([*added, finding(4, "", "  other = 1\n")])
    assert "another finding" in diff.splitlines()[0]
    applied(diff)
    text = Path("main.tf").read_text()
    assert (text.count("kept = 1\n"), text.count("kept = 2\n"), text.count("other = 1\n")) == (1, 0, 1)


def test_of_two_changes_in_one_place_the_first_is_made():
    diff = patch([finding(3, "= 86400", "= 0"), finding(3, "86400", "1")])
    assert "another finding" in diff.splitlines()[0]
    applied(diff)
    assert "backtrack_window = 0\n" in Path("main.tf").read_text()


@pytest.mark.parametrize("tool", TOOLS[:1], ids=lambda tool: tool[0])
@pytest.mark.parametrize(
    ("before", "line", "old", "new", "after"),
    [
        ("a = 1", 1, "a = 1", "a = 2", "a = 2"),
        ("a = 1\r\nb = 2\r\n", 2, "b = 2", "b = 3", "a = 1\r\nb = 3\r\n"),
        ("a = 1\r\nb = 2\r\n", 1, "a = 1", "", "b = 2\r\n"),
        ("a = {\n  b = 1\n}\nc = 2\n", 1, "a = {\n  b = 1\n}", "", "c = 2\n"),
        ("x\u2028y = 1\x0c\nz = 1\n", 2, "z = 1", "z = 2", "x\u2028y = 1\x0c\nz = 2\n"),
        ("a = 1\n", 1, "", "# first\n", "# first\na = 1\n"),
        ("a = 1 # b\n", 1, "a = 1", "", " # b\n"),
        ("é = 1\n", 1, "1", "2", "é = 2\n"),
    ],
)
def test_text_of_every_kind(tool: tuple[str, ...], before: str, line: int, old: str, new: str, after: str):
    Path("main.tf").write_bytes(before.encode())
    applied(patch([finding(line, old, new)]), *tool)
    assert Path("main.tf").read_bytes() == after.encode()


def test_a_file_in_another_encoding_is_left():
    Path("main.tf").write_bytes(b"a = 1 # \xff\n")
    assert "UTF-8" in patch([finding(1, "a = 1", "a = 2")])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text("ab =\r", max_size=5), min_size=1, max_size=6), st.data())
def test_what_is_applied_is_what_was_asked_for(lines: list[str], data: st.DataObject):
    number = data.draw(st.integers(1, len(lines)))
    lines[number - 1] += "[old]"
    before = "\n".join(lines)
    Path("main.tf").write_bytes(before.encode())
    applied(patch([finding(number, "[old]", "new")]))
    assert Path("main.tf").read_bytes() == before.replace("[old]", "new").encode()
