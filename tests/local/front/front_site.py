"""A front over moto's server: a pool, an API deployed from a document, and a state as Terraform writes it."""

from __future__ import annotations

import http.client
import io
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from tercet.local.front import Front, clients
from tercet.local.front.deployed import TerraformSource

REGION = "us-east-1"
STAGE = "live"
SCOPES = ("read", "write", "refund", "notify")
FUNCTION = f"arn:aws:lambda:{REGION}:123456789012:function:tercet-api-test:live"
INVOKE_ARN = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
ENVELOPE = (
    '{"error": {"type": "%s", "code": "%s", "message": $context.error.messageString, "param": null,'
    ' "request_id": "$context.requestId"}}'
)


def small_document(user_pool_arn: str) -> dict[str, Any]:
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": INVOKE_ARN}
    return {
        "openapi": "3.0.1",
        "info": {"title": "payments", "version": "1", "description": "d"},
        "paths": {
            "/v1/health": {"get": {"security": [], "responses": {}, "x-amazon-apigateway-integration": integration}},
            "/v1/payments": {
                "post": {
                    "security": [{"merchant": ["payments/write"]}],
                    "parameters": [{"name": "Idempotency-Key", "in": "header", "required": True}],
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PaymentRequest"}}},
                    },
                    "responses": {},
                    "x-amazon-apigateway-integration": integration,
                }
            },
            "/v1/payments/{payment_id}": {
                "get": {
                    "security": [{"merchant": ["payments/read"]}],
                    "responses": {},
                    "x-amazon-apigateway-integration": integration,
                }
            },
        },
        "components": {
            "securitySchemes": {
                "merchant": {
                    "type": "apiKey",
                    "name": "Authorization",
                    "in": "header",
                    "x-amazon-apigateway-authtype": "cognito_user_pools",
                    "x-amazon-apigateway-authorizer": {
                        "type": "cognito_user_pools",
                        "providerARNs": [user_pool_arn],
                    },
                }
            },
            "schemas": {
                "PaymentRequest": {
                    "type": "object",
                    "required": ["amount_minor", "currency", "card_token"],
                    "additionalProperties": False,
                    "properties": {
                        "id": {"type": "string"},
                        "amount_minor": {"type": "integer", "minimum": 1},
                        "currency": {"$ref": "#/components/schemas/Currency"},
                        "card_token": {"type": "string"},
                        "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
                    },
                },
                "Currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
            },
        },
        "x-amazon-apigateway-request-validators": {
            "all": {"validateRequestBody": True, "validateRequestParameters": True}
        },
        "x-amazon-apigateway-request-validator": "all",
        "x-amazon-apigateway-gateway-responses": {
            "DEFAULT_4XX": {
                "responseTemplates": {"application/json": ENVELOPE % ("invalid_request_error", "invalid_request")}
            },
            "DEFAULT_5XX": {"responseTemplates": {"application/json": ENVELOPE % ("api_error", "internal_error")}},
            "MISSING_AUTHENTICATION_TOKEN": {
                "statusCode": "404",
                "responseTemplates": {"application/json": ENVELOPE % ("invalid_request_error", "no_such_operation")},
            },
            "UNAUTHORIZED": {
                "statusCode": "401",
                "responseParameters": {"gatewayresponse.header.WWW-Authenticate": "'Bearer'"},
                "responseTemplates": {"application/json": ENVELOPE % ("authentication_error", "unauthorized")},
            },
        },
    }


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def error(self) -> Any:
        assert set(self.body) == {"error"}
        error = self.body["error"]
        assert set(error) == {"type", "code", "message", "param", "request_id"}
        assert error["request_id"]
        return error


class Cloud:
    """What Terraform would have deployed, and the state that it would have written.

    Parameters
    ----------
    make_document
        Gives the deployed document, for the ARN of the user pool.
    """

    def __init__(
        self, endpoint: str, folder: Path, make_document: Callable[[str], dict[str, Any]] = small_document
    ) -> None:
        self.endpoint = endpoint
        self.state = folder / "terraform.tfstate"
        self.cognito = self.client("cognito-idp")
        self.pool_id, self.pool_arn = self.pool("merchants")
        self._gateway = self.client("apigateway")
        self.document = make_document(self.pool_arn)
        self.api_id = self._gateway.import_rest_api(body=json.dumps(self.document))["id"]
        self._gateway.create_deployment(restApiId=self.api_id, stageName=STAGE)

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def pool(self, name: str) -> tuple[str, str]:
        pool = self.cognito.create_user_pool(PoolName=name)["UserPool"]
        self.cognito.create_resource_server(
            UserPoolId=pool["Id"],
            Identifier="payments",
            Name="payments",
            Scopes=[{"ScopeName": name, "ScopeDescription": name} for name in SCOPES],
        )
        return pool["Id"], pool["Arn"]

    def deploy(self, body: Mapping[str, Any] | None = None) -> None:
        arn = f"arn:aws:apigateway:{REGION}::/restapis/{self.api_id}"
        attributes = {
            "aws_api_gateway_rest_api": {"id": self.api_id, "arn": arn, "body": json.dumps(body or self.document)},
            "aws_api_gateway_stage": {"stage_name": STAGE, "arn": f"{arn}/stages/{STAGE}", "variables": None},
        }
        resources = [
            {"mode": "managed", "type": kind, "name": "it", "instances": [{"attributes": each}]}
            for kind, each in attributes.items()
        ]
        self.state.write_text(json.dumps({"version": 4, "resources": resources}))

    def undeploy(self) -> None:
        self._gateway.delete_stage(restApiId=self.api_id, stageName=STAGE)
        self.state.write_text(json.dumps({"version": 4, "resources": []}))


class Site:
    """A running front, and a merchant that speaks to it."""

    def __init__(self, front: Front, cloud: Cloud, log: io.StringIO) -> None:
        self.front = front
        self.cloud = cloud
        self.log = log
        self.merchant = "acme"
        self.address = (urlsplit(front.url).hostname or "", urlsplit(front.url).port or 0)
        self.handler: Callable[[Mapping[str, Any]], Any] = lambda event: {"statusCode": 200, "body": "{}"}
        self.answer = self.handler
        self.events: list[Mapping[str, Any]] = []
        self.arns: list[str] = []
        self.forget()

    def forget(self) -> None:
        self.answer = self.handler
        self.events.clear()
        self.arns.clear()
        self.log.seek(0)
        self.log.truncate()

    def client(self, *scopes: str, name: str | None = None) -> clients.Client:
        wanted = scopes or [f"payments/{scope}" for scope in SCOPES]
        return clients.ensure_client(self.cloud.endpoint, self.cloud.pool_id, name or self.merchant, wanted)

    def token(self, *scopes: str, name: str | None = None) -> str:
        return clients.token(self.front.url, self.client(name=name), scopes)

    def request(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        all_headers = dict(headers or {})
        if token is not None:
            all_headers["Authorization"] = f"Bearer {token}"
        connection = http.client.HTTPConnection(*self.address, timeout=15)
        try:
            connection.request(method, path, body, all_headers)
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def pay(self, token: str | None, *, key: str | None = "key-1", **fields: Any) -> Answer:
        body = {"amount_minor": 1999, "currency": "USD", "card_token": "tok_visa", **fields}
        return self.post("/v1/payments", token, key=key, **body)

    def post(self, path: str, token: str | None, *, key: str | None = None, **fields: Any) -> Answer:
        headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        return self.request("POST", f"/live{path}", token=token, body=json.dumps(fields), headers=headers)

    def send(self, raw: bytes, *, then_close: bool = False) -> bytes:
        """Send bytes as they are, and return everything that comes back."""
        with socket.create_connection(self.address, timeout=25) as connection:
            connection.sendall(raw)
            if then_close:
                connection.shutdown(socket.SHUT_WR)
            received = b""
            while chunk := connection.recv(65_536):
                received += chunk
            return received


@contextmanager
def running_site(cloud: Cloud) -> Iterator[Site]:
    log = io.StringIO()
    holder: list[Site] = []

    def invoke(function_arn: str, event: Mapping[str, Any], /) -> Any:
        holder[0].arns.append(function_arn)
        holder[0].events.append(event)
        return holder[0].answer(event)

    source = TerraformSource(cloud.state, endpoint_url=cloud.endpoint, region=REGION)
    with Front(
        "127.0.0.1", 0, source=source, invoke=invoke, aws_endpoint=cloud.endpoint, region=REGION, access_log=log
    ) as front:
        site = Site(front, cloud, log)
        holder.append(site)
        yield site
