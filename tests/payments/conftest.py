"""One processor on an in-process AWS: a session table like the stack's, a bus, and a queue that sees every event."""

from __future__ import annotations

import json
import os
import threading
import time
import uuid
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends

from tercet.payments import consumer, http, sweeper, workflow
from tercet.payments.model import session_of
from tercet.payments.services import services

REGION = "us-east-1"
TABLE = "tercet-sessions-test"
BUS = "tercet-payments-test"
TTL_S = 90_000
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": REGION,
    "TERCET_ENVIRONMENT": "test",
    "TERCET_PARAMETERS": "/tercet/test",
    "TERCET_SESSIONS_TABLE": TABLE,
    "TERCET_SESSION_TTL_S": str(TTL_S),
    "TERCET_EVENT_BUS": BUS,
}


class Context:
    """What Lambda hands to a handler."""

    aws_request_id = "11111111-2222-3333-4444-555555555555"

    def __init__(self, remaining_ms: int = 50_000) -> None:
        self.remaining_ms = remaining_ms

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_ms


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)

    @property
    def error(self) -> Any:
        assert set(self.body) == {"error"}
        assert set(self.body["error"]) == {"type", "code", "message", "param", "request_id"}
        return self.body["error"]


class Platform:
    """The four handlers, and what they leave behind."""

    def __init__(self) -> None:
        self.dynamodb = boto3.client("dynamodb", region_name=REGION)
        self.events = boto3.client("events", region_name=REGION)
        self._sqs = boto3.client("sqs", region_name=REGION)
        self.dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": "id", "AttributeType": "S"},
                {"AttributeName": "unpublished_shard", "AttributeType": "S"},
                {"AttributeName": "unpublished_since", "AttributeType": "N"},
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "unpublished",
                    "KeySchema": [
                        {"AttributeName": "unpublished_shard", "KeyType": "HASH"},
                        {"AttributeName": "unpublished_since", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )
        self.events.create_event_bus(Name=BUS)
        self._queue = self._sqs.create_queue(QueueName="seen")["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        self.events.put_rule(Name="all", EventBusName=BUS, EventPattern=json.dumps({"source": ["tercet.payments"]}))
        self.events.put_targets(Rule="all", EventBusName=BUS, Targets=[{"Id": "seen", "Arn": arn}])

    def request(
        self,
        method: str,
        resource: str,
        *,
        body: Any = None,
        merchant: str | None = "merchant-a",
        headers: dict[str, str] | None = None,
        path: dict[str, str] | None = None,
        is_base64: bool = False,
    ) -> Answer:
        headers = headers or {}
        context: dict[str, Any] = {"requestId": "req-1"}
        if merchant:
            context["authorizer"] = {"claims": {"client_id": merchant, "scope": "payments/write payments/read"}}
        answer = http.handler(
            {
                "resource": resource,
                "httpMethod": method,
                "headers": headers,
                "multiValueHeaders": {name: [value] for name, value in headers.items()},
                "pathParameters": path,
                "requestContext": context,
                "body": body if body is None or isinstance(body, str) else json.dumps(body),
                "isBase64Encoded": is_base64,
            },
            Context(),
        )
        return Answer(answer["statusCode"], answer["headers"], answer["body"])

    def pay(self, key: str | None = None, *, merchant: str = "merchant-a", **fields: Any) -> Answer:
        body = {"amount_minor": 1999, "currency": "USD", "card_token": "tok_visa", **fields}
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return self.request("POST", "/v1/payments", body=body, merchant=merchant, headers=headers)

    def show(self, payment_id: str, merchant: str = "merchant-a") -> Answer:
        return self.request("GET", "/v1/payments/{payment_id}", merchant=merchant, path={"payment_id": payment_id})

    def step(self, step: str, payment_id: str) -> str:
        answer = workflow.handler({"step": step, "payment_id": payment_id}, Context())
        assert set(answer) == {"payment_id", "state", "capture"}
        assert answer["payment_id"] == payment_id
        return answer["state"]

    def sweep(self, remaining_ms: int = 50_000) -> dict[str, int]:
        return sweeper.handler({}, Context(remaining_ms))

    def consume(self, *bodies: str) -> list[str]:
        records = [{"messageId": f"m{number}", "body": body} for number, body in enumerate(bodies)]
        failures = consumer.handler({"Records": records}, Context())["batchItemFailures"]
        return [each["itemIdentifier"] for each in failures]

    def published(self) -> list[dict[str, Any]]:
        """Events that reached the bus since the last call."""
        seen: list[dict[str, Any]] = []
        while messages := self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                seen.append(json.loads(message["Body"]))
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return seen

    def items(self) -> list[dict[str, Any]]:
        return self.dynamodb.scan(TableName=TABLE, ConsistentRead=True)["Items"]

    def change(self, payment_id: str, expression: str, **values: dict[str, Any]) -> None:
        self.dynamodb.update_item(
            TableName=TABLE,
            Key={"id": {"S": session_of(payment_id)}},
            UpdateExpression=expression,
            ExpressionAttributeValues={f":{name}": value for name, value in values.items()},
        )

    def clear(self) -> None:
        """Forget all payments and events, at once."""
        dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[TABLE].items.clear()
        self.published()

    def expires_in_s(self, payment_id: str) -> float | None:
        """How long a session is kept, by the attribute that DynamoDB's time to live looks at."""
        (item,) = [item for item in self.items() if item["payment_id"]["S"] == payment_id]
        return float(item["expires_at"]["N"]) - time.time() if "expires_at" in item else None

    def expire(self, payment_id: str) -> None:
        """Let time pass until a session has expired, which only one at its end can."""
        assert self.expires_in_s(payment_id) is not None
        self.change(payment_id, "SET expires_at = :then", then={"N": "1"})

    def age_outbox(self, payment_id: str) -> None:
        self.change(payment_id, "SET unpublished_since = :then", then={"N": "1000"})


@pytest.fixture(scope="module")
def clean_platform():
    """One for all tests of a module: making the clients and tables takes longer than most tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        # A conditional write is one step to DynamoDB; moto takes two, which threads can get between.
        lock = threading.RLock()
        for name in ("put_item", "update_item"):
            patch.setattr(DynamoDBBackend, name, _locked(lock, getattr(DynamoDBBackend, name)))
        services.cache_clear()
        with mock_aws():
            platform = Platform()
            services()
            yield platform
        services.cache_clear()


def _locked(lock: threading.RLock, original: Any) -> Any:
    def locked(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return original(*args, **kwargs)

    return locked


@pytest.fixture
def platform(clean_platform: Platform):
    clean_platform.clear()
    return clean_platform


@pytest.fixture
def bus_down(monkeypatch: pytest.MonkeyPatch, platform: Platform):
    """Let every PutEvents fail until the returned function is called."""
    from botocore.exceptions import EndpointConnectionError

    client = services().publisher._client
    original = client.put_events

    def refuse(**_kwargs: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="https://events")

    monkeypatch.setattr(client, "put_events", refuse)
    return lambda: monkeypatch.setattr(client, "put_events", original)
