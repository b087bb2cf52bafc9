"""Engines of RDS and Aurora: their versions, and the instance classes on which they run."""

from __future__ import annotations

import datetime
import re
from functools import cache
from typing import Final

from tercet.preflight.knowledge.dated import table

_BACKTRACK: Final = ("5.7.mysql_aurora.2.", "8.0.mysql_aurora.3.")
_MAJOR: Final = re.compile(r"(\d+)(?:\.(\d+))?")


def engines() -> frozenset[str]:
    """Return the engines whose versions are known."""
    return frozenset(table("databases")["versions"])


def version_exists(engine: str, version: str) -> bool | None:
    """Tell whether an engine version was ever offered, up to the data's day; None where the engine is not known.

    A version may be given without its last numbers (``16``, ``8.0``), as RDS takes it: it then exists if one begins so.
    """
    known = _versions(engine)
    if not known:
        return None
    return version in known or any(one.startswith(version + ".") for one in known)


def version_is_retired(engine: str, version: str) -> bool:
    """Tell whether AWS has marked exactly this version as deprecated: it may not be had for new databases."""
    return version in table("databases")["retired"].get(engine, ())


def newest_like(engine: str, version: str) -> str | None:
    """Return the newest version of the same major version that is not retired."""
    numbers = 1 if "postgres" in engine else 2  # PostgreSQL's major version is one number, MySQL's are two
    major = version.split(".")[:numbers]
    offered = [
        one
        for one in _versions(engine)
        if one.split(".")[:numbers] == major and len(one.split(".")) > numbers and not version_is_retired(engine, one)
    ]
    return max(offered, key=_order, default=None)


def support_ends(engine: str, version: str) -> datetime.date | None:
    """Return the day on which standard support of the major version ends; None where that is not held here."""
    ends = table("databases")["support_ends"].get(engine, {})
    match = _MAJOR.match(version)
    if match is None:
        return None
    day = ends.get(match[0]) or ends.get(match[1])
    return datetime.date.fromisoformat(day) if day else None


def class_is_offered(engine: str, instance_class: str, region: str | None = None) -> bool | None:
    """Tell whether an engine runs on an instance class, anywhere or in a Region.

    None where the engine or the Region is not known, or the class's family is so young that no engine has it here.
    """
    families = table("databases")["classes"].get(engine)
    family, _, size = instance_class.rpartition(".")
    if families is None or not any(family in one for one in table("databases")["classes"].values()):
        return None
    if size not in families.get(family, ()):
        return False
    if region is None:
        return True
    lacking = table("databases")["lacking"].get(region)
    if lacking is None:
        return None
    absent = lacking.get(engine, ())
    return family not in absent and "*" not in absent


def has_backtrack(engine: str, version: str) -> bool | None:
    """Tell whether Aurora can be rewound in this version; None where the version says too little.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.Aurora_Fea_Regions_DB-eng.Feature.Backtrack.html
    """
    if engine != "aurora-mysql":
        return False
    if version.startswith(_BACKTRACK):
        return True
    return None


@cache
def _versions(engine: str) -> frozenset[str]:
    return frozenset(table("databases")["versions"].get(engine, ()))


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d{1,9}", version))
