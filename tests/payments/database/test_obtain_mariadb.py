"""How `make test` gets MariaDB: from packages where it may, never against what is there; with apt-get played."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "obtain_mariadb.sh"
TOOLS = ("sh", "mktemp", "rm", "tail", "env", "timeout", "cp", "true")
SERVER = ("mariadbd", "mariadb-install-db")


class Machine:
    """A machine that has the usual tools, and the programs that a test puts on it."""

    def __init__(self, folder: Path) -> None:
        self._bin = folder / "bin"
        self._bin.mkdir()
        self.calls = folder / "calls"
        self.calls.touch()
        for tool in TOOLS:
            path = shutil.which(tool)
            assert path, tool
            (self._bin / tool).symlink_to(path)
        self.put("id", "echo 0")

    def put(self, name: str, does: str = "true") -> None:
        path = self._bin / name
        path.write_text(f"#!/bin/sh\n{does}\n")
        path.chmod(0o755)

    def put_apt(self, install: str) -> None:
        """Give it an apt-get that notes how it is called."""
        installs = "\n".join(f"cp {self._bin}/id {self._bin}/{name}" for name in SERVER)
        self.put(
            "apt-get",
            f'echo "$@" >>{self.calls}\n'
            'case "$*" in *--download-only*) exit 0;; *update*) exit 0;; esac\n'
            f"installs() {{\n{installs}\n}}\n{install}",
        )

    def obtain(self) -> str:
        """Run the script, which must always be content; gives what it says."""
        done = subprocess.run(
            ["/bin/sh", SCRIPT, "/nowhere"],
            env={"PATH": str(self._bin), "TMPDIR": str(self._bin.parent)},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout + done.stderr

    def called(self) -> list[str]:
        return self.calls.read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_what_is_there_is_left_alone_without_a_word(machine: Machine) -> None:
    machine.put_apt("installs")
    for name in SERVER:
        machine.put(name)

    assert machine.obtain() == ""
    assert machine.called() == []


def test_root_gets_the_packages_without_a_service_once(machine: Machine) -> None:
    machine.put_apt("installs")

    assert machine.obtain().count("\n") == 1
    assert machine.obtain() == ""

    installed = machine.called()[-1].split()
    assert installed[-2:] == ["mariadb-server-core", "mariadb-client-core"]
    assert {"--no-remove", "--no-upgrade", "--no-install-recommends", "--yes"} <= set(installed)
    assert len(machine.called()) == 2  # it is downloaded first, under a limit


def test_lists_that_are_missing_are_fetched(machine: Machine) -> None:
    machine.put_apt("installs")
    listed = machine.calls.parent / "listed"
    known = f"case $* in *update*) cp {machine.calls} {listed};; esac; [ -e {listed} ] || exit 100"
    apt = (machine._bin / "apt-get").read_text().replace("case", f"{known}\ncase", 1)
    machine.put("apt-get", apt.removeprefix("#!/bin/sh\n"))

    machine.obtain()

    assert ["update" in call for call in machine.called()] == [False, True, False, False]
    assert machine.obtain() == ""


def test_who_may_use_sudo_without_a_password_uses_it(machine: Machine) -> None:
    machine.put_apt("installs")
    machine.put("id", "echo 1000")
    machine.put("sudo", '[ "$1" = -n ] || exit 1; shift; exec "$@"')

    machine.obtain()

    assert len(machine.called()) == 2
    assert machine.obtain() == ""


@pytest.mark.parametrize("sudo", [None, "exit 1"], ids=["no-sudo", "sudo-with-a-password"])
def test_who_may_not_is_told_what_to_install(machine: Machine, sudo: str | None) -> None:
    machine.put_apt("installs")
    machine.put("id", "echo 1000")
    if sudo:
        machine.put("sudo", sudo)

    assert "apt-get install --no-install-recommends mariadb-server-core mariadb-client-core" in machine.obtain()
    assert machine.called() == []


def test_without_apt_it_is_told_what_to_install(machine: Machine) -> None:
    assert "MariaDB is not here, and there is no apt-get" in machine.obtain()


def test_what_cannot_be_installed_is_told_with_the_reason(machine: Machine) -> None:
    machine.put_apt('echo "E: Packages need to be removed but remove is disabled." >&2; exit 100')

    told = machine.obtain()

    assert "remove is disabled" in told
    assert "could not be installed" in told
    assert [path.name for path in machine.calls.parent.iterdir() if path.name.startswith("tmp.")] == []


def test_make_test_calls_it() -> None:
    makefile = (SCRIPT.parent.parent.parent / "Makefile").read_text()
    recipe = makefile.partition("\ntest:")[2].partition("\n\n")[0]

    assert str(SCRIPT.relative_to(SCRIPT.parent.parent.parent)) in recipe
    assert recipe.index("obtain_mariadb") < recipe.index("pytest")
    assert os.access(SCRIPT, os.R_OK)
