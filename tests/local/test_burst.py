"""Many requests at once, over HTTP, against the deployed platform: the same key is one payment."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.deployed import Deployed

pytestmark = pytest.mark.slow

CLIENTS = 50


def test_a_burst_with_one_key_makes_one_payment_and_starts_one_workflow(deployed: Deployed):
    url, token = f"{deployed.status['api_url']}/v1/payments", deployed.token
    body = json.dumps({"amount_minor": 777, "currency": "USD", "card_token": "tok_visa"}).encode()
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "burst", "Content-Type": "application/json"}

    def pay(_: int) -> tuple[int, dict[str, Any], bool]:
        asked = urllib.request.Request(url, data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                return answer.status, json.load(answer), "Idempotent-Replayed" in answer.headers
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused), False

    with ThreadPoolExecutor(CLIENTS) as threads:
        answers = list(threads.map(pay, range(CLIENTS)))
    # 409: the first one is still running. 429: the embedded AWS runs a few processes of a function, and on a slow
    # machine some wait in vain.
    assert {status for status, _, _ in answers} <= {201, 409, 429}
    made = [(answer, replayed) for status, answer, replayed in answers if status == 201]
    assert [replayed for _, replayed in made].count(False) == 1
    (payment_id,) = {answer["id"] for answer, _ in made}

    dynamodb, steps = deployed.client("dynamodb"), deployed.client("stepfunctions")
    table = f"tercet-acquirer-sandbox-{deployed.suffix}"
    items = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True).search("Items")
    asked = [
        json.loads(record["S"])
        for item in items
        if item["id"]["S"].startswith("operation#")
        for record in item["records"]["L"]
    ]
    charged = [record for record in asked if record.get("kind") == "authorize" and record.get("amount_minor") == 777]
    assert [record["payment_id"] for record in charged] == [payment_id], "the acquirer's own word"
    (machine,) = steps.list_state_machines()["stateMachines"]
    inputs = [
        steps.describe_execution(executionArn=execution["executionArn"])["input"]
        for execution in steps.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
    ]
    assert sum(payment_id in each for each in inputs) == 1
