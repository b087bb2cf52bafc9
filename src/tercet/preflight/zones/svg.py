"""For a page: a matrix of components and zones, that says all it says without colours too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape

from tercet.preflight.zones.harmless import harmless
from tercet.preflight.zones.model import Fate, Layer, Verdict, ZoneReport
from tercet.preflight.zones.rows import WORDS, Row, conclusion, rows

_MARGIN: Final = 32
_NAMES: Final = 372
_COLUMN: Final = 148
_GAP: Final = 8
_TOP: Final = 156
_ROW: Final = 48
_HEADING: Final = 34
_FOOT: Final = 92
_LEAST_WIDTH: Final = 760
_MAX_ROWS: Final = 400
_CHARACTERS: Final = {"address": 53, "title": 44, "zone": 18, "left": 18}
"""How many characters fit, counted by their widest usual face."""

_STYLE: Final = """
:root { color-scheme: light dark;
  --page: #ffffff; --ink: #16202b; --soft: #5b6875; --line: #e3e8ed;
  --survives: #0b6b53; --survives-fill: #e2f4ed;
  --degraded: #8a5200; --degraded-fill: #fdf0d5;
  --lost: #b3201f; --lost-fill: #fde4e1;
  --undecidable: #556270; --undecidable-fill: #eceff2; }
@media (prefers-color-scheme: dark) { :root {
  --page: #10161d; --ink: #e8edf2; --soft: #93a1af; --line: #26303a;
  --survives: #5fd4ac; --survives-fill: #12312a;
  --degraded: #f2bd63; --degraded-fill: #38290f;
  --lost: #ff9a92; --lost-fill: #44191a;
  --undecidable: #a7b3bf; --undecidable-fill: #222b34; } }
text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; fill: var(--ink); }
.page { fill: var(--page); }
.title { font-size: 22px; font-weight: 650; letter-spacing: -0.2px; }
.conclusion { font-size: 14px; fill: var(--soft); }
.zone { font-size: 13px; font-weight: 600; }
.layer { font-size: 11px; font-weight: 650; letter-spacing: 1.1px; fill: var(--soft); }
.what { font-size: 13.5px; font-weight: 550; }
.address { font-size: 11px; font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; fill: var(--soft); }
.word { font-size: 12.5px; font-weight: 600; }
.left { font-size: 11px; }
.legend { font-size: 12px; fill: var(--soft); }
.rule { stroke: var(--line); stroke-width: 1; }
.sign { fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
"""

_SIGNS: Final = {
    Fate.SURVIVES: '<path class="sign {of}-stroke" d="M-5 0.5 L-1.5 4 L5 -4"/>',
    Fate.DEGRADED: '<circle class="sign {of}-stroke" r="5"/><path class="{of}-ink" d="M0 -5 A5 5 0 0 1 0 5 Z"/>',
    Fate.LOST: '<path class="sign {of}-stroke" d="M-4 -4 L4 4 M4 -4 L-4 4"/>',
    Fate.UNDECIDABLE: '<path class="sign {of}-stroke" d="M-3 -2.5 A3 3 0 1 1 0 1 L0 2 M0 5.2 L0 5.3"/>',
}
_LEGEND: Final = {
    Fate.SURVIVES: "does not notice",
    Fate.DEGRADED: "goes on with less, or after a failover",
    Fate.LOST: "stops until the zone is back",
    Fate.UNDECIDABLE: "the configuration does not say",
}


def write(report: ZoneReport) -> str:
    """Write the picture."""
    columns = len(report.zones)
    width = max(_MARGIN * 2 + _NAMES + columns * _COLUMN, _LEAST_WIDTH)
    body = list(_rows(report))
    height = int(_TOP + sum(space for space, _ in body) + _FOOT)
    parts = [_opening(report, width, height), *_head(report)]
    y = float(_TOP)
    for space, part in body:
        parts.append(f'<g transform="translate(0 {y:g})">{part}</g>')
        y += space
    parts.append(_legend(y, width))
    return "\n".join([*parts, "</svg>", ""])


def _opening(report: ZoneReport, width: int, height: int) -> str:
    fates = "\n".join(
        f".{fate}-ink {{ fill: var(--{fate}); }} .{fate}-stroke {{ stroke: var(--{fate}); }} "
        f".{fate}-fill {{ fill: var(--{fate}-fill); }}"
        for fate in Fate
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'role="img" aria-labelledby="zones-title zones-summary">\n'
        '<title id="zones-title">What the loss of an availability zone takes</title>\n'
        f'<desc id="zones-summary">{_text(conclusion(report))}</desc>\n'
        f"<style>{_STYLE}{fates}\n</style>\n"
        f'<rect class="page" width="{width}" height="{height}"/>'
    )


def _head(report: ZoneReport) -> Iterator[str]:
    yield f'<text class="title" x="{_MARGIN}" y="52">What the loss of an availability zone takes</text>'
    yield f'<text class="conclusion" x="{_MARGIN}" y="76">{_text(_shortened(conclusion(report), 110))}</text>'
    for index, (zone, fate) in enumerate(zip(report.zones, report.whole, strict=True)):
        start = _MARGIN + _NAMES + index * _COLUMN + _GAP / 2
        name = str(zone)
        yield (
            f'<text class="zone" x="{start + 10:g}" y="112">{_text(_shortened(name, _CHARACTERS["zone"]))}'
            f"<title>{_text(name)}</title></text>"
        )
        yield (
            f'<g transform="translate({start + 18:g} 132)">{_sign(fate)}'
            f'<text class="word {fate}-ink" x="14" y="4">{WORDS[fate]}</text></g>'
        )
    yield f'<text class="layer" x="{_MARGIN}" y="136">IF THIS ZONE IS LOST</text>'


def _rows(report: ZoneReport) -> Iterator[tuple[int, str]]:
    right = _MARGIN + _NAMES + len(report.zones) * _COLUMN
    left_out = 0
    drawn = 0
    for layer, group in rows(report):
        yield _HEADING, _heading(layer, right)
        for row in group:
            drawn += 1
            if drawn > _MAX_ROWS:
                left_out += 1
                continue
            yield _ROW, _row(report, row)
    if left_out:
        yield _ROW, f'<text class="address" x="{_MARGIN}" y="28">and {left_out:,} rows more</text>'


def _heading(layer: Layer, right: int) -> str:
    return (
        f'<line class="rule" x1="{_MARGIN}" y1="6" x2="{right}" y2="6"/>'
        f'<text class="layer" x="{_MARGIN}" y="26">{_text(str(layer).upper())}</text>'
    )


def _row(report: ZoneReport, row: Row) -> str:
    every = "\n".join(one.address for one in row.components[:50])
    parts = [
        f'<text class="what" x="{_MARGIN}" y="19">{_text(_shortened(row.title, _CHARACTERS["title"]))}</text>',
        f'<text class="address" x="{_MARGIN}" y="35">{_text(_shortened(row.address, _CHARACTERS["address"]))}'
        f"<title>{_text(every)}</title></text>",
    ]
    for index, verdict in enumerate(row.verdicts):
        x = _MARGIN + _NAMES + index * _COLUMN + _GAP / 2
        parts.append(f'<g transform="translate({x:g} 2)">{_cell(verdict, str(report.zones[index]))}</g>')
    return "".join(parts)


def _cell(verdict: Verdict, zone: str) -> str:
    fate = verdict.fate
    reasons = "\n".join((f"{zone} is lost: {WORDS[fate]}", *verdict.reasons))
    middle = (_ROW - _GAP) / 2
    line = middle - 3 if verdict.left else middle + 4.5
    left = (
        f'<text class="left {fate}-ink" x="32" y="{middle + 12:g}">'
        f"{_text(_shortened(verdict.left, _CHARACTERS['left']))}</text>"
        if verdict.left
        else ""
    )
    return (
        f"<title>{_text(reasons)}</title>"
        f'<rect class="{fate}-fill" width="{_COLUMN - _GAP}" height="{_ROW - _GAP}" rx="7"/>'
        f'<g transform="translate(18 {middle:g})">{_sign(fate)}</g>'
        f'<text class="word {fate}-ink" x="32" y="{line:g}">{WORDS[fate]}</text>{left}'
    )


def _sign(fate: Fate) -> str:
    return _SIGNS[fate].format(of=fate)


def _legend(y: float, width: int) -> str:
    parts, x, line = [], float(_MARGIN), 0
    for fate, meaning in _LEGEND.items():
        label = f"{WORDS[fate]}: {meaning}"
        space = 46 + len(label) * 6.3
        if x + space > width and x > _MARGIN:
            x, line = float(_MARGIN), line + 1
        parts.append(
            f'<g transform="translate({x + 6:g} {34 + line * 22})">{_sign(fate)}'
            f'<text class="legend" x="14" y="4">{label}</text></g>'
        )
        x += space
    return f'<g transform="translate(0 {y:g})">{"".join(parts)}</g>'


def _shortened(text: str, longest: int) -> str:
    """Leave out the middle: the beginning says what it is, and the end which one."""
    if len(text) <= longest:
        return text
    keep = longest - 1
    return f"{text[: keep - keep // 2]}…{text[len(text) - keep // 2 :]}"


def _text(text: str) -> str:
    """Make text harmless in XML; line breaks stay."""
    return "\n".join(escape(harmless(line, 2_000)) for line in text.split("\n"))
