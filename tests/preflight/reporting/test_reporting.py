"""Every format says what the report says, and nothing that a hostile configuration would have it say."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tercet.errors import PreflightError
from tercet.preflight.findings import FORMAT_VERSION, Edit, Finding, Report, Severity, Source, Undecided
from tercet.preflight.reporting import FORMATS, render
from tercet.preflight.reporting.json_document import schema
from tercet.preflight.reporting.plain import plain
from tests.preflight.reporting.samples import BACKTRACK, EMPTY, HOSTILE, HOSTILE_TEXT, NAT, REPORT, RULES

REPORTS = {"as in life": REPORT, "hostile": HOSTILE, "empty": EMPTY, "nothing at all": Report()}
STEERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def written(report: Report, name: str, **options: object) -> str:
    return render(report, name, rules=RULES, target="cdktf.out", **options)  # type: ignore[arg-type]


anything = st.text(st.characters(), max_size=40) | st.just(HOSTILE_TEXT)
findings = st.builds(
    Finding,
    anything,
    st.sampled_from(Severity),
    anything,
    anything,
    st.none() | anything,
    st.dictionaries(anything, anything, max_size=2),
    anything,
    anything,
    st.builds(Source, st.none() | anything, st.none() | st.integers(-1, 9), st.none() | anything),
)
reports = st.builds(
    Report,
    st.lists(findings, max_size=3).map(tuple),
    st.lists(st.builds(Undecided, anything, anything, anything), max_size=2).map(tuple),
    warnings=st.lists(anything, max_size=2).map(tuple),
)


@pytest.mark.parametrize("name", FORMATS)
@settings(deadline=None, max_examples=60)
@given(report=reports, verbose=st.booleans())
def test_whatever_is_named_steers_nothing(name: str, report: Report, verbose: bool):
    text = written(report, name, verbose=verbose)
    assert text.endswith("\n")
    assert not STEERS.search(text)
    text.encode("utf-8")
    READERS[name](text)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_every_report_can_be_read_back(name: str, report: Report):
    for verbose in (False, True):
        READERS[name](written(report, name, verbose=verbose))


def test_there_is_no_other_format():
    with pytest.raises(PreflightError, match=r"yaml.*table, json, sarif, junit, github, html"):
        written(EMPTY, "yaml")


def read_json(text: str) -> dict:
    document = json.loads(text)
    jsonschema.validate(document, schema(), jsonschema.Draft202012Validator)
    return document


def read_xml(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


class Page(HTMLParser):
    """The elements and the text of a page; what must not be there fails."""

    ELEMENTS = re.compile(
        "html|head|meta|title|style|body|main|header|h1|h2|h3|div|code|fieldset|label|input|b|span|section|article|"
        "p|dl|dt|dd|a|details|summary|table|tr|td|br|ul|li|footer"
    )
    ATTRIBUTES = re.compile("lang|charset|name|content|http-equiv|class|aria-label|title|type|id|checked|href|rel|open")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.said: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert self.ELEMENTS.fullmatch(tag)
        for name, value in attrs:
            assert self.ATTRIBUTES.fullmatch(name)
            if name == "href":
                assert value is not None
                self.links.append(value)
                assert value.startswith(("https://", "http://"))

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def read_sarif(text: str) -> dict:
    """What the standard's schema demands of the parts that are written."""
    document = json.loads(text)
    assert set(document) == {"$schema", "version", "runs"}
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note"}
        assert all(rule[key]["text"] for key in ("shortDescription", "fullDescription", "help") if key in rule)
    for result in run["results"]:
        assert result["message"]["text"]
        assert result["level"] in {"error", "warning", "note", "none"}
        if "ruleIndex" in result:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            assert re.fullmatch("[0-9a-f]{12}", result["partialFingerprints"]["tercet/v1"])
        else:
            assert (result["kind"], result["level"]) == ("open", "none")
        for location in result["locations"]:
            assert location["logicalLocations"]
            if physical := location.get("physicalLocation"):
                assert physical["region"]["startLine"] >= 1
                assert re.fullmatch(r"(file://)?[A-Za-z0-9_.~%/-]+", physical["artifactLocation"]["uri"])
        for suppression in result.get("suppressions", []):
            assert suppression["kind"] in {"inSource", "external"}
    return document


def read_github(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Parse commands as the runner does."""
    *lines, last = text.splitlines()
    assert not last.startswith("::")
    commands = []
    for line in lines:
        match = re.fullmatch(r"::(error|warning|notice) ([^\n]*?)::([^\n]*)", line)
        assert match
        properties = dict(pair.split("=", 1) for pair in match[2].split(","))
        assert set(properties) <= {"file", "line", "title"}
        commands.append((match[1], {key: unescaped(value) for key, value in properties.items()}, unescaped(match[3])))
    return commands


def unescaped(text: str) -> str:
    for escape, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, character)
    return text


READERS = {
    "table": str.splitlines,
    "json": read_json,
    "sarif": read_sarif,
    "junit": read_xml,
    "github": read_github,
    "html": Page,
}


def test_the_table_is_read_from_the_worst_on():
    text = written(REPORT, "table")
    places = [text.index(title) for title in ("APPLY FAILS", "SILENT OUTAGE", "SECURITY", "POLICY", "ADVICE")]
    assert places == sorted(places)
    for part in (
        BACKTRACK.rule,
        BACKTRACK.address,
        "infrastructure/database.tf:12",
        BACKTRACK.aws_error,
        BACKTRACK.fix,
    ):
        assert str(part) in text
    assert "shop/network/nat" in text
    assert "\x1b" not in text
    assert text.splitlines()[-2].startswith("5 findings: 1 apply-fails, 1 silent-outage")
    assert "var.policy" not in text
    assert "--show-undecided" in text


def test_the_table_lists_what_is_undecided_where_asked():
    text = written(REPORT, "table", verbose=True)
    assert "var.policy has no default" in text
    assert "messages of a debug queue may be lost" in text


@pytest.mark.parametrize("width", [80, 100, 120])
def test_the_table_fits_its_width_but_for_what_is_copied(width: int):
    copied = {BACKTRACK.docs, NAT.docs}
    for line in written(REPORT, "table", width=width, verbose=True).splitlines():
        assert len(line) <= width or any(one in line for one in copied)


def test_the_table_has_colours_where_asked_and_the_same_words():
    coloured = written(REPORT, "table", colour=True)
    assert "\x1b[1;31mAPPLY FAILS" in coloured
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == written(REPORT, "table")
    assert "\x1b[31mred" not in written(HOSTILE, "table", colour=True)


def test_the_table_of_nothing_says_how_much_was_looked_at():
    assert written(EMPTY, "table") == "No findings · 143 resources, 6 rules\n"


def test_json_says_everything():
    document = read_json(written(REPORT, "json"))
    assert document["version"] == FORMAT_VERSION
    first, second, *_ = document["findings"]
    assert first["fingerprint"] == BACKTRACK.fingerprint
    assert first["source"] == {"file": "infrastructure/database.tf", "line": 12, "construct": None}
    assert second["source"]["construct"] == "shop/network/nat"
    assert second["source"]["line"] is None
    assert document["findings"][2]["source"] == {"file": None, "line": None, "construct": None}
    assert document["summary"]["by_severity"]["silent-outage"] == 1
    assert document["summary"]["undecided"] == len(document["undecided"]) == 2
    assert document["accepted"][0]["reason"] == "messages of a debug queue may be lost"


def test_json_keeps_the_text_as_it_is_but_for_what_utf8_cannot_hold():
    document = read_json(written(HOSTILE, "json"))
    assert document["findings"][0]["message"] == HOSTILE_TEXT.replace("\ud800", "\ufffd")
    assert len(document["findings"][1]["address"]) == 100_000


def test_json_holds_the_change_for_a_machine():
    finding = Finding("a", Severity.ADVICE, "b.c", "d", edit=Edit("main.tf", 3, "old", "new"))
    (found,) = read_json(written(Report(findings=(finding,)), "json"))["findings"]
    assert found["edit"] == {"file": "main.tf", "line": 3, "old": "old", "new": "new"}


def test_sarif_has_help_levels_and_accepted_results():
    (run,) = read_sarif(written(REPORT, "sarif"))["runs"]
    assert [result["level"] for result in run["results"][:5]] == ["error", "error", "warning", "warning", "note"]
    first = run["results"][0]
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "infrastructure/database.tf", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 12},
    }
    rule = run["tool"]["driver"]["rules"][0]
    assert rule["id"] == "aurora-backtrack-global"
    assert "```terraform" in rule["help"]["markdown"]
    assert rule["helpUri"].startswith("https://")
    (accepted,) = [result for result in run["results"] if "suppressions" in result]
    assert accepted["suppressions"][0]["justification"] == "messages of a debug queue may be lost"
    assert not any(result.get("kind") == "open" for result in run["results"])
    (run,) = read_sarif(written(REPORT, "sarif", verbose=True))["runs"]
    assert sum(result.get("kind") == "open" for result in run["results"]) == 2


def test_sarif_makes_no_link_of_the_input():
    (run,) = read_sarif(written(HOSTILE, "sarif"))["runs"]
    assert re.search(r"(?<!\\)\[[^\[\]]*\]\(", run["results"][0]["message"]["text"]) is None


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("a b#c?d%e.tf", "a%20b%23c%3Fd%25e.tf"),
        ("/elsewhere/main.tf", "file:///elsewhere/main.tf"),
        ("{cwd}/modules/main.tf", "modules/main.tf"),
        ("../main.tf", "../main.tf"),
    ],
)
def test_sarif_names_files_as_uris(file: str, uri: str, tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    finding = Finding("a", Severity.ADVICE, "b.c", "d", source=Source(file.format(cwd=tmp_path), 1))
    (run,) = read_sarif(written(Report(findings=(finding,)), "sarif"))["runs"]
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_sarif_of_standard_input_names_no_file():
    text = render(Report(findings=(Finding("a", Severity.ADVICE, "b.c", "d"),)), "sarif", rules=RULES, target="-")
    (run,) = read_sarif(text)["runs"]
    assert "physicalLocation" not in run["results"][0]["locations"][0]


def test_junit_counts():
    suites = read_xml(written(REPORT, "junit"))
    assert (suites.get("tests"), suites.get("failures"), suites.get("skipped")) == ("8", "5", "2")
    assert [suite.get("name") for suite in suites] == [f"tercet.{severity}" for severity in Severity]
    failure = suites.find("testsuite/testcase/failure")
    assert failure is not None
    assert failure.get("type") == "apply-fails"
    assert "Remove backtrack_window." in (failure.text or "")
    passed = read_xml(written(EMPTY, "junit"))
    assert (passed.get("tests"), passed.get("failures")) == (str(len(RULES)), "0")


def test_github_puts_a_finding_at_its_line():
    commands = read_github(written(REPORT, "github"))
    level, properties, message = commands[0]
    assert level == "error"
    assert properties == {
        "file": "infrastructure/database.tf",
        "line": "12",
        "title": "aurora-backtrack-global aws_rds_cluster.payments",
    }
    assert message.splitlines()[:3] == [
        BACKTRACK.message,
        "AWS answers: InvalidParameterCombination: Backtrack is not supported for global databases.",
        "Fix: Remove backtrack_window.",
    ]
    assert [one[0] for one in commands] == ["error", "error", "warning", "warning", "notice", "notice"]
    assert "file" not in commands[2][1]


def test_github_escapes_twice_what_looks_escaped():
    (_, properties, message), *_ = read_github(written(HOSTILE, "github"))
    assert properties["file"] == plain(HOSTILE_TEXT)
    assert message.splitlines()[0] == plain(HOSTILE_TEXT)


def test_html_shows_all_of_it_and_links_only_to_the_web():
    page = Page(written(REPORT, "html"))
    said = " ".join(page.said)
    for finding in REPORT.findings:
        assert finding.message in said
    assert BACKTRACK.docs in page.links
    assert "var.policy has no default" in said
    assert "messages of a debug queue may be lost" in said
    assert Page(written(HOSTILE, "html")).links == []
    assert "Nothing was found" in " ".join(Page(written(EMPTY, "html")).said)


def test_html_needs_nothing_beside_it():
    text = written(REPORT, "html")
    assert "default-src 'none'" in text
    assert not re.search(r"<script|<link|<img|<iframe|@import|url\(", text)


def test_plain_text():
    assert plain("a\x1b[31mb\nc\u202e\U000e0041\ud800é漢") == "a\\x1b[31mb\\nc\\u202e\\U000e0041\\ud800é漢"
    assert plain("x" * 50, 10) == "x" * 9 + "…"


@pytest.mark.parametrize("name", FORMATS)
def test_very_many_findings(name: str):
    finding = Finding("nat-single-zone", Severity.SILENT_OUTAGE, "a_b.c", "One gateway for three zones. " * 5, fix="x")
    text = written(Report(findings=(finding,) * 5_000), name)
    assert text.count("One gateway") >= 5_000
