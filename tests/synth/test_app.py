"""The same settings give the same bytes, wherever and whenever they are synthesized."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tercet.errors import SynthError
from tercet.settings import Settings
from tercet.synth import artifact
from tercet.synth.app import synthesize
from tests.configuration import Configuration

CACHE = Path(__file__).parent.parent.parent / ".tercet" / "cache"


def synthesized(folder: Path, hash_seed: str) -> dict[str, bytes]:
    """Synthesize in a process of its own, in a folder of its own; give what was written."""
    work = folder / "work"
    work.mkdir()
    (work / ".tercet").mkdir()
    (work / ".tercet" / "cache").symlink_to(CACHE)
    subprocess.run(
        [sys.executable, "-m", "tercet.synth", "--out", str(folder / "out")],
        cwd=work,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        check=True,
        timeout=120,
    )
    stack = folder / "out" / "stacks" / "tercet"
    return {file.name: file.read_bytes() for file in sorted(stack.iterdir())}


@pytest.mark.slow
def test_two_synths_write_the_same_bytes(tmp_path: Path):
    (tmp_path / "first").mkdir()
    (tmp_path / "a second, elsewhere").mkdir()
    first = synthesized(tmp_path / "first", "1")
    assert first == synthesized(tmp_path / "a second, elsewhere", "2")
    assert set(first) == {"cdk.tf.json", "processor.zip", "versions.tf.json"}


def test_nothing_of_this_machine_is_in_the_configuration(configuration: Configuration):
    for place in (str(Path.home()), str(Path(__file__).parent.parent.parent), sys.prefix, "/tmp"):
        assert place not in configuration.text


def test_the_zip_holds_every_handler_and_its_digest_is_pinned(configuration: Configuration):
    path = configuration.folder / artifact.FILE_NAME
    digest = base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()
    functions = configuration.all("aws_lambda_function").values()
    assert {function["source_code_hash"] for function in functions} == {digest}
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    for function in functions:
        module = function["handler"].rsplit(".", 1)[0].replace(".", "/")
        assert f"{module}.py" in names


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SynthError, match="cannot be written"):
        synthesize(Settings(), out=tmp_path / "file", cache=CACHE)


def test_the_cdktn_command_line_runs_the_same_app():
    root = Path(__file__).parent.parent.parent
    app = json.loads((root / "cdktf.json").read_text())
    assert app["language"] == "python"
    assert app["app"].endswith("python -m tercet.synth")
