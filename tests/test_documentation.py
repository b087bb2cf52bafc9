"""The documentation says what the code does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from tercet import cli
from tercet.settings import PROFILES
from tests.configuration import Configuration

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "docs"))

import architecture  # noqa: E402  (a script beside the documents, not a package)
import generate  # noqa: E402

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_settings_is_the_code_s_own():
    assert generate.readme(README) == README, "run `make docs`"


def test_every_rule_has_its_page():
    assert {path: path.read_text(encoding="utf-8") for path in generate.RULES.glob("*.md")} == generate.rule_pages(), (
        "run `make docs`"
    )


def test_the_picture_is_drawn_from_the_configuration(configuration: Configuration):
    drawn = architecture.draw(configuration.json)
    assert drawn == (ROOT / "docs" / "architecture.svg").read_text(encoding="utf-8"), "run `make docs`"
    assert generate.zones_picture(configuration.json) == generate.ZONES.read_text(encoding="utf-8"), "run `make docs`"


def test_every_command_is_described():
    commands = get_command(cli.app).commands  # type: ignore[attr-defined]
    assert commands
    for name in commands:
        assert f"`tercet {name}" in README, name


def test_every_option_of_check_is_described():
    for parameter in get_command(cli.app).commands["check"].params:  # type: ignore[attr-defined]
        if parameter.param_type_name == "option":
            assert f"`{parameter.opts[0]}" in README, parameter.opts


def test_what_prod_changes_is_said():
    sentence = README[README.index('`profile = "prod"`') :][:300]
    for name in PROFILES["prod"]:
        assert f"`{name}`" in sentence


def test_every_link_inside_the_project_leads_somewhere():
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        prose = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", prose):
            assert (page.parent / target).exists(), f"{page.name} → {target}"


def test_every_make_target_that_is_named_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"`make ([a-z-]+)`", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("lock", [path.name for path in ROOT.glob("requirements*.lock")])
def test_locks_are_hashed_and_name_no_host(lock: str):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^--", text, re.MULTILINE)
    pinned = re.findall(r"^\S+==\S+", text, re.MULTILINE)
    assert pinned
    assert text.count("--hash=sha256:") >= len(pinned)


def test_every_dependency_has_an_upper_bound():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + [
        w for group in project["dependency-groups"].values() for w in group if isinstance(w, str)
    ]
    assert [requirement for requirement in wanted if "<" not in requirement and "==" not in requirement] == []


def test_the_help_of_make_lists_every_target():
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("up", "down", "test", "check", "benchmark"):
        assert re.search(rf"make {target} ", shown)
