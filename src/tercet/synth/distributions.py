"""The installed distributions that the processor takes along, as tercet's requirements pin them.

They are copied from the environment that synthesizes: its installer has checked them already, against the locks where
those were used, and nothing has to be fetched. What is copied is Python source alone, because it is the same in the
wheels of every version of Python and every processor, where what was compiled is not. SQLAlchemy and MarkupSafe have
compiled parts and do without: they only make faster what a migration hardly does.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution, requires
from pathlib import Path
from typing import Final

from tercet.errors import SynthError

SHIPPED: Final = ("PyMySQL", "alembic", "SQLAlchemy", "Mako", "MarkupSafe", "typing_extensions")
"""What the processor imports that Lambda's runtime lacks, each as pinned in ``pyproject.toml``.

boto3 and botocore are not among them: the runtime has them ("Building Lambda functions with Python", AWS Lambda
Developer Guide). They would make the zip five times as large, and AWS keeps them up to date without a deployment.
"""

LEFT_OUT: Final = (
    "alembic/templates/",  # from which a developer's command makes a new environment
    "alembic/testing/",  # test suites for authors of dialects, as are the other two of this name
    "mako/ext/",  # plugins of other programs: Babel, Pygments, TurboGears, Lingua
    "mako/testing/",
    "sqlalchemy/dialects/mssql/",  # loaded by its name in a URL, as the next
    "sqlalchemy/dialects/oracle/",
    "sqlalchemy/ext/",  # additions to the mapper, but for those in NEEDED
    "sqlalchemy/future/",  # names from before version 2
    "sqlalchemy/orm/",  # the object-relational mapper, which migrations do without
    "sqlalchemy/testing/",
)
"""Folders that never run here. PostgreSQL's dialect is not among them: Alembic imports it whatever the database is."""

NEEDED: Final = frozenset({"sqlalchemy/ext/__init__.py", "sqlalchemy/ext/compiler.py"})
"""Files in those folders that Alembic imports all the same."""

_PIN: Final = re.compile(r"([\w.-]+)==([\w.!+-]+)")


def shipped_files() -> dict[str, bytes]:
    """Read the shipped distributions' modules, licences and metadata.

    Licences must go where the code goes, and scanners know a distribution by its ``METADATA``.

    Returns
    -------
    dict
        Name in the zip → content.

    Raises
    ------
    SynthError
        A distribution is missing, of another version than tercet's, or not as its installer left it.
    """
    pins = pinned_versions()
    return {name: content for project in SHIPPED for name, content in _read(project, pins[project])}


def pinned_versions() -> dict[str, str]:
    """Give the version that tercet's own requirements pin for each shipped distribution.

    Raises
    ------
    SynthError
        Tercet was not installed, or was before it had these requirements.
    """
    try:
        requirements = requires("tercet") or []
    except PackageNotFoundError as error:
        raise SynthError("tercet itself is not installed here. Install it: pip install -e .") from error
    found = {_normalized(match[1]): match[2] for line in requirements if (match := _PIN.fullmatch(line))}
    if missing := [project for project in SHIPPED if _normalized(project) not in found]:
        raise SynthError(
            f"The installed tercet pins no version of {', '.join(missing)}: it is older than its source. Install it"
            " again: pip install -e ."
        )
    return {project: found[_normalized(project)] for project in SHIPPED}


def _read(project: str, version: str) -> Iterator[tuple[str, bytes]]:
    try:
        installed = distribution(project)
    except PackageNotFoundError as error:
        raise _unfit(project, version, "it is not installed") from error
    if installed.version != version:
        raise _unfit(project, version, f"{installed.version} is installed")
    wanted = {name: digest for name, digest in _recorded(installed) if _is_wanted(name)}
    if not any(name.endswith(".py") for name in wanted):
        raise _unfit(project, version, "its RECORD names no module")
    for name, digest in wanted.items():
        content = _verified(Path(str(installed.locate_file(name))), digest)
        if content is None:
            raise _unfit(project, version, f"its {name} is not what was installed")
        yield name, content


def _recorded(installed: Distribution) -> Iterator[tuple[str, str]]:
    """Give each file's name and digest; ``Distribution.files`` leaves out what is missing, from Python 3.12 on."""
    for row in csv.reader((installed.read_text("RECORD") or "").splitlines()):
        yield row[0], row[1]


def _is_wanted(name: str) -> bool:
    if name.startswith(("../", *LEFT_OUT)):  # outside of site-packages are commands
        return name in NEEDED
    _, is_metadata, rest = name.partition(".dist-info/")
    return rest == "METADATA" or rest.startswith("licenses/") if is_metadata else name.endswith(".py")


def _verified(file: Path, recorded: str) -> bytes | None:
    """Read a file; ``None`` if it is not what RECORD says.

    "Recording installed projects", PyPA specifications: the digest is in URL-safe base64, without its padding.
    """
    try:
        content = file.read_bytes()
    except OSError:
        return None
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return content if recorded == f"sha256={digest}" else None


def _normalized(project: str) -> str:
    """Give the form in which names of projects are compared ("Names and normalization", PyPA specifications)."""
    return re.sub(r"[-_.]+", "-", project).lower()


def _unfit(project: str, version: str, reason: str) -> SynthError:
    return SynthError(
        f"The processor's zip takes along {project} {version}, but {reason}. Install it again:"
        f" pip install --force-reinstall --no-deps {project}=={version}"
    )
