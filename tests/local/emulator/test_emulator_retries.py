"""A request that a client repeats because its answer was lost is carried out once."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import uuid

import pytest


def put_parameter(url: str, name: str, *, invocation: str, attempt: int) -> int:
    """Ask as an AWS client does, for which botocore leaves no way to lose an answer."""
    request = urllib.request.Request(
        url,
        data=json.dumps({"Name": name, "Value": "1", "Type": "String"}).encode(),
        headers={
            "X-Amz-Target": "AmazonSSM.PutParameter",
            "Content-Type": "application/x-amz-json-1.1",
            "Authorization": "AWS4-HMAC-SHA256 Credential=embedded/20261126/us-east-1/ssm/aws4_request",
            "Amz-Sdk-Invocation-Id": invocation,
            "Amz-Sdk-Request": f"attempt={attempt}; max=25",
        },
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=30) as answer:
            assert json.load(answer)["Version"] == 1
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_repeated_attempt_gets_the_answer_of_the_first(emulator_url: str) -> None:
    name, invocation = f"/retries/{uuid.uuid4()}", str(uuid.uuid4())
    assert put_parameter(emulator_url, name, invocation=invocation, attempt=1) == 200
    assert put_parameter(emulator_url, name, invocation=invocation, attempt=2) == 200
    assert put_parameter(emulator_url, name, invocation=str(uuid.uuid4()), attempt=1) == 400


@pytest.mark.parametrize("attempt", [1, 2])
def test_an_attempt_that_failed_is_carried_out_again(emulator_url: str, attempt: int) -> None:
    name, invocation = f"/retries/{uuid.uuid4()}", str(uuid.uuid4())
    assert put_parameter(emulator_url, "aws", invocation=invocation, attempt=1) == 400
    assert put_parameter(emulator_url, name, invocation=invocation, attempt=attempt) == 200
