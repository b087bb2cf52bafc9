"""The command line, given what nobody should: exit code 2, one sentence, no traceback; and it always ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

QUEUE = 'resource "aws_sqs_queue" "payments" {\n  name = "payments-dev"\n}\n'
SECONDS = 120

pytestmark = pytest.mark.slow


def tercet(*arguments: str | Path, given: bytes = b"", cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "tercet.cli", *map(str, arguments)],
        input=given,
        capture_output=True,
        timeout=SECONDS,
        cwd=cwd,
        check=False,
    )


def refused(run: subprocess.CompletedProcess[bytes]) -> str:
    said = run.stderr.decode()
    assert run.returncode == 2, said + run.stdout.decode()[:500]
    assert "Traceback" not in said
    assert said.startswith("tercet: ")
    assert len(said.strip().splitlines()) == 1
    assert run.stdout == b""
    return said


def written(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("garbage.tf", bytes(range(256)) * 16),
        ("utf16.tf", QUEUE.encode("utf-16")),
        ("latin1.tf", 'locals { a = "zürich" }'.encode("latin-1")),
        ("nul.tf", b"a\0b"),
        ("brackets.tf", b"[" * 10_000),
        ("deep.tf", b"locals { a = " + b"[" * 10_000 + b"]" * 10_000 + b"}"),
        ("empty.tf", b""),
        ("brackets.json", b"[" * 10_000),
        ("list.json", b"[]"),
        ("text.json", b'"resource"'),
        ("not.tf.json", b'{"Resources": {}}'),
        ("plan.json", b'{"format_version": "1.2", "planned_values": 1}'),
        ("words.txt", b"hello"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_terraform(tmp_path: Path, name: str, data: bytes):
    refused(tercet("check", written(tmp_path, name, data)))


def test_what_is_not_there(tmp_path: Path):
    refused(tercet("check", tmp_path / "none"))
    refused(tercet("check", tmp_path / ("a" * 5000)))
    refused(tercet("check", tmp_path))


@pytest.mark.parametrize("data", [b"", b"\n", b"{", b"[" * 5000, b"\xff\xfe"])
def test_standard_input_that_says_nothing(data: bytes):
    refused(tercet("check", "-", given=data))


def test_standard_input_that_is_closed():
    command = f'"{sys.executable}" -m tercet.cli check - <&-'
    run = subprocess.run(["/bin/sh", "-c", command], capture_output=True, timeout=SECONDS, check=False)
    refused(run)


def test_standard_output_that_is_closed(tmp_path: Path):
    main = written(tmp_path, "main.tf", QUEUE.encode())
    command = f'"{sys.executable}" -m tercet.cli check "{main}" >&-'
    run = subprocess.run(["/bin/sh", "-c", command], capture_output=True, timeout=SECONDS, check=False)
    refused(run)


def test_a_pipe_and_a_device(tmp_path: Path):
    os.mkfifo(tmp_path / "main.tf")
    refused(tercet("check", tmp_path / "main.tf"))
    refused(tercet("check", tmp_path))
    refused(tercet("check", "/dev/zero"))
    refused(tercet("check", "/dev/null"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path):
    written(tmp_path, "main.tf", QUEUE.encode()).chmod(0)
    refused(tercet("check", tmp_path))


@pytest.mark.parametrize("option", ["--intent", "--accept", "--baseline"])
@pytest.mark.parametrize("data", [b"\xff\xfe", b"[" * 5000, b"a = ", b'{"a": ' + b"9" * 5000 + b"}", b"\0"])
def test_other_files_that_are_wrong(tmp_path: Path, option: str, data: bytes):
    main = written(tmp_path, "main.tf", QUEUE.encode())
    refused(tercet("check", main, option, written(tmp_path, "other", data)))


@pytest.mark.parametrize("option", ["--intent", "--accept", "--baseline"])
def test_other_files_that_never_end(tmp_path: Path, option: str):
    main = written(tmp_path, "main.tf", QUEUE.encode())
    os.mkfifo(tmp_path / "pipe")
    refused(tercet("check", main, option, tmp_path / "pipe"))
    refused(tercet("check", main, option, tmp_path))
    refused(tercet("check", main, option, tmp_path / "none"))


def test_a_reader_that_has_seen_enough(tmp_path: Path):
    written(tmp_path, "main.tf", "".join(QUEUE.replace("payments", f"p{n}") for n in range(2000)).encode())
    command = f'"{sys.executable}" -m tercet.cli check --format json "{tmp_path}" | head -c 10'
    run = subprocess.run(["/bin/sh", "-c", command], capture_output=True, timeout=SECONDS, check=False)
    assert b"Traceback" not in run.stderr
    assert len(run.stdout) == 10


def test_zones_refuses_likewise(tmp_path: Path):
    refused(tercet("zones", tmp_path / "none"))
    refused(tercet("zones", written(tmp_path, "main.tf", b"\0")))
    refused(tercet("zones", "-"))
