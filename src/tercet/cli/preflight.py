"""The commands of the preflight: check a configuration, look at a rule, tell what falls with a zone.

What a command needs is imported when it is called.
"""

from __future__ import annotations

import datetime
import gc
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tercet.cli.console import FOUND, app, err, out

if TYPE_CHECKING:
    from tercet.preflight.findings import Report
    from tercet.preflight.options import Options


class Format(StrEnum):
    """How a report is written."""

    TABLE = "table"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"
    HTML = "html"


class Threshold(StrEnum):
    """The severities, worst first."""

    APPLY_FAILS = "apply-fails"
    SILENT_OUTAGE = "silent-outage"
    SECURITY = "security"
    POLICY = "policy"
    ADVICE = "advice"


class Picture(StrEnum):
    """How zones are shown."""

    TABLE = "table"
    JSON = "json"
    SVG = "svg"


Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH…",
        help="A synthesized folder, a folder or file of .tf or .tf.json, a plan in JSON, a Python program of CDK "
        "Terrain or CDKTF; - reads standard input.",
    ),
]
IntentFile = Annotated[
    Path | None, typer.Option("--intent", metavar="FILE", help="What the deployment is for, in TOML or JSON.")
]
AsOf = Annotated[
    datetime.datetime | None,
    typer.Option("--as-of", metavar="DATE", formats=["%Y-%m-%d"], help="Ask what is dated for this day, not today."),
]


@app.command()
def check(
    paths: Paths,
    intent: IntentFile = None,
    form: Annotated[Format, typer.Option("--format", help="How the report is written.")] = Format.TABLE,
    fail_on: Annotated[
        Threshold, typer.Option("--fail-on", metavar="SEVERITY", help="Exit with 1 from this severity on.")
    ] = Threshold.POLICY,
    select: Annotated[
        list[str] | None, typer.Option(metavar="RULE", help="Ask only this rule; globs, repeats.")
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="RULE", help="Do not ask this rule; likewise.")] = None,
    accept: Annotated[Path | None, typer.Option(metavar="FILE", help="Accepted findings, in TOML.")] = None,
    baseline: Annotated[Path | None, typer.Option(metavar="FILE", help="Findings that were there before.")] = None,
    write_baseline: Annotated[Path | None, typer.Option(metavar="FILE", help="Write these findings as that.")] = None,
    as_of: AsOf = None,
    terraform_version: Annotated[
        str | None,
        typer.Option(metavar="VERSION", help="The Terraform that will run it; else required_version counts."),
    ] = None,
    show_undecided: Annotated[bool, typer.Option("--show-undecided", help="List what could not be decided.")] = False,
    explain: Annotated[
        str | None, typer.Option(metavar="FINDING", help="Explain one finding: its fingerprint, or its rule.")
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Write a patch of what a machine can mend.")] = False,
) -> None:
    """Find what would fail on deploy, or fall with a zone. Exit code 1: findings. 2: it could not check."""
    from tercet.preflight import baseline as baselines
    from tercet.preflight import fixing, registry, reporting, suppressions
    from tercet.preflight.check import check_paths
    from tercet.preflight.findings import Severity
    from tercet.preflight.intent import Intent, load
    from tercet.preflight.options import Options
    from tercet.preflight.versions import exact

    # A check makes one graph, asks it, and ends: there is nothing to collect on the way.
    gc.disable()
    rules = registry.everything()
    options = Options(
        intent=load(intent) if intent else Intent(),
        as_of=as_of.date() if as_of else None,
        terraform_version=None if terraform_version is None else exact(terraform_version),
        select=tuple(select or ()),
        ignore=tuple(ignore or ()),
        suppressions=suppressions.from_file(accept, rules) if accept else (),
    )
    report = check_paths(paths, options)
    if write_baseline is not None:
        err.print(
            f"{baselines.write(report.findings, write_baseline)} findings written to {write_baseline}.", markup=False
        )
    if baseline is not None:
        report = _without_baseline(report, baseline, options)
    if explain is not None:
        _explain(report, explain)
    elif fix:
        _write_exactly(fixing.patch(report.findings))
        mended = sum(one.edit is not None for one in report.findings)
        err.print(f"{mended} of {len(report.findings)} findings can be mended by a machine.", markup=False)
    else:
        target = ", ".join(map(str, paths))
        text = reporting.render(
            report,
            form,
            rules=rules,
            target=target,
            verbose=show_undecided,
            colour=_in_colour(),
            width=_width(),
        )
        (_write if form is Format.TABLE else _write_exactly)(text)
    if report.at_least(Severity(fail_on)):
        raise typer.Exit(FOUND)


@app.command()
def rules(rule: Annotated[str | None, typer.Argument(metavar="[RULE]")] = None) -> None:
    """List every rule, or show one: why, what AWS answers, an example that fails and one that passes, its sources."""
    from tercet.preflight import pages, registry

    known = registry.everything()
    _write(pages.listing(known.values()) if rule is None else pages.page(registry.one(rule, known)))


@app.command()
def zones(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="As for `tercet check`, but for Python programs.")],
    form: Annotated[Picture, typer.Option("--format", help="How it is shown.")] = Picture.TABLE,
) -> None:
    """Tell for each component and zone what is left when the zone is lost, and why. Exit code 1: something falls."""
    from tercet.preflight import loading
    from tercet.preflight.zones import analyse, render

    fallen = False
    for graph in loading.load(path):
        found = analyse(graph)
        fallen = fallen or bool(found.lost)
        text = render(found, form, colour=_in_colour(), width=_width())
        (_write if form is Picture.TABLE else _write_exactly)(text)
    if fallen:
        raise typer.Exit(FOUND)


def _without_baseline(report: Report, file: Path, options: Options) -> Report:
    import dataclasses

    from tercet.preflight import baseline as baselines

    left = baselines.apply(report.findings, file, complete=not (options.select or options.ignore))
    return dataclasses.replace(
        report,
        findings=left.remaining,
        accepted=(*report.accepted, *left.accepted),
        warnings=(*report.warnings, *left.warnings),
    )


def _explain(report: Report, wanted: str) -> None:
    from tercet.errors import PreflightError
    from tercet.preflight import pages, registry

    matching = [one for one in report.findings if wanted in (one.fingerprint, one.rule)]
    if not matching:
        raise PreflightError(
            f"There is no finding {wanted!r} here. A finding is named by its rule or by its fingerprint, which "
            "`--format json` shows."
        )
    known = registry.everything()
    for finding in matching:
        _write(pages.explanation(finding, known.get(finding.rule)))


def _width() -> int:
    # A pipe has no width, and a file is read in an editor.
    return min(out.width, 120) if out.is_terminal else 120


def _in_colour() -> bool:
    return out.is_terminal and not out.no_color


def _write(text: str) -> None:
    """Write what is already laid out; on a terminal that knows fewer characters, what it lacks becomes ``?``."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
    if not text.endswith("\n"):
        sys.stdout.write("\n")
    sys.stdout.flush()


def _write_exactly(text: str) -> None:
    """Write for a program: in UTF-8 whatever the terminal's encoding is, and with its line endings as they are."""
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    if text and not text.endswith("\n"):
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()
