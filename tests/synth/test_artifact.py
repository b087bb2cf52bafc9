"""The zip is the same wherever it is built, and Lambda can run it: it holds what runs, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

from tercet.errors import SynthError
from tercet.synth import artifact
from tercet.synth.distributions import LEFT_OUT, NEEDED, SHIPPED, pinned_versions, shipped_files
from tests.payments.mariadb import MariaDb

HANDLERS = ("api", "consumer", "migrate", "steps", "sweeper")

RUNTIME = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six.py", "urllib3")
"""What Lambda's runtime has beside the standard library: boto3 and what it is made of."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip."""
    folder = tmp_path_factory.mktemp("built")
    artifact.build(folder)
    return folder / artifact.FILE_NAME


@pytest.fixture(scope="module")
def names(built: Path) -> list[str]:
    with zipfile.ZipFile(built) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def task(built: Path) -> Path:
    """The zip, unpacked as Lambda does it, and beside it a folder with what is in the runtime."""
    folder = built.parent / "task"
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder)
    runtime = built.parent / "runtime"
    runtime.mkdir()
    site_packages = Path(distribution("boto3").locate_file("")).resolve()
    for name in RUNTIME:
        (runtime / name).symlink_to(site_packages / name)
    return folder


def run(task: Path, program: str, *arguments: str) -> Any:
    """Run a program in an interpreter that has the standard library, the unpacked zip and the runtime's packages only.

    The program prints nothing. It may leave a value in ``result``, which is given back.
    """
    preamble = f"import json, sys\nsys.path += {[str(task), str(task.parent / 'runtime')]!r}\nresult = None\n"
    report = "\nsys.stdout.write(json.dumps(result))\n"
    # Isolated, without site-packages; and nothing is compiled into the folder, because Lambda's cannot be written.
    command = [sys.executable, "-I", "-S", "-B", "-c", preamble + program + report, *arguments]
    # In an environment without a variable: no AWS, no PYTHONPATH, no home.
    done = subprocess.run(command, cwd="/", env={}, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def import_handlers(names: tuple[str, ...]) -> str:
    return "\n".join(f"import tercet.payments.handlers.{name}" for name in names)


def test_the_same_bytes_come_of_another_place_locale_time_zone_and_mask(built: Path, tmp_path: Path):
    program = (
        "import sys; from pathlib import Path; from tercet.synth import artifact; artifact.build(Path(sys.argv[1]))"
    )
    for number, (mask, seed, zone, locale) in enumerate(
        ((0o077, "1", "Asia/Kathmandu", "C"), (0o002, "2", "UTC", "tr_TR.UTF-8"))
    ):
        folder = tmp_path / f"a folder, no. {number}"
        folder.mkdir()
        subprocess.run(
            [sys.executable, "-c", program, str(folder)],
            cwd=folder,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale},
            umask=mask,
            check=True,
            timeout=60,
        )
        assert (folder / artifact.FILE_NAME).read_bytes() == built.read_bytes()


def test_entries_are_sorted_dated_alike_readable_and_stored(built: Path):
    with zipfile.ZipFile(built) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted({entry.filename for entry in entries})
    for entry in entries:
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert entry.external_attr == 0o100644 << 16
        assert entry.compress_type == zipfile.ZIP_STORED
        assert entry.create_system == 3


def test_it_holds_the_processor_and_the_pinned_distributions_alone(names: list[str]):
    pins = pinned_versions()
    metadata = {f"{distribution(project).metadata['Name'].lower()}-{pins[project]}.dist-info" for project in SHIPPED}
    packages = {"alembic", "mako", "markupsafe", "pymysql", "sqlalchemy", "typing_extensions.py"}
    assert {name.split("/")[0] for name in names} == {"tercet"} | packages | metadata
    assert {name.split("/")[1] for name in names if name.startswith("tercet/")} == {"__init__.py", "payments"}


def test_it_holds_python_source_and_licences_alone(names: list[str]):
    others = [name for name in names if not name.endswith(".py")]
    assert all(".dist-info/licenses/" in name or name.endswith(".dist-info/METADATA") for name in others)
    licensed = {name.split("/")[0] for name in others if "/licenses/LICENSE" in name}
    assert len(licensed) == len(SHIPPED)


def test_it_is_small(built: Path):
    assert built.stat().st_size <= 15_000_000


def test_its_handlers_are_those_that_are_there(names: list[str]):
    prefix = "tercet/payments/handlers/"
    assert {name.removeprefix(prefix) for name in names if name.startswith(prefix)} == {
        "__init__.py",
        *(f"{name}.py" for name in HANDLERS),
    }


@pytest.mark.parametrize("name", HANDLERS)
def test_a_clean_interpreter_imports_each_handler(task: Path, name: str):
    module = f"tercet.payments.handlers.{name}"
    program = f"import {module} as module\nresult = [callable(module.handler), module.__file__]"
    assert run(task, program) == [True, str(task / f"tercet/payments/handlers/{name}.py")]


def test_a_clean_interpreter_imports_every_module_of_the_processor(task: Path, names: list[str]):
    """Handlers import some of them only once they need them; the zip must hold what those import, too."""
    own = [name.removesuffix(".py").removesuffix("/__init__") for name in names if name.startswith("tercet/")]
    modules = [name.replace("/", ".") for name in own]
    modules.remove("tercet.payments.migrations.env")  # Alembic alone can run it
    assert {"tercet.payments.database.mysql", "tercet.payments.migrations.versions.v0001_ledger"} <= set(modules)
    program = "import importlib\nresult = [importlib.import_module(name).__name__ for name in sys.argv[1:]]"
    assert run(task, program, *modules) == modules


def test_only_the_migration_loads_alembic(task: Path):
    others = tuple(name for name in HANDLERS if name != "migrate")
    loaded = run(task, import_handlers(others) + "\nresult = sorted(sys.modules)")
    assert not {"alembic", "sqlalchemy", "mako", "markupsafe", "typing_extensions"} & set(loaded)


def test_the_api_loads_boto3_only_once_it_needs_it(task: Path):
    assert "boto3" not in run(task, import_handlers(("api",)) + "\nresult = sorted(sys.modules)")


def test_a_clean_interpreter_migrates_sqlite_and_mariadb_and_some_of_each_folder_runs(
    task: Path, names: list[str], tmp_path: Path, mariadb: MariaDb
):
    urls = f"sqlite:///{tmp_path / 'payments.db'}", mariadb.url(mariadb.create_database())
    program = f"""
executed = set()
sys.addaudithook(lambda event, arguments: event == "exec" and executed.add(arguments[0].co_filename))
{import_handlers(HANDLERS)}
from tercet.payments.acquirer.journals.dynamo import DynamoJournal
from tercet.payments.database.opening import open_database
from tercet.payments.migrations.run import migrate
from tercet.payments.schema import KNOWN, require_known
for url in sys.argv[1:]:
    assert migrate(url) == migrate(url) == KNOWN
    require_known(open_database(url))
result = sorted(executed)
"""
    executed = {Path(file).parent for file in run(task, program, *urls)}
    assert {(task / name).parent for name in names if name.endswith(".py")} <= executed


def test_what_is_left_out_is_there_to_be_left_out():
    installed = [str(file) for project in SHIPPED for file in distribution(project).files or []]
    for folder in LEFT_OUT:
        assert any(name.startswith(folder) for name in installed), folder
    assert set(installed) >= NEEDED
    assert all(name.startswith(LEFT_OUT) for name in NEEDED)


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which PyMySQL is installed, and found before the environment's."""
    for file in distribution("PyMySQL").files or []:
        if "__pycache__" not in file.parts:
            target = tmp_path / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(file.locate()), target)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def metadata_of(folder: Path) -> Path:
    return next(folder.glob("*.dist-info"))


def test_a_faithful_copy_is_taken(copy: Path):
    (copy / "pymysql" / "not_of_the_distribution.py").write_text("")
    assert not [name for name in shipped_files() if "not_of_the_distribution" in name]
    assert Path(str(distribution("PyMySQL").locate_file(""))) == copy


def test_a_changed_file_is_refused(copy: Path):
    with (copy / "pymysql" / "connections.py").open("a") as file:
        file.write("# changed\n")
    with pytest.raises(SynthError, match=r"PyMySQL .*pymysql/connections\.py is not what was installed.*pip install"):
        shipped_files()


def test_a_missing_file_is_refused(copy: Path):
    (copy / "pymysql" / "connections.py").unlink()
    with pytest.raises(SynthError, match=r"pymysql/connections\.py is not what was installed"):
        shipped_files()


def test_a_file_without_a_digest_is_refused(copy: Path):
    record = metadata_of(copy) / "RECORD"
    lines = [line.split(",")[0] + ",," for line in record.read_text().splitlines()]
    record.write_text("\n".join(lines))
    with pytest.raises(SynthError, match="is not what was installed"):
        shipped_files()


def test_an_installation_that_was_copied_by_hand_is_refused(copy: Path):
    (metadata_of(copy) / "RECORD").unlink()
    with pytest.raises(SynthError, match="its RECORD names no module"):
        shipped_files()


def test_another_version_is_refused(copy: Path):
    metadata = metadata_of(copy) / "METADATA"
    version = pinned_versions()["PyMySQL"]
    metadata.write_text(metadata.read_text().replace(f"\nVersion: {version}\n", "\nVersion: 0.1\n"))
    with pytest.raises(SynthError, match=rf"takes along PyMySQL {version}, but 0\.1 is installed"):
        shipped_files()


def only(folder: Path, requirements: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have an environment in which tercet alone is installed, with these requirements."""
    metadata = folder / "tercet-0.1.0.dist-info"
    metadata.mkdir()
    lines = [
        "Metadata-Version: 2.4",
        "Name: tercet",
        "Version: 0.1.0",
        *(f"Requires-Dist: {each}" for each in requirements),
    ]
    (metadata / "METADATA").write_text("\n".join(lines) + "\n")
    monkeypatch.setattr(sys, "path", [str(folder)])


def test_a_distribution_that_is_not_installed_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    only(tmp_path, [f"{project}==1" for project in SHIPPED], monkeypatch)
    with pytest.raises(SynthError, match="PyMySQL 1, but it is not installed"):
        shipped_files()


def test_an_installation_older_than_its_source_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    only(tmp_path, ["pymysql==1", "alembic>=1", 'mako==1; extra == "other"'], monkeypatch)
    with pytest.raises(SynthError, match="pins no version of alembic, SQLAlchemy, Mako"):
        shipped_files()


def test_tercet_from_an_uninstalled_checkout_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(SynthError, match="tercet itself is not installed"):
        shipped_files()
