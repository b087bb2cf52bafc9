"""Requests, hostile ones too: each gets the answer that API Gateway would give, and none makes the front hang."""

from __future__ import annotations

import io
import json
import logging
import re
import time

import pytest

from tercet.errors import LocalError
from tercet.local.front import Front, serve, server
from tercet.local.front.api import Api
from tercet.local.front.deployed import REREAD_AFTER_S, DeployedApi
from tercet.local.front.gateway import MAX_BODY_BYTES
from tercet.local.front.proxy import InvocationFailedError, InvocationThrottledError, InvocationTimeoutError
from tercet.payments.api import bodies
from tercet.payments.api.routes import NOTIFY, ROUTES
from tests.local.front.front_shop import platform_document


def test_the_function_gets_the_event_that_api_gateway_documents(site):
    token = site.token()
    site.request(
        "GET", "/live/v1/payments/pay_a%20b?x=1&x=2&y=", token=token, headers={"X-One": "1", "User-Agent": "shop"}
    )
    (event,) = site.events
    assert site.arns == ["arn:aws:lambda:us-east-1:123456789012:function:tercet-api-test:live"]
    assert set(event) == {
        "resource", "path", "httpMethod", "headers", "multiValueHeaders", "queryStringParameters",
        "multiValueQueryStringParameters", "pathParameters", "stageVariables", "requestContext", "body",
        "isBase64Encoded",
    }  # fmt: skip
    assert (event["resource"], event["httpMethod"]) == ("/v1/payments/{payment_id}", "GET")
    assert event["path"] == "/v1/payments/pay_a%20b"
    assert event["pathParameters"] == {"payment_id": "pay_a b"}
    assert event["queryStringParameters"] == {"x": "2", "y": ""}
    assert event["multiValueQueryStringParameters"] == {"x": ["1", "2"], "y": [""]}
    assert event["headers"]["X-One"] == "1"
    assert event["multiValueHeaders"]["X-One"] == ["1"]
    assert (event["body"], event["isBase64Encoded"], event["stageVariables"]) == (None, False, None)
    context = event["requestContext"]
    assert context["stage"] == "live"
    assert context["path"] == "/live/v1/payments/pay_a%20b"
    assert context["resourcePath"] == "/v1/payments/{payment_id}"
    assert context["accountId"] == "123456789012"
    assert context["apiId"] == site.cloud.api_id
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert context["identity"]["userAgent"] == "shop"
    assert all(isinstance(value, str) for value in context["authorizer"]["claims"].values())
    assert abs(context["requestTimeEpoch"] / 1000 - time.time()) < 60
    json.dumps(event)


def test_an_open_operation_needs_no_token_and_has_no_authorizer(site):
    assert site.request("GET", "/live/v1/health").status == 200
    assert "authorizer" not in site.events[0]["requestContext"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/live/v1/nothing"),
        ("GET", "/live"),
        ("GET", "/live/"),
        ("GET", "/live/v1/payments"),
        ("DELETE", "/live/v1/payments"),
        ("OPTIONS", "/live/v1/payments"),
        ("HEAD", "/live/v1/health"),
        ("BREW", "/live/v1/health"),
        ("GET", "/live/v1/payments/a/b"),
        ("GET", "/live/v1%2Fhealth"),
        ("GET", "/live/v1/../v1/health"),
        ("GET", "/live//v1/health"),
    ],
)
def test_an_unknown_route_gets_the_envelope(site, method, path):
    answer = site.request(method, path)
    assert answer.status == 404
    if method == "HEAD":
        assert answer.raw == b""
    else:
        assert answer.error["code"] == "no_such_operation"
        assert answer.error["message"] == "Missing Authentication Token"
    assert site.events == []


@pytest.mark.parametrize("path", ["/", "/other/v1/health", "/v1/health", "/LIVE/v1/health"])
def test_an_unknown_stage_is_forbidden_as_api_gateway_says_it(site, path):
    answer = site.request("GET", path)
    assert (answer.status, answer.body) == (403, {"message": "Forbidden"})


def test_a_missing_header_and_a_bad_body_are_refused_before_the_function(site):
    token = site.token()
    missing = site.pay(token, key=None)
    assert missing.status == 400
    assert missing.error["message"] == "Missing required request parameters: [Idempotency-Key]"
    for fields in ({"amount_minor": 0}, {"amount_minor": "1"}, {"amount_minor": True}, {"currency": "usd"}, {"x": 1}):
        answer = site.pay(token, **fields)
        assert (answer.status, answer.error["message"]) == (400, "Invalid request body")
    assert site.events == []
    assert site.pay(token).status == 200


@pytest.mark.parametrize("body", [b"", b"nonsense", b"\xff\xfe", b"[" * 8_000, b'"\xc3("'])
def test_a_body_that_is_no_json_is_refused(site, body):
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    answer = site.request("POST", "/live/v1/payments", token=site.token(), body=body, headers=headers)
    assert (answer.status, answer.error["message"]) == (400, "Invalid request body")


def test_a_body_of_another_media_type_goes_to_the_function_as_with_api_gateway(site):
    headers = {"Content-Type": "text/plain", "Idempotency-Key": "k"}
    answer = site.request("POST", "/live/v1/payments", token=site.token(), body=b"\xff", headers=headers)
    assert answer.status == 200
    assert site.events[0]["body"] == "\ufffd"


def test_the_functions_answer_is_passed_on(site):
    site.answer = lambda event: {
        "statusCode": 201,
        "headers": {"Content-Type": "text/plain", "X-A": "1", "Connection": "keep-alive", "Content-Length": "9999"},
        "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
        "body": "aMO8",
        "isBase64Encoded": True,
    }
    answer = site.request("GET", "/live/v1/health")
    assert (answer.status, answer.raw) == (201, "hü".encode())
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.headers["X-A"] == "1"
    assert answer.headers["Content-Length"] == "3"


@pytest.mark.parametrize(
    "given",
    [
        None, "text", [], {}, {"statusCode": "x"}, {"statusCode": True}, {"statusCode": 99}, {"statusCode": 600},
        {"statusCode": 200, "body": {}}, {"statusCode": 200, "headers": []},
        {"statusCode": 200, "headers": {"a b": "c"}},
        {"statusCode": 200, "headers": {"a": "b\r\nSet-Cookie: c"}}, {"statusCode": 200, "headers": {"a": {}}},
        {"statusCode": 200, "body": "!", "isBase64Encoded": True}, {"statusCode": 200, "body": "\ud800"},
        {"statusCode": 200, "body": "x" * 11_000_000}, {"errorMessage": "Task timed out", "errorType": "x"},
    ],
)  # fmt: skip
def test_an_answer_that_is_no_proxy_response_is_502(site, given):
    site.answer = lambda event: given
    answer = site.request("GET", "/live/v1/health")
    assert (answer.status, answer.error["code"]) == (502, "internal_error")


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (InvocationFailedError, 502, "api_error"),
        (InvocationTimeoutError, 504, "api_error"),
        (InvocationThrottledError, 429, "invalid_request_error"),  # the default of this document; the platform has one
    ],
)
def test_a_function_that_fails_or_does_not_answer_is_told_apart(site, error, status, kind):
    def fail(event):
        raise error("secret detail")

    site.answer = fail
    answer = site.request("GET", "/live/v1/health")
    assert (answer.status, answer.error["type"]) == (status, kind)
    assert b"secret" not in answer.raw


def head(line: str, *headers: str) -> bytes:
    return "\r\n".join([line, "Host: x", *headers, "", ""]).encode("latin-1")


POST = "POST /live/v1/payments HTTP/1.1"


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"GET /live/v1/health HTTP/9.9\r\n\r\n", 505),
        (b"GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (head("GET /" + "x" * 70_000 + " HTTP/1.1"), 414),
        (head("GET /live/v1/health HTTP/1.1", "X: " + "y" * 70_000), 431),
        (head("GET /live/v1/health HTTP/1.1", *["X: y"] * 200), 431),
        (head(POST, "Content-Length: 5", "Transfer-Encoding: chunked") + b"0\r\n\r\n", 400),
        (head(POST, "Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n", 400),
        (head(POST, "Transfer-Encoding: chunked") + b"zz\r\n\r\n", 400),
        (head(POST, "Transfer-Encoding: chunked") + b"-5\r\n\r\n", 400),
        (head(POST, "Content-Length: 1", "Content-Length: 2") + b"ab", 400),
        (head(POST, "Content-Length: +1") + b"a", 400),
        (head(POST, "Content-Length: -1"), 400),
        (head(POST, "Content-Length: x"), 400),
        (head(POST, "Content-Length: 8193") + b"x" * 8_193, 403),
        (head(POST, "Content-Length: " + "9" * 40), 403),
        (head(POST, "Content-Length: 10") + b"abc", 400),
        (head("GET /live/v1/h\xe4lth HTTP/1.1"), 404),
        (head("GET /live/v1/health?%FF=%FF HTTP/1.1"), 200),
        (head("GET /live/v1/health HTTP/1.1", "X-\xff: \xff"), 200),
        (head("GET http://elsewhere/live/v1/health HTTP/1.1"), 200),
        (head("GET /live/v1/health HTTP/1.1", "Content-Length: 0"), 200),
        (head("GET /live/v1/health HTTP/1.1", "Transfer-Encoding: chunked") + b"3\r\nabc\r\n0\r\n\r\n", 200),
    ],
    ids=range(24),
)
def test_hostile_requests_get_an_answer(site, raw, status, capfd):
    started = time.monotonic()
    received = site.send(raw, then_close=True)
    assert time.monotonic() - started < 10
    assert received.split(b" ", 2)[1] == str(status).encode()
    json.loads(received.partition(b"\r\n\r\n")[2])
    assert b"Traceback" not in received
    assert "Traceback" not in "".join(capfd.readouterr())
    assert site.request("GET", "/live/v1/health").status == 200


def test_a_second_request_in_the_body_of_the_first_is_not_answered(site):
    smuggled = head("GET /live/v1/health HTTP/1.1")
    raw = head(POST, "Content-Length: 0", "Connection: keep-alive") + smuggled
    assert site.send(raw, then_close=True).count(b"HTTP/1.1 ") == 1


def test_a_connection_that_stands_still_is_ended(site, monkeypatch):
    assert server.SOCKET_TIMEOUT_S <= 30
    monkeypatch.setattr(server._Handler, "timeout", 0.5)
    started = time.monotonic()
    for begun in (b"GET /live/v1/he", head(POST, "Content-Length: 100") + b"abc"):
        site.send(begun)
    assert time.monotonic() - started < 5


def test_a_body_is_bounded_to_the_byte_and_at_the_processors_own_limit(site):
    assert MAX_BODY_BYTES == bodies.MAX_BODY_BYTES
    body = json.dumps({"amount_minor": 1, "currency": "USD", "card_token": "tok_visa"}).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    for chunked in (False, True):
        for size, status in ((MAX_BODY_BYTES, 200), (MAX_BODY_BYTES + 1, 403)):
            sent = body.ljust(size)
            given = iter([sent[:5_000], sent[5_000:]]) if chunked else sent
            assert (
                site.request("POST", "/live/v1/payments", token=site.token(), body=given, headers=headers).status
                == status
            )
    assert len(site.events) == 2


def test_the_access_log_cannot_be_forged(site):
    site.send(head("GET /live/\x1b[2J%0aforgedline HTTP/1.1"), then_close=True)
    (line,) = site.log.getvalue().splitlines()
    assert line.isprintable()
    assert "forged" not in line


def test_what_a_caller_puts_into_a_path_is_in_no_log(site, capfd):
    for path in ("/live/v1/payments/4111111111111111", "/live/v1/4111111111111111", "/4111111111111111"):
        site.request("GET", path, token=site.token())
    written = site.log.getvalue() + "".join(capfd.readouterr())
    assert "GET /live/v1/payments/{payment_id} 200" in written
    assert "4111" not in written


def test_nothing_is_served_until_it_is_deployed_and_after_it_is_destroyed(own_site):
    assert own_site.request("GET", "/live/v1/health").status == 200
    own_site.cloud.undeploy()
    time.sleep(REREAD_AFTER_S + 0.1)
    assert own_site.request("GET", "/live/v1/health").body == {"message": "Forbidden"}
    answer = own_site.request(
        "POST", "/oauth2/token", body="grant_type=client_credentials&client_id=a&client_secret=b",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert answer.body == {"error": "invalid_client"}


def test_a_new_deployment_is_served_without_a_restart(own_site):
    assert own_site.pay(None).status == 401
    changed = json.loads(json.dumps(own_site.cloud.document))
    changed["paths"]["/v1/payments"]["post"]["security"] = []
    own_site.cloud.deploy(changed)
    time.sleep(REREAD_AFTER_S + 0.1)
    assert own_site.pay(None).status == 200


def test_an_operation_that_the_embedded_aws_lacks_is_not_served(own_site):
    changed = json.loads(json.dumps(own_site.cloud.document))
    changed["paths"]["/v1/extra"] = changed["paths"]["/v1/health"]
    own_site.cloud.deploy(changed)
    time.sleep(REREAD_AFTER_S + 0.1)
    assert own_site.request("GET", "/live/v1/extra").status == 404


def compiled(document):
    operations = frozenset((path, method) for path, item in document["paths"].items() for method in item)
    ids = dict.fromkeys(document["paths"], "r")
    return Api(DeployedApi("id", "live", "us-east-1", {}, document, ids, operations))


def test_the_platforms_own_document_compiles():
    api = compiled(platform_document("arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abc"))
    operation, _ = api.find("POST", "/v1/payments")
    validator = operation.bodies["application/json"]
    assert validator.is_valid({"amount_minor": 1, "currency": "USD", "card_token": "tok_visa"})
    assert not validator.is_valid({"amount_minor": 0, "currency": "USD", "card_token": "tok_visa"})
    assert api.user_pool_ids == {"us-east-1_abc"}


def test_every_operation_of_the_platform_is_found_and_demands_its_scope():
    document = platform_document("arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abc")
    api = compiled(document)
    for route in ROUTES:
        operation, parameters = api.find(route.method, re.sub(r"\{[a-z_]+\}", "x", route.path))
        assert (operation.path, operation.method) == (route.path, route.method.lower())
        assert set(parameters.values()) <= {"x"}
        assert operation.scopes == ({route.scope} if route.scope else set())
        assert operation.function_arn == "arn:aws:lambda:us-east-1:123456789012:function:tercet-api-test:live"
        assert bool(operation.bodies) is (route.method == "POST")
        needs_key = route.method == "POST" and route.scope != NOTIFY
        assert operation.required_parameters == ((("header", "Idempotency-Key"),) if needs_key else ())


def test_a_port_that_is_taken_is_told(site):
    with pytest.raises(LocalError, match="another port"):
        Front(
            *site.address, source=lambda: None, invoke=lambda arn, event: None,
            aws_endpoint=site.cloud.endpoint, region="us-east-1", access_log=io.StringIO(),
        )  # fmt: skip


def test_serve_reads_a_sessions_folder_and_logs_into_it(cloud, tmp_path):
    folder = tmp_path / "session"
    state = folder / "out" / "stacks" / "tercet" / "terraform.tfstate"
    state.parent.mkdir(parents=True)
    handlers = list(logging.getLogger("tercet.local.front").handlers)
    with serve("127.0.0.1", 0, aws_endpoint=cloud.endpoint, region="us-east-1", folder=folder) as front:
        assert front.url.startswith("http://127.0.0.1:")
        state.write_bytes(cloud.state.read_bytes())
    assert logging.getLogger("tercet.local.front").handlers == handlers
    assert (folder / "front.log").exists()
