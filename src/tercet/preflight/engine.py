"""Asks every rule about every resource it is for, and makes a report of the answers."""

from __future__ import annotations

import dataclasses
import datetime
import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tercet.preflight import registry, suppressions
from tercet.preflight.declarations import Backend, Provider, Variable
from tercet.preflight.findings import Edit, Finding, Source, Undecided
from tercet.preflight.graph import Block, Graph, Resource, Undecidable
from tercet.preflight.options import Options
from tercet.preflight.rule import Change, Context, Place, Problem, Rule
from tercet.preflight.suppressions import Suppression
from tercet.preflight.syntax import json_syntax
from tercet.preflight.values import shown
from tercet.preflight.versions import Versions

DEFECT: Final = "the rule failed, which is a defect of the rule"


@dataclass(frozen=True)
class Answers:
    """What the rules say of one configuration, before anything that was accepted is heard.

    Parameters
    ----------
    findings, undecided
        The answers, each once.
    suppressions
        What the configuration itself accepts.
    warnings
        What is to be known of the reading.
    resources
        How many resources were looked at.
    files
        Where they stand.
    """

    findings: tuple[Finding, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    warnings: tuple[str, ...] = ()
    resources: int = 0
    files: frozenset[str] = frozenset()


def ask(graph: Graph, options: Options) -> Answers:
    """Ask the chosen rules about one root module."""
    as_of = options.as_of or datetime.datetime.now(tz=datetime.UTC).date()
    versions = Versions(options.terraform_version or graph.required_version, graph.required_providers.get("aws"))
    context = Context(graph, options.intent, as_of, versions)
    findings: dict[tuple[str, ...], Finding] = {}
    undecided: dict[Undecided, None] = {}
    changed: dict[Edit, set[str]] = defaultdict(set)
    for rule in registry.chosen(options.select, options.ignore).values():
        for answer in _ask(rule, context, changed):
            if isinstance(answer, Finding):
                findings.setdefault((answer.rule, answer.address, answer.message), answer)
            else:
                undecided[answer] = None
    own, malformed = suppressions.in_resources(graph.resources.values(), registry.everything())
    return Answers(
        findings=(*map(_placed, _mendable(findings.values(), changed, graph)), *malformed),
        undecided=tuple(undecided),
        suppressions=own,
        warnings=tuple(graph.warnings),
        resources=sum(1 for _ in graph.managed),
        files=frozenset(one.source.file for one in graph.managed if one.source.file),
    )


def _ask(rule: Rule, context: Context, changed: dict[Edit, set[str]]) -> Iterator[Finding | Undecided]:
    if rule.run is None:
        return
    subjects: Iterable[Resource | Graph] = context.graph.of_type(*rule.resources) if rule.resources else [context.graph]
    for subject in subjects:
        try:
            for problem in rule.run(subject, context):
                yield _finding(rule, problem, changed)
        except Undecidable as unknown:
            address = subject.address if isinstance(subject, Resource) else "configuration"
            yield Undecided(rule.id, address, str(unknown))
        except RecursionError:
            address = subject.address if isinstance(subject, Resource) else "configuration"
            yield Undecided(rule.id, address, "it is nested too deeply")
        except Exception as error:  # noqa: BLE001  (whatever the input holds, the other rules still answer)
            address = subject.address if isinstance(subject, Resource) else "configuration"
            yield Undecided(rule.id, address, f"{DEFECT}: {type(error).__name__}: {error}")


def _finding(rule: Rule, problem: Problem, changed: dict[Edit, set[str]]) -> Finding:
    evidence = dict(problem.also)
    if problem.argument:
        name, value = _evidence(problem.at, problem.argument)
        evidence = {name: value, **evidence}
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        address=address_of(problem.at),
        message=problem.message,
        aws_error=problem.aws_error or rule.aws_error,
        evidence=evidence,
        fix=problem.fix,
        docs=rule.sources[0] if rule.sources else "",
        source=source_of(problem.at),
        edit=_edit(problem.change, changed),
    )


def _edit(change: Change | None, changed: dict[Edit, set[str]]) -> Edit | None:
    if change is None:
        return None
    from tercet.preflight.editing import edit_of

    edit = edit_of(change)
    if edit is not None:
        changed[edit].add(change.at.owner.address)
    return edit


def _mendable(findings: Iterable[Finding], changed: Mapping[Edit, set[str]], graph: Graph) -> Iterator[Finding]:
    """Take the edit away where it would change other instances of the block too, which are right as they are."""
    instances: dict[Source, set[str]] = defaultdict(set)
    if changed:
        for address, resource in graph.resources.items():
            instances[resource.source].add(address)
    for finding in findings:
        # All the instances that an edit is for are of one block: any of them tells which.
        of_edit = changed.get(finding.edit, set()) if finding.edit else set()
        if any(instances[graph.resources[one].source] > of_edit for one in of_edit if one in graph.resources):
            yield dataclasses.replace(finding, edit=None)
        else:
            yield finding


def _evidence(place: Place, argument: str) -> tuple[str, str]:
    if isinstance(place, Block):
        return place.named(argument), "absent" if place.value(argument) is None else place.shown(argument)
    if isinstance(place, Variable):
        return argument, shown(place.default) if argument == "default" else ""
    value = place.values.get(argument)
    return argument, "absent" if value is None else shown(value)


def address_of(place: Place) -> str:
    """Return Terraform's address of what a problem is at."""
    if isinstance(place, Block):
        return place.owner.address
    if isinstance(place, Provider):
        return place.address
    if isinstance(place, Backend):
        return f"terraform.backend.{place.type}"
    return f"var.{place.name}"


def source_of(place: Place) -> Source:
    """Return where what a problem is at stands."""
    return place.owner.source if isinstance(place, Block) else place.source


def _placed(finding: Finding) -> Finding:
    """Return the finding with the line of its block in a JSON file.

    Lines are not kept while JSON is read: only findings need them.
    """
    source = finding.source
    if source.line is not None or source.file is None or not source.file.endswith(".json"):
        return finding
    line = _line(source.file, finding.address)
    return finding if line is None else dataclasses.replace(finding, source=dataclasses.replace(source, line=line))


def _line(file: str, address: str) -> int | None:
    known = _lines_of(file)
    steps = address.split("[", 1)[0].split(".")
    if steps[0] == "data":
        keys: list[tuple[str, ...]] = [("data", *steps[1:3])]
    elif steps[0] == "provider":
        keys = [("provider", steps[1])]
    elif steps[0] == "var":
        keys = [("variable", steps[1])]
    elif steps[0] == "terraform":
        keys = [("terraform", *steps[1:3]), ("terraform",)]
    else:
        keys = [("resource", *steps[:2])]
    return next((known[key] for key in keys if key in known), None)


@functools.lru_cache(maxsize=32)
def _lines_of(file: str) -> dict[tuple[str, ...], int]:
    try:
        return json_syntax.lines(Path(file).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return {}
