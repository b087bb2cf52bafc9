from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tercet.errors import LocalError
from tercet.local import recovery


def log(folder: Path, *kinds: str, rest: str = "") -> Path:
    file = folder / "apply.jsonl"
    messages = ({"@level": "error" if kind == "diagnostic" else "info", "type": kind} for kind in kinds)
    file.write_text("".join(json.dumps(message) + "\n" for message in messages) + rest)
    return file


@pytest.mark.parametrize("last", [["change_summary", "outputs"], ["diagnostic"], ["diagnostic", "log"]])
def test_an_apply_that_said_how_it_ended_was_not_cut_short(tmp_path: Path, last: list[str]):
    assert not recovery.was_cut_short(log(tmp_path, "version", "apply_complete", *last))


def test_a_warning_is_not_the_end(tmp_path: Path):
    warning = json.dumps({"@level": "warn", "type": "diagnostic"}) + "\n"
    assert recovery.was_cut_short(log(tmp_path, "version", "apply_start", rest=warning))


@pytest.mark.parametrize("rest", ["", '{"type": "apply_com', "killed\n", "[1]\n"])
def test_an_apply_that_did_not_was(tmp_path: Path, rest: str):
    assert recovery.was_cut_short(log(tmp_path, "version", "apply_start", rest=rest))


def test_an_empty_log_was_cut_short_and_a_missing_one_was_not(tmp_path: Path):
    assert recovery.was_cut_short(log(tmp_path))
    assert not recovery.was_cut_short(tmp_path / "missing.jsonl")


def test_it_does_not_wait_for_nobody(tmp_path: Path):
    said: list[str] = []
    recovery.wait_for_earlier_run(tmp_path / "missing.tfstate", said.append)
    (tmp_path / "terraform.tfstate").write_text("{}")
    recovery.wait_for_earlier_run(tmp_path / "terraform.tfstate", said.append)
    assert said == []


def test_it_waits_for_who_holds_the_state(tmp_path: Path):
    """POSIX locks belong to processes, so the holder is another one."""
    state = tmp_path / "terraform.tfstate"
    state.write_text("{}")
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import fcntl, sys\nhandle = open(sys.argv[1], 'r+')\nfcntl.lockf(handle, fcntl.LOCK_EX)\n"
            "print('held', flush=True)\nsys.stdin.read()",
            str(state),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdin
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    said: list[str] = []
    waiting = threading.Thread(target=recovery.wait_for_earlier_run, args=(state, said.append))
    waiting.start()
    deadline = time.monotonic() + 10
    while not said and time.monotonic() < deadline:
        time.sleep(0.05)
    assert waiting.is_alive()
    holder.stdin.close()
    holder.wait(10)
    waiting.join(10)
    assert not waiting.is_alive()
    assert len(said) == 1


def test_it_gives_up_on_who_never_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(recovery, "_is_locked", lambda _state: True)
    monkeypatch.setattr(recovery, "WAIT_LIMIT_S", 0.0)
    with pytest.raises(LocalError, match="End it"):
        recovery.wait_for_earlier_run(tmp_path / "terraform.tfstate", lambda _text: None)
