"""Acceptances: where they may stand, what they must say, and what becomes of the findings."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tercet.errors import PreflightError
from tercet.preflight import suppressions
from tercet.preflight.findings import Finding, Severity, Source, Undecided
from tercet.preflight.graph import Graph, Resource
from tercet.preflight.rule import Rule
from tercet.preflight.suppressions import EXPIRED, INVALID, Suppression

TODAY = datetime.date(2026, 11, 26)
YESTERDAY = datetime.date(2026, 11, 25)


def rule(name: str, severity: Severity = Severity.SILENT_OUTAGE) -> Rule:
    return Rule(name, "A title", severity, "Because.", ("https://docs.aws.amazon.com/",), "", "")


RULES = {name: rule(name) for name in ("nat-single-zone", "queue-without-dlq")}


def resource(address: str, *entries: object, line: int | None = 3) -> Resource:
    kind, name = address.split("[")[0].split(".")[-2:]
    source = Source("main.tf", line)
    return Resource(Graph(), address, "managed", kind, name, {}, source=source, comment={"preflight": list(entries)})


def finding(address: str, of: str = "nat-single-zone", severity: Severity = Severity.SILENT_OUTAGE) -> Finding:
    return Finding(of, severity, address, "One gateway for three zones.", source=Source("main.tf", 3))


def accept(address: str, of: str = "nat-single-zone", until: datetime.date | None = None) -> Suppression:
    return Suppression(of, address, "a test environment", "accept.toml, entry 1", until)


def write(folder: Path, text: str) -> Path:
    path = folder / "accept.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_acceptance_on_the_resource():
    entry = {"rule": "nat-single-zone", "reason": " a test\n environment ", "until": "2026-12-31"}
    found, malformed = suppressions.in_resources([resource("aws_nat_gateway.one", entry)], RULES)
    assert malformed == ()
    assert [(one.rule, one.address, one.reason, one.until) for one in found] == [
        ("nat-single-zone", "aws_nat_gateway.one", "a test environment", datetime.date(2026, 12, 31))
    ]
    remaining, accepted, warnings = suppressions.apply(
        [finding("aws_nat_gateway.one"), finding("aws_nat_gateway.two")], found, TODAY
    )
    assert [one.address for one in remaining] == ["aws_nat_gateway.two"]
    assert [(one.finding.address, one.reason) for one in accepted] == [("aws_nat_gateway.one", "a test environment")]
    assert warnings == ()


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"rule": "nat-single-zone"}, "no reason"),
        ({"rule": "nat-single-zone", "reason": " \n"}, "no reason"),
        ({"rule": "nat-single-zone", "reason": 7}, "no reason"),
        ({"rule": "nat-single-zon", "reason": "x"}, "nat-single-zon, which does not exist"),
        ({"rule": ["nat-single-zone"], "reason": "x"}, "does not exist"),
        ({"reason": "x"}, "does not exist"),
        ({"rule": "nat-single-zone", "reason": "x", "until": "2026-13-31"}, "no day"),
        ({"rule": "nat-single-zone", "reason": "x", "until": "soon"}, "no day"),
        ({"rule": "nat-single-zone", "reason": "x", "until": 20261231}, "no day"),
        ({"rule": "nat-single-zone", "reason": "x", "untill": "2026-12-31"}, "untill"),
        ("nat-single-zone", "must say rule and reason"),
        (None, "must say rule and reason"),
        ([[]], "a list"),
    ],
)
def test_a_malformed_acceptance_is_a_finding_and_accepts_nothing(entry: object, said: str):
    found, malformed = suppressions.in_resources([resource("aws_nat_gateway.one", entry)], RULES)
    assert found == ()
    assert [(one.rule, one.address) for one in malformed] == [(INVALID, "aws_nat_gateway.one")]
    assert said in malformed[0].message
    assert malformed[0].source == Source("main.tf", 3)


def test_a_malformed_acceptance_weighs_as_much_as_what_it_would_accept():
    _, (known,) = suppressions.in_resources([resource("a_b.c", {"rule": "nat-single-zone"})], RULES)
    _, (unknown,) = suppressions.in_resources([resource("a_b.c", {"rule": "nonsense"})], RULES)
    assert (known.severity, unknown.severity) == (Severity.SILENT_OUTAGE, Severity.POLICY)


@pytest.mark.parametrize("comment", [{"preflight": {"rule": "nat-single-zone"}}, {"preflight": 7}, {"preflight": []}])
def test_a_comment_of_another_shape(comment: dict[str, object]):
    odd = Resource(Graph(), "a_b.c", "managed", "a_b", "c", {}, comment=comment)
    found, malformed = suppressions.in_resources([odd], RULES)
    assert found == ()
    assert len(malformed) == (comment["preflight"] != [])


def test_a_resource_with_very_many_acceptances():
    entries = [{"rule": "nat-single-zone", "reason": f"reason {number}"} for number in range(100_000)]
    found, malformed = suppressions.in_resources([resource("a_b.c", *entries)], RULES)
    assert (len(found), len(malformed)) == (100, 1)


def test_a_deeply_nested_acceptance():
    nested: object = "x"
    for _ in range(100_000):
        nested = [nested]
    odd = resource("a_b.c", nested, {"rule": nested}, {"reason": {"x": nested}})
    _, malformed = suppressions.in_resources([odd], RULES)
    assert len(malformed) == 3


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["rule", "nat-single-zone", "2026-12-31"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["rule", "reason", "until", "x"]), inner)
    ),
    max_leaves=12,
)


@given(values)
def test_whatever_stands_there_is_read_or_a_finding(said: object):
    odd = Resource(Graph(), "a_b.c", "managed", "a_b", "c", {}, comment={"preflight": said})
    found, malformed = suppressions.in_resources([odd], RULES)
    assert all(one.rule in RULES and one.reason.strip() for one in found)
    assert all(one.rule == INVALID for one in malformed)


def test_one_acceptance_for_all_instances_of_a_block():
    entry = {"rule": "nat-single-zone", "reason": "x"}
    instances = [resource(f'module.a["k.[0]"].aws_nat_gateway.one[{index}]', entry) for index in range(3)]
    found, _ = suppressions.in_resources(instances, RULES)
    assert len(found) == 1
    remaining, accepted, warnings = suppressions.apply([finding(instances[1].address)], found, TODAY)
    assert (remaining, len(accepted), warnings) == ((), 1, ())


def test_a_comment_in_a_module_that_is_called_twice_is_used_if_one_call_uses_it():
    entry = {"rule": "nat-single-zone", "reason": "x"}
    calls = [resource("module.a.aws_nat_gateway.one", entry), resource("module.b.aws_nat_gateway.one", entry)]
    found, _ = suppressions.in_resources(calls, RULES)
    assert len(found) == 2
    assert suppressions.apply([finding(calls[0].address)], found, TODAY).warnings == ()
    assert len(suppressions.apply([], found, TODAY).warnings) == 2


@pytest.mark.parametrize(
    ("pattern", "address", "matches"),
    [
        ("aws_nat_gateway.one", "aws_nat_gateway.one", True),
        ("aws_nat_gateway.one", "aws_nat_gateway.one[0]", True),
        ("aws_nat_gateway.one[0]", "aws_nat_gateway.one[0]", True),
        ("aws_nat_gateway.one[0]", "aws_nat_gateway.one[1]", False),
        ("aws_nat_gateway.one[0]", "aws_nat_gateway.one0", False),
        ("aws_nat_gateway.one[*]", "aws_nat_gateway.one[1]", True),
        ('aws_nat_gateway.one["a*"]', 'aws_nat_gateway.one["a*"]', True),
        ('aws_nat_gateway.one["a*"]', 'aws_nat_gateway.one["ab"]', False),
        ("module.network.*", "module.network.aws_nat_gateway.one[0]", True),
        ("module.network.*", "module.networks.aws_nat_gateway.one", False),
        ("*", "terraform.backend.s3", True),
        ("aws_nat_gateway.on?", "aws_nat_gateway.one", True),
        ("AWS_NAT_GATEWAY.one", "aws_nat_gateway.one", False),
    ],
)
def test_addresses_and_patterns(pattern: str, address: str, matches: bool):
    applied = suppressions.apply([finding(address)], [accept(pattern)], TODAY)
    assert (len(applied.remaining), len(applied.accepted)) == ((0, 1) if matches else (1, 0))
    assert len(applied.warnings) == (not matches)


def test_a_pattern_cannot_hang():
    pattern = "*a" * 200
    assert suppressions.apply([finding("a" * 5000 + "b")], [accept(pattern)], TODAY).accepted == ()


def test_it_holds_on_its_last_day_and_not_after():
    assert len(suppressions.apply([finding("a_b.c")], [accept("a_b.c", until=TODAY)], TODAY).accepted) == 1
    remaining, accepted, warnings = suppressions.apply([finding("a_b.c")], [accept("a_b.c", until=YESTERDAY)], TODAY)
    assert (accepted, warnings) == ((), ())
    assert [(one.rule, one.severity) for one in remaining] == [
        ("nat-single-zone", Severity.SILENT_OUTAGE),
        (EXPIRED, Severity.SILENT_OUTAGE),
    ]
    assert "2026-11-25" in remaining[1].message


def test_an_expired_pattern_is_one_finding_as_bad_as_the_worst_that_it_accepted():
    found = [finding("a_b.c", severity=Severity.ADVICE), finding("a_b.d", severity=Severity.APPLY_FAILS)]
    remaining, _, _ = suppressions.apply(found, [accept("*", until=YESTERDAY)], TODAY)
    assert [one.severity for one in remaining if one.rule == EXPIRED] == [Severity.APPLY_FAILS]


def test_an_expired_one_fails_the_check_whatever_it_accepted():
    advice = finding("aws_nat_gateway.a", severity=Severity.ADVICE)
    remaining, _, _ = suppressions.apply([advice], [accept("aws_nat_gateway.a", until=YESTERDAY)], TODAY)
    assert {one.rule: one.severity for one in remaining} == {advice.rule: Severity.ADVICE, EXPIRED: Severity.POLICY}


def test_an_expired_one_beside_one_that_holds_is_only_unused():
    both = [accept("a_b.c", until=YESTERDAY), accept("*")]
    remaining, accepted, warnings = suppressions.apply([finding("a_b.c")], both, TODAY)
    assert (remaining, len(accepted)) == ((), 1)
    assert len(warnings) == 1
    assert "expired on 2026-11-25" in warnings[0]


def test_unused_is_a_warning_unless_nobody_could_know():
    one = accept("a_b.c")
    (warning,) = suppressions.apply([], [one], TODAY).warnings
    assert "nat-single-zone" in warning
    assert "accept.toml, entry 1" in warning
    assert suppressions.apply([], [one], TODAY, asked={"queue-without-dlq"}).warnings == ()
    unknown = Undecided("nat-single-zone", "a_b.c[0]", "count is known only after apply")
    assert suppressions.apply([], [one], TODAY, undecided=[unknown]).warnings == ()


def test_findings_on_acceptances_cannot_be_accepted():
    found = finding("a_b.c", of=EXPIRED)
    assert suppressions.apply([found], [accept("*", of=EXPIRED)], TODAY).remaining == (found,)


def test_very_many_of_both():
    found = [finding(f"aws_nat_gateway.g{number}") for number in range(20_000)]
    applied = suppressions.apply(found, [accept(one.address) for one in found], TODAY)
    assert len(applied.accepted) == 20_000


def test_a_file(tmp_path: Path):
    path = write(
        tmp_path,
        """
        [[accept]]
        rule = "nat-single-zone"
        address = "module.network.*"
        reason = "a test environment"
        until = 2026-12-31

        [[accept]]
        rule = "queue-without-dlq"
        address = "aws_sqs_queue.orders"
        reason = "poison messages are dropped on purpose"
        """,
    )
    first, second = suppressions.from_file(path, RULES)
    assert (first.address, first.until) == ("module.network.*", datetime.date(2026, 12, 31))
    assert (second.until, second.where) == (None, f"{path}, entry 2")
    assert suppressions.from_file(write(tmp_path, ""), RULES) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[accept]\n", "not TOML"),
        ("accept = 7\n", "no list"),
        ("[[accepted]]\n", "accepted"),
        ("[[accept]]\n", "Entry 1"),
        ('[[accept]]\nrule = "nat-single-zone"\nreason = "x"\n', "address"),
        ('[[accept]]\nrule = "nat-single-zone"\nreason = "x"\naddress = ""\n', "address"),
        ('[[accept]]\nrule = "nonsense"\nreason = "x"\naddress = "*"\n', "nonsense"),
        ('[[accept]]\nrule = "nat-single-zone"\nreason = "x"\naddress = "*"\nuntil = 2026-12-31T00:00:00\n', "no day"),
        ("x = " + "[" * 100_000, "not TOML"),
    ],
)
def test_a_file_that_says_something_else_is_refused(tmp_path: Path, text: str, said: str):
    path = write(tmp_path, text)
    with pytest.raises(PreflightError, match=said) as refused:
        suppressions.from_file(path, RULES)
    assert str(path) in str(refused.value)


def test_a_file_that_cannot_be_read(tmp_path: Path):
    with pytest.raises(PreflightError, match="cannot be read"):
        suppressions.from_file(tmp_path / "missing.toml", RULES)
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PreflightError, match="not TOML"):
        suppressions.from_file(tmp_path / "binary.toml", RULES)
