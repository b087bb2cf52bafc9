"""Findings that somebody has accepted, in the configuration itself or in a file, with a reason and perhaps an end.

In JSON an acceptance stands on the resource, under ``"//"``, where Terraform reads nothing::

    "//": {"preflight": [{"rule": "nat-single-zone", "reason": "a test environment", "until": "2026-12-31"}]}

In HCL it is a comment, ``# preflight:accept nat-single-zone until=2026-12-31 reason="a test environment"``. In a file::

    [[accept]]
    rule = "nat-single-zone"
    address = "module.network.*"
    reason = "a test environment"
    until = 2026-12-31
"""

from __future__ import annotations

import datetime
import fnmatch
import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from tercet.errors import PreflightError
from tercet.preflight.findings import Accepted, Finding, Severity, Source, Undecided, worst_first
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Rule
from tercet.preflight.values import shown

EXPIRED: Final = "suppression-expired"
INVALID: Final = "suppression-invalid"
ABOUT_SUPPRESSIONS: Final = frozenset({EXPIRED, INVALID})
"""Findings on suppressions themselves, which nothing can accept."""

_IN_COMMENT: Final = frozenset({"rule", "reason", "until"})
_IN_FILE: Final = _IN_COMMENT | {"address"}
_MOST_PER_RESOURCE: Final = 100
_MOST_BYTES_OF_FILE: Final = 10_000_000
_INDEX: Final = re.compile(r'\[(?:[0-9]+|\*|"(?:[^"\\]|\\.)*+")\]')
_ONE_INDEX: Final = re.compile(r'\[(?:[0-9]+|"(?:[^"\\]|\\.)*+")\]')


@dataclass(frozen=True, slots=True)
class Suppression:
    """One acceptance.

    Parameters
    ----------
    rule
        Id of the rule whose findings are accepted.
    address
        Of which resource: its address, whose instances all count, or a pattern with ``*`` and ``?``.
    reason
        Why; never blank.
    where
        Where it is written, for messages: ``accept.toml, entry 3``.
    until
        The last day on which it holds; None where it has no end.
    source
        Where it stands.
    """

    rule: str
    address: str
    reason: str
    where: str
    until: datetime.date | None = None
    source: Source = field(default_factory=Source)

    def has_expired(self, as_of: datetime.date) -> bool:
        """Tell whether its last day is over."""
        return self.until is not None and self.until < as_of


class Applied(NamedTuple):
    """What is left of the findings once acceptances are heard."""

    remaining: tuple[Finding, ...]
    accepted: tuple[Accepted, ...]
    warnings: tuple[str, ...]


class _MalformedError(Exception):
    """An acceptance does not say what it must; the text says what is wrong, as the rest of a sentence."""


def in_resources(
    resources: Iterable[Resource], rules: Mapping[str, Rule]
) -> tuple[tuple[Suppression, ...], tuple[Finding, ...]]:
    """Read the acceptances that stand on resources.

    Returns
    -------
    tuple
        The acceptances, each once however many instances its block has; and a finding for each that is malformed.
    """
    found: dict[Suppression, None] = {}
    malformed: dict[str, Finding] = {}
    for resource in resources:
        for number, entry in enumerate(_entries(resource)):
            try:
                if number == _MOST_PER_RESOURCE:
                    raise _MalformedError(f"is one of more than {_MOST_PER_RESOURCE} on one resource")  # noqa: TRY301
                found[_in_comment(resource, entry, rules)] = None
            except _MalformedError as error:
                finding = _invalid(resource, entry, str(error), rules)
                malformed.setdefault(finding.fingerprint, finding)
    return tuple(found), tuple(malformed.values())


def from_file(path: Path, rules: Mapping[str, Rule]) -> tuple[Suppression, ...]:
    """Read the acceptances of a TOML file.

    Raises
    ------
    PreflightError
        The file cannot be read, is no TOML, or an entry in it is malformed; the message names the file and the entry.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe may never end
            raise PreflightError(f"The file of accepted findings {path} is no file.")
        if path.stat().st_size > _MOST_BYTES_OF_FILE:
            raise PreflightError(f"The file of accepted findings {path} is over {_MOST_BYTES_OF_FILE} bytes.")
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PreflightError(f"The file of accepted findings {path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise PreflightError(f"The file of accepted findings {path} is not TOML: {error}") from error
    entries = said.pop("accept", [])
    if said or not isinstance(entries, list):
        other = ", ".join(sorted(said)) or "accept, which is no list"
        raise PreflightError(f"The file {path} may hold [[accept]] entries and nothing else, and holds: {other}.")
    found = []
    for number, entry in enumerate(entries, start=1):
        try:
            found.append(_from_entry(entry, rules, f"{path}, entry {number}"))
        except _MalformedError as error:
            raise PreflightError(f"Entry {number} of {path} {error}.") from error
    return tuple(found)


def apply(
    findings: Iterable[Finding],
    suppressions: Collection[Suppression],
    as_of: datetime.date,
    *,
    asked: Collection[str] | None = None,
    undecided: Iterable[Undecided] = (),
) -> Applied:
    """Take the accepted ones out of the findings.

    Parameters
    ----------
    findings
        What the rules found.
    suppressions
        The acceptances, of every kind.
    as_of
        Today; an acceptance whose last day is before it accepts nothing, and becomes a finding.
    asked
        Ids of the rules that were asked, where not all were: the acceptance of another rule is not called unused.
    undecided
        What could not be decided: an acceptance of that is not called unused either.
    """
    index = _Index(suppressions)
    used: set[Suppression] = set()
    remaining: list[Finding] = []
    accepted: list[Accepted] = []
    expired: dict[Suppression, Finding] = {}
    for finding in findings:
        matching = [] if finding.rule in ABOUT_SUPPRESSIONS else list(index.matching(finding.rule, finding.address))
        holding = [one for one in matching if not one.has_expired(as_of)]
        if holding:
            used.update(holding)
            accepted.append(Accepted(finding, holding[0].reason))
            continue
        remaining.append(finding)
        for one in matching:
            if one not in expired or finding.severity.rank < expired[one].severity.rank:
                expired[one] = _expired(one, finding)
    used.update(expired)
    for unknown in undecided:
        used.update(index.matching(unknown.rule, unknown.address))
    unused = [one for one in _unused(suppressions, used) if asked is None or one.rule in asked]
    return Applied(
        worst_first([*remaining, *expired.values()]),
        tuple(accepted),
        tuple(f"The acceptance of {one.rule} ({one.where}) is not used: {_nothing(one, as_of)}." for one in unused),
    )


def _unused(suppressions: Iterable[Suppression], used: Collection[Suppression]) -> Iterator[Suppression]:
    """Yield those that accept nothing; a comment in a module called twice is used if one of the calls uses it."""
    places = {(one.rule, one.source) for one in used if one.source.line is not None}
    for one in dict.fromkeys(suppressions):
        if one not in used and (one.rule, one.source) not in places:
            yield one


class _Index:
    """Finds the acceptances of a finding without looking at all of them: there may be one per resource."""

    def __init__(self, suppressions: Iterable[Suppression]) -> None:
        self._exact: dict[tuple[str, str], list[Suppression]] = defaultdict(list)
        self._patterns: dict[str, list[tuple[re.Pattern[str], Suppression]]] = defaultdict(list)
        for one in dict.fromkeys(suppressions):
            if set("*?") & set(_ONE_INDEX.sub("", one.address)):
                # In an address a bracket is an index; in a pattern it would be a set of characters.
                pattern = re.compile(fnmatch.translate(one.address.replace("[", "[[]")))
                self._patterns[one.rule].append((pattern, one))
            else:
                self._exact[one.rule, one.address].append(one)

    def matching(self, rule: str, address: str) -> Iterator[Suppression]:
        """Yield the acceptances of a finding; those of its own instance, of its block, and of patterns."""
        block = _INDEX.sub("", address)
        for known_as in dict.fromkeys((address, block)):
            yield from self._exact.get((rule, known_as), ())
        for pattern, one in self._patterns.get(rule, ()):
            if pattern.match(address) or pattern.match(block):
                yield one


def _entries(resource: Resource) -> list[Any]:
    entries = resource.comment.get("preflight") if isinstance(resource.comment, Mapping) else None
    if entries is None:
        return []
    return entries[: _MOST_PER_RESOURCE + 1] if isinstance(entries, list) else [entries]


def _in_comment(resource: Resource, entry: Any, rules: Mapping[str, Rule]) -> Suppression:
    rule, reason, until = _checked(entry, _IN_COMMENT, rules)
    address = _INDEX.sub("", resource.address)
    return Suppression(rule, address, reason, f"on {address}", until, resource.source)


def _from_entry(entry: Any, rules: Mapping[str, Rule], where: str) -> Suppression:
    rule, reason, until = _checked(entry, _IN_FILE, rules)
    address = entry.get("address")
    if not isinstance(address, str) or not address.strip():
        raise _MalformedError('names no address; "*" is every address')
    return Suppression(rule, address.strip(), reason, where, until)


def _checked(entry: Any, keys: frozenset[str], rules: Mapping[str, Rule]) -> tuple[str, str, datetime.date | None]:
    if not isinstance(entry, Mapping):
        raise _MalformedError(f"is {_brief(entry)}, and must say rule and reason")
    if unknown := sorted(str(key) for key in entry if key not in keys):
        raise _MalformedError(f"says {shown(unknown[0], 60)}, which is none of {', '.join(sorted(keys))}")
    rule = entry.get("rule")
    if not isinstance(rule, str) or rule not in rules:
        raise _MalformedError(f"names the rule {_brief(rule)}, which does not exist")
    reason = entry.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise _MalformedError(f"gives no reason for accepting {rule}")
    return rule, " ".join(reason.split()), _day(entry.get("until"))


def _day(until: Any) -> datetime.date | None:
    if until is None or (isinstance(until, datetime.date) and not isinstance(until, datetime.datetime)):
        return until
    try:
        if isinstance(until, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", until):
            return datetime.date.fromisoformat(until)
    except ValueError:
        pass
    raise _MalformedError(f"ends on {_brief(until)}, which is no day such as 2026-12-31")


def _invalid(resource: Resource, entry: Any, wrong: str, rules: Mapping[str, Rule]) -> Finding:
    named = entry.get("rule") if isinstance(entry, Mapping) else None
    rule = rules.get(named) if isinstance(named, str) else None
    address = _INDEX.sub("", resource.address)
    return Finding(
        INVALID,
        # It accepts nothing, so what it was meant to accept is reported beside it; it weighs as much.
        rule.severity if rule else Severity.POLICY,
        address,
        f"An acceptance on {address} {wrong}: it accepts nothing.",
        evidence={"acceptance": _brief(entry)},
        fix="Give it the id of a rule and a reason; until, if it is there, is a day such as 2026-12-31.",
        source=resource.source,
    )


def _brief(said: Any) -> str:
    """Write what was said without going into it: it may be nested deeper than Python's stack."""
    if isinstance(said, Mapping):
        return shown({str(key): "…" if isinstance(one, list | Mapping) else one for key, one in said.items()})
    return "a list" if isinstance(said, list) else shown(said, 60)


def _expired(suppression: Suppression, finding: Finding) -> Finding:
    return Finding(
        EXPIRED,
        # A day that somebody set has come: that fails the check, even where the finding alone would not.
        min(finding.severity, Severity.POLICY, key=lambda severity: severity.rank),
        finding.address,
        f"{finding.rule} was accepted until {suppression.until} ({suppression.where}: {suppression.reason}), "
        "and is reported again.",
        evidence={"rule": finding.rule, "until": str(suppression.until)},
        fix=f"Cure what {finding.rule} reports, or accept it anew with a later day.",
        source=suppression.source if suppression.source != Source() else finding.source,
    )


def _nothing(suppression: Suppression, as_of: datetime.date) -> str:
    if suppression.has_expired(as_of):
        return f"it expired on {suppression.until}, and nothing of it is reported"
    return f"{suppression.rule} reports nothing at {suppression.address}"
