"""What ships is what is pinned and locked, and only what the wheels brought."""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tercet.synth import artifact, distributions

ROOT = Path(__file__).parent.parent.parent

INFO = "example_dist-1.2.dist-info"
FILES = {
    "example/__init__.py": b"VALUE = 1\r\n",
    "example/deep/module.py": b"'''two\nlines'''\n",
    "example/_fast.cpython-313-aarch64-linux-gnu.so": b"\x7fELF",
    "example/py.typed": b"",
    "example/orm/mapper.py": b"",
    "example/ext/compiler.py": b"VALUE = 2\n",
    f"{INFO}/METADATA": b"Metadata-Version: 2.4\nName: example-dist\nVersion: 1.2\n",
    f"{INFO}/WHEEL": b"Wheel-Version: 1.0\n",
    f"{INFO}/licenses/LICENSE": b"Free\r\n",
}


def digest(content: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a distribution that alone ships, as pip leaves it: with a command outside, and a RECORD of all."""
    folder = tmp_path / "site-packages"
    rows = [f"{INFO}/RECORD,,", f"../bin/example.py,{digest(b'command')},7"]
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        rows.append(f"{name},{digest(content)},{len(content)}")
    (folder / INFO / "RECORD").write_text("\n".join(rows) + "\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "example.py").write_bytes(b"command")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(distributions, "SHIPPED", ("example-dist",))
    monkeypatch.setattr(distributions, "LEFT_OUT", ("example/orm/", "example/ext/"))
    monkeypatch.setattr(distributions, "NEEDED", frozenset({"example/ext/compiler.py"}))
    monkeypatch.setattr(distributions, "pinned_versions", lambda: {"example-dist": "1.2"})


@pytest.mark.usefixtures("example")
def test_modules_metadata_and_licences_ship_and_nothing_compiled_or_outside():
    assert set(distributions.shipped_files()) == {
        "example/__init__.py",
        "example/deep/module.py",
        "example/ext/compiler.py",
        f"{INFO}/METADATA",
        f"{INFO}/licenses/LICENSE",
    }


@pytest.mark.usefixtures("example")
def test_a_wheel_with_the_line_ends_of_windows_ships_the_same_bytes(tmp_path: Path):
    artifact.build(tmp_path)
    with zipfile.ZipFile(tmp_path / artifact.FILE_NAME) as archive:
        assert archive.read("example/__init__.py") == b"VALUE = 1\n"
        assert archive.read(f"{INFO}/licenses/LICENSE") == b"Free\n"


def test_what_ships_is_pinned_and_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    for name, version in distributions.pinned_versions().items():
        assert f"{name}=={version}" in project["dependencies"]
        assert locked[name.lower().replace("_", "-")] == version


def test_what_a_shipped_distribution_requires_ships_as_well():
    shipped = {name.lower().replace("_", "-") for name in distributions.SHIPPED}
    for name in distributions.SHIPPED:
        for requirement in distribution(name).requires or []:
            bare, _, marker = requirement.partition(";")
            if "extra ==" in marker or 'python_version < "3.11"' in marker:
                continue  # not asked for; or for a Python older than ours, 3.13 in Lambda
            match = re.match(r"[\w.-]+", bare)
            assert match is not None
            assert match[0].lower().replace("_", "-") in shipped, requirement
