"""The platform's own document behind the front, and behind that the real handler on the embedded services."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from tercet.payments import services
from tercet.payments.handlers import api
from tercet.payments.migrations.run import migrate
from tercet.stack.gateway_extensions import imported_document
from tests.local.front.front_site import INVOKE_ARN, REGION, Cloud, Site, running_site

PARAMETERS = {
    "acquirer/sandbox-table": "acquirer-sandbox",
    "events/bus": "payments",
    "idempotency/ttl-s": "90000",
    "sessions/table": "sessions",
    "sessions/ttl-s": "86400",
}
TABLES = ("acquirer-sandbox", "sessions")
API_TIMEOUT_S = 25


class Context:
    """Lambda's context object of an invocation that begins now."""

    aws_request_id = "1"

    def __init__(self) -> None:
        self._end = time.monotonic() + API_TIMEOUT_S

    def get_remaining_time_in_millis(self) -> int:
        return int((self._end - time.monotonic()) * 1000)


def platform_document(user_pool_arn: str) -> dict[str, Any]:
    """Give what Terraform sends to API Gateway."""
    text = (files("tercet.payments") / "openapi.yaml").read_text(encoding="utf-8")
    return imported_document(
        yaml.safe_load(text), name="tercet-payments-test", user_pool_arn=user_pool_arn, invoke_arn=INVOKE_ARN
    )


@contextmanager
def open_shop(endpoint: str, folder: Path) -> Iterator[Site]:
    """Deploy the platform's API, as far as the front and the API's function need it."""
    migrate(f"sqlite:///{folder / 'payments.db'}")
    cloud = Cloud(endpoint, folder, platform_document)
    cloud.deploy()
    with _services_of(cloud), running_site(cloud) as site:
        _forget()
        site.handler = lambda event: api.handler(event, Context())
        site.forget()
        yield site
        _forget()


@contextmanager
def environment_of(site: Site) -> Iterator[None]:
    """Give this process the environment of the shop's function."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ENDPOINT_URL": site.cloud.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "TERCET_DATABASE_URL": f"sqlite:///{site.cloud.state.parent / 'payments.db'}",
            "TERCET_ENVIRONMENT": "test",
            "TERCET_PARAMETERS": "/tercet/test",
        }.items():
            patch.setenv(name, value)
        yield


@contextmanager
def _services_of(cloud: Cloud) -> Iterator[None]:
    dynamodb, events, ssm = cloud.client("dynamodb"), cloud.client("events"), cloud.client("ssm")
    for table in TABLES:
        dynamodb.create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        )
    events.create_event_bus(Name="payments")
    for name, value in PARAMETERS.items():
        ssm.put_parameter(Name=f"/tercet/test/{name}", Value=value, Type="String", Overwrite=True)
    yield
    events.delete_event_bus(Name="payments")
    for table in TABLES:
        dynamodb.delete_table(TableName=table)


def _forget() -> None:
    for cached in (services._built, services._parameters, services.client):
        cached.cache_clear()
