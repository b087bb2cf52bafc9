"""What a user does with the embedded platform, from ``up`` to ``down``, and what may go wrong between."""

from __future__ import annotations

import json
import re
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.deployed import Deployed, tercet

pytestmark = pytest.mark.slow

PLACEHOLDER = "set-by-the-migration"


def printed_curl(shown: str) -> str:
    (line,) = [line.strip() for line in shown.splitlines() if line.strip().startswith("curl ")]
    return line


def test_up_shows_what_stands_and_how_to_pay_and_stop(deployed: Deployed):
    shown = (deployed.folder / "up.txt").read_text()
    for words in ("network", "database", "us-east-1a", "us-east-1b", "us-east-1c", "regional", "Stop:", "down"):
        assert words in shown
    assert re.search(r"http://127\.0\.0\.1:\d+/live", shown)


def test_status_tells_which_database_it_is(deployed: Deployed):
    assert deployed.status["database"].startswith(("MariaDB ", "SQLite "))


def test_the_printed_curl_takes_a_payment(deployed: Deployed):
    line = printed_curl((deployed.folder / "up.txt").read_text())
    answer = subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, cwd=deployed.folder, timeout=60, check=True
    )
    payment = json.loads(answer.stdout)
    assert payment["amount_minor"] == 4200
    assert payment["currency"] == "EUR"
    assert payment["id"].startswith("pay_")


def request(deployed: Deployed, path: str, *, token: str | None = None, **options) -> tuple[int, dict]:
    asked = urllib.request.Request(deployed.status["api_url"] + path, **options)
    if token:
        asked.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def pay(deployed: Deployed, key: str, *, card_token: str = "tok_visa", amount_minor: int = 1000) -> tuple[int, dict]:
    body = {"amount_minor": amount_minor, "currency": "USD", "card_token": card_token}
    headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
    data = json.dumps(body).encode()
    return request(deployed, "/v1/payments", token=deployed.token, data=data, headers=headers, method="POST")


def events_until(deployed: Deployed, payment_id: str, last: str) -> list[str]:
    """Wait, at most a minute, until a payment has had a kind of event; give all that it has had, in order."""
    deadline = time.monotonic() + 60
    kinds: list[str] = []
    while last not in kinds and time.monotonic() < deadline:
        status, page = request(deployed, f"/v1/payments/{payment_id}/events", token=deployed.token)
        assert status == 200, page
        kinds = [event["type"].removeprefix("payment.") for event in page["data"]]
        time.sleep(0.5)
    return kinds


def test_health_needs_no_token_and_payments_do(deployed: Deployed):
    assert request(deployed, "/v1/health")[0] == 200
    status, body = request(deployed, "/v1/payments/pay_x")
    assert status == 401
    assert set(body["error"]) >= {"type", "code", "message", "request_id"}


def test_the_workflow_settles_what_was_captured_and_releases_what_is_too_risky(deployed: Deployed):
    status, approved = pay(deployed, "workflow-approved")
    assert (status, approved["state"]) == (201, "captured")
    assert events_until(deployed, approved["id"], "settled") == ["created", "authorized", "captured", "settled"]
    status, risky = pay(deployed, "workflow-risky", card_token="tok_risky")
    assert (status, risky["state"]) == (201, "authorized")
    assert events_until(deployed, risky["id"], "voided") == ["created", "authorized", "voided"]


def test_what_a_merchant_captures_is_settled(deployed: Deployed):
    body = json.dumps({"amount_minor": 1000, "currency": "USD", "card_token": "tok_visa", "capture": False}).encode()
    headers = {"Idempotency-Key": "manual", "Content-Type": "application/json"}
    post = {"token": deployed.token, "headers": headers, "method": "POST"}
    status, payment = request(deployed, "/v1/payments", data=body, **post)
    assert (status, payment["state"]) == (201, "authorized")
    path = f"/v1/payments/{payment['id']}/capture"
    status, captured = request(
        deployed, path, data=b'{"amount_minor": 400}', **post | {"headers": headers | {"Idempotency-Key": "capture"}}
    )
    assert (status, captured["state"]) == (200, "partially_captured")
    told = ["created", "authorized", "captured", "settlement_due", "settled"]
    assert events_until(deployed, payment["id"], "settled") == told


def test_a_declined_card_is_told_at_once(deployed: Deployed):
    status, declined = pay(deployed, "declined", card_token="tok_declined")
    assert status == 402, declined
    assert declined["error"]["code"] == "card_declined"


def test_a_repeated_key_is_one_payment(deployed: Deployed):
    first = pay(deployed, "repeated")
    again = pay(deployed, "repeated")
    assert first[1]["id"] == again[1]["id"]
    status, refused = pay(deployed, "repeated", amount_minor=2000)
    assert status == 422
    assert refused["error"]["code"] == "idempotency_key_reused"


def test_a_second_up_finds_nothing_to_change(deployed: Deployed):
    before = deployed.status
    answer = deployed.tercet("up")
    assert answer.returncode == 0, answer.stderr
    assert "No changes" in answer.stdout
    assert json.loads(deployed.tercet("status", "--json").stdout) == before


def test_a_command_of_another_folder_knows_nothing_of_it(deployed: Deployed, tmp_path: Path):
    answer = tercet("status", "--json", folder=tmp_path)
    assert answer.returncode == 1
    assert json.loads(answer.stdout) == {"running": False}
    assert tercet("down", folder=tmp_path).returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_two_commands_at_once_are_refused_clearly(deployed: Deployed):
    import fcntl

    with (deployed.folder / ".tercet" / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        answer = deployed.tercet("up")
    assert answer.returncode == 2
    assert "Another tercet command is at work" in answer.stderr


@pytest.mark.parametrize("other", [{"TERCET_REGION": "eu-west-1"}, {"ENVIRONMENT_SUFFIX": "other"}])
def test_another_deployment_is_refused_while_one_runs(deployed: Deployed, other: dict[str, str]):
    answer = deployed.tercet("up", **other)
    assert answer.returncode == 2
    assert "tercet down" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert json.loads(deployed.tercet("status", "--json").stdout)["suffix"] == deployed.suffix


def test_the_state_and_outputs_hold_no_secret(deployed: Deployed):
    """The database's password and the merchants' client secrets are made by AWS and never pass through Terraform."""
    state = deployed.state.read_text()
    secrets = deployed.client("secretsmanager")
    for secret in secrets.list_secrets()["SecretList"]:
        value = secrets.get_secret_value(SecretId=secret["ARN"]).get("SecretString", "")
        password = json.loads(value)["password"] if value.startswith("{") else value
        if password == PLACEHOLDER:
            continue  # nobody can log in by it: the migration puts a password in its place, where there is an Aurora
        assert len(password) > 7
        assert password not in state
    cognito = deployed.client("cognito-idp")
    (pool,) = cognito.list_user_pools(MaxResults=10)["UserPools"]
    for client in cognito.list_user_pool_clients(UserPoolId=pool["Id"], MaxResults=10)["UserPoolClients"]:
        described = cognito.describe_user_pool_client(UserPoolId=pool["Id"], ClientId=client["ClientId"])
        assert described["UserPoolClient"]["ClientSecret"] not in state
    assert deployed.token not in state
    placeholder = {"secret_string": json.dumps({"username": "payments", "password": PLACEHOLDER})}
    for kind, attributes in secret_attributes(json.loads(state)):
        assert attributes in ({}, placeholder), kind
    everything = "".join(
        log.read_text(errors="replace")
        for log in (deployed.folder / ".tercet" / "session").rglob("*")
        if log.is_file() and log.suffix in {".log", ".jsonl", ".txt"}
    )
    assert deployed.token not in everything


def secret_attributes(state: dict) -> list[tuple[str, dict]]:
    """Attributes of resources whose name says that they hold a secret, and which have a value."""
    secret = re.compile(r"(^|_)(password|secret_string|client_secret|private_key|access_token)$")
    return [
        (
            resource["type"],
            {
                name: value
                for instance in resource["instances"]
                for name, value in instance["attributes"].items()
                if secret.search(name) and isinstance(value, str) and value
            },
        )
        for resource in state["resources"]
    ]
