"""Metrics, traces and logs: closed lists of names, nothing that a caller wrote, and never in a payment's way."""

from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from tercet.payments import logs, traces
from tercet.payments.logs import bound, log
from tercet.payments.metrics import MAX_VALUES, NAMESPACE, Metric, Metrics, Step
from tercet.payments.traces import subsegment

ROOT, PARENT = "1-5759e988-bd862e3fe1be46a994272793", "557abcec3ee5a047"


@pytest.fixture
def lines():
    return []


@pytest.fixture
def metrics(lines):
    return Metrics("test", write=lambda line: lines.append(json.loads(line)))


def read(line):
    """Take a line apart as CloudWatch does: (name, unit, dimensions) → value."""
    found = {}
    for directive in line["_aws"]["CloudWatchMetrics"]:
        assert directive["Namespace"] == NAMESPACE
        (dimensions,) = directive["Dimensions"]
        assert all(isinstance(line[name], str) for name in dimensions)
        values = tuple(line[name] for name in dimensions)
        for metric in directive["Metrics"]:
            found[metric["Name"], metric["Unit"], values] = line[metric["Name"]]
    assert isinstance(line["_aws"]["Timestamp"], int)
    assert len(line) == 2 + len({name for name, _, _ in found}) + ("Step" in line)
    return found


def test_what_is_counted_comes_out_in_one_line(metrics, lines):
    metrics.count(Metric.APPROVED)
    metrics.count(Metric.APPROVED, 2)
    metrics.count("Declined")
    metrics.gauge(Metric.OLDEST_UNKNOWN_AGE, 1.5)
    metrics.gauge(Metric.OLDEST_UNKNOWN_AGE, 0.5)
    metrics.flush()
    metrics.flush()
    (line,) = lines
    assert read(line) == {
        ("Approved", "Count", ("test",)): 3,
        ("Declined", "Count", ("test",)): 1,
        ("OldestUnknownAge", "Seconds", ("test",)): 0.5,
    }


def test_latencies_come_out_per_step_and_counts_once(metrics, lines):
    metrics.count(Metric.APPROVED)
    for step in (Step.BEGIN, "acquirer", Step.FINISH, Step.FINISH):
        with metrics.timed(step):
            pass
    metrics.flush()
    found = [read(line) for line in lines]
    latencies = {key: value for line in found for key, value in line.items() if key[0] == "StepLatency"}
    assert {dimensions: len(values) for (_, _, dimensions), values in latencies.items()} == {
        ("test", "begin"): 1,
        ("test", "acquirer"): 1,
        ("test", "finish"): 2,
    }
    assert {unit for _, unit, _ in latencies} == {"Milliseconds"}
    assert sum(("Approved", "Count", ("test",)) in line for line in found) == 1


def test_a_step_that_fails_is_timed_too(metrics, lines):
    with pytest.raises(KeyError), metrics.timed(Step.ACQUIRER):
        raise KeyError
    metrics.flush()
    assert lines[0]["Step"] == "acquirer"
    assert 0 <= lines[0]["StepLatency"][0] < 60_000


def test_names_that_nobody_listed_are_refused(metrics, lines):
    with pytest.raises(ValueError, match="tok_visa"):
        metrics.count("tok_visa")
    with pytest.raises(ValueError, match="x"):
        metrics.gauge("x", 1)
    with pytest.raises(ValueError, match="y"), metrics.timed("y"):
        pass
    metrics.flush()
    assert lines == []


def test_many_threads_lose_nothing_and_no_line_holds_too_much(metrics, lines):
    def work(_number):
        with metrics.timed(Step.PUBLISH):
            metrics.count(Metric.APPROVED)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(1050)))
    metrics.flush()
    assert sum(len(line["StepLatency"]) for line in lines) == 1050
    assert max(len(line["StepLatency"]) for line in lines) <= MAX_VALUES
    assert sum(line.get("Approved", 0) for line in lines) == 1050


@pytest.fixture
def daemon(monkeypatch):
    """Listen in the X-Ray daemon's place, in a sampled trace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(5)
        monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", f"127.0.0.1:{receiver.getsockname()[1]}")
        monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={ROOT};Parent={PARENT};Sampled=1;Lineage=1:a:0")
        yield receiver


def received(daemon):
    header, _, document = daemon.recv(65_536).decode().partition("\n")
    assert json.loads(header) == {"format": "json", "version": 1}
    return json.loads(document)


def is_silent(daemon) -> bool:
    """Tell whether nothing has come: whatever was sent on loopback is there at once."""
    daemon.setblocking(False)
    try:
        daemon.recv(65_536)
    except BlockingIOError:
        return True
    return False


def test_a_part_of_an_invocation_is_a_subsegment_of_lambdas_segment(daemon, metrics):
    with (
        bound(correlation_id="request-1", payment_id="pay_1", code="x"),
        metrics.timed(Step.FINISH),
        subsegment("inner"),
    ):
        pass
    inner, outer = received(daemon), received(daemon)
    assert (inner["name"], outer["name"]) == ("inner", "finish")
    assert (outer["parent_id"], inner["parent_id"]) == (PARENT, outer["id"])
    for each in (inner, outer):
        assert (each["type"], each["trace_id"]) == ("subsegment", ROOT)
        assert each["annotations"] == {"correlation_id": "request-1", "payment_id": "pay_1"}
        assert "fault" not in each
        assert len(each["id"]) == 16
    assert outer["start_time"] <= inner["start_time"] <= inner["end_time"] <= outer["end_time"]
    with subsegment("later"):
        pass
    assert received(daemon)["parent_id"] == PARENT


def test_a_part_that_fails_is_a_fault_and_the_error_goes_on(daemon):
    with pytest.raises(KeyError), subsegment("part"):
        raise KeyError("tok_visa")
    document = received(daemon)
    assert document["fault"] is True
    assert "tok_visa" not in json.dumps(document)


@pytest.mark.parametrize("trace", ["", "Root=1-2-3", f"Root={ROOT};Parent={PARENT};Sampled=0", ";;==;Sampled=1", "x"])
def test_a_trace_that_is_not_sampled_costs_nothing(daemon, monkeypatch, trace):
    monkeypatch.setenv("_X_AMZN_TRACE_ID", trace)
    with subsegment("part"):
        pass
    assert is_silent(daemon)


@pytest.mark.parametrize("address", ["", "nonsense", "127.0.0.1:1", "127.0.0.1:99999", "127.0.0.1:x", ":"])
def test_a_daemon_that_is_not_there_is_in_nobodys_way(daemon, monkeypatch, address):
    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", address)
    done = []
    for _ in range(3):
        with subsegment("part"):
            done.append(1)
    assert len(done) == 3


def test_a_full_socket_is_in_nobodys_way(daemon, monkeypatch):
    class Full:
        def sendto(self, *_args):
            raise BlockingIOError

    monkeypatch.setattr(traces, "_socket", Full)
    with subsegment("part"):
        pass
    assert is_silent(daemon)


def test_only_listed_fields_are_logged(capsys):
    with pytest.raises(ValueError, match="card_token"):
        log("x", card_token="tok_visa")  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="card_token"), bound(card_token="tok_visa"):
        pass
    assert capsys.readouterr().out == ""
    assert not logs.FIELDS & {"card_token", "card", "number", "metadata", "key", "idempotency_key", "body", "headers"}


def test_what_is_bound_is_in_every_line_meanwhile(capsys):
    with bound(correlation_id="request-1", kind="capture"):
        log("first", kind="refund", ms=1.5)
        with bound(payment_id="pay_1"):
            log("second")
        with pytest.raises(KeyError), bound(payment_id="pay_2"):
            raise KeyError
        log("third")
    log("fourth")
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"event": "first", "correlation_id": "request-1", "kind": "refund", "ms": 1.5},
        {"event": "second", "correlation_id": "request-1", "kind": "capture", "payment_id": "pay_1"},
        {"event": "third", "correlation_id": "request-1", "kind": "capture"},
        {"event": "fourth"},
    ]


def test_invocations_in_threads_do_not_share_what_is_bound(capsys):
    def work(number):
        with bound(correlation_id=f"request-{number}", count=number):
            log("line")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(200)))
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(found) == 200
    assert all(line["correlation_id"] == f"request-{line['count']}" for line in found)
