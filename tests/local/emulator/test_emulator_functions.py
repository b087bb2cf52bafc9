"""Functions run for real: what a caller of Lambda relies on."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from emulator_helpers import EXTENDED, Connect, connect_to, eventually, make_function, zip_of

SOURCE = """
import json, logging, os, time

calls = 0

def handler(event, context):
    global calls
    calls += 1
    do = event.get("do")
    if do == "print":
        print("printed")
        logging.getLogger().warning("logged")
    if do == "raise":
        raise ValueError("no such payment")
    if do == "exit":
        os._exit(3)
    if do == "sleep":
        time.sleep(event["s"])
    if do == "aws":
        import boto3
        return boto3.client("sts").get_caller_identity()["Account"]
    if do == "real aws":
        import urllib.request
        urllib.request.urlopen("https://sts.amazonaws.com", timeout=1)
    if do == "import":
        import pytest
    return {
        "calls": calls,
        "pid": os.getpid(),
        "remaining_ms": context.get_remaining_time_in_millis(),
        "context": [context.function_name, context.function_version, context.invoked_function_arn,
                    context.memory_limit_in_mb, bool(context.aws_request_id)],
        "environment": dict(os.environ),
    }
"""


@pytest.fixture
def function(aws: Connect) -> str:
    name = f"f-{uuid.uuid4().hex[:8]}"
    make_function(
        aws, name, SOURCE, Timeout=1, MemorySize=256, Publish=True, Environment={"Variables": {"TABLE": "sessions"}}
    )
    return name


def call(aws: Connect, name: str, event: object = None, **arguments: Any) -> Any:
    answer = aws("lambda").invoke(FunctionName=name, Payload=json.dumps(event or {}), **arguments)
    return answer, json.loads(answer["Payload"].read() or "null")


def test_a_handler_sees_lambdas_environment_and_nothing_of_ours(aws: Connect, function: str, emulator_url: str) -> None:
    _, result = call(aws, function)
    environment = result["environment"]
    assert environment["TABLE"] == "sessions"
    assert environment["AWS_REGION"] == "us-east-1"
    assert environment["AWS_ENDPOINT_URL"] == emulator_url
    assert environment["_X_AMZN_TRACE_ID"].startswith("Root=1-")
    assert "HOME" not in environment
    assert 0 < result["remaining_ms"] <= 1000
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{function}"
    assert result["context"] == [function, "$LATEST", arn, "256", True]


def test_a_worker_stays_warm(aws: Connect, function: str) -> None:
    assert [call(aws, function)[1]["calls"] for _ in range(3)] == [1, 2, 3]


def test_an_alias_runs_its_version(aws: Connect, function: str) -> None:
    client = aws("lambda")
    client.create_alias(FunctionName=function, Name="live", FunctionVersion="1")
    client.update_function_code(FunctionName=function, ZipFile=zip_of("def handler(event, context): return 'new'"))
    answer, result = call(aws, function, Qualifier="live")
    assert answer["ExecutedVersion"] == "1"
    assert result["context"][1:3] == ["1", f"arn:aws:lambda:us-east-1:123456789012:function:{function}:live"]
    assert call(aws, function)[1] == "new"
    assert call(aws, f"{function}:live")[1]["calls"] == 2


def test_a_change_of_configuration_restarts_the_workers(aws: Connect, function: str) -> None:
    before = call(aws, function)[1]["pid"]
    aws("lambda").update_function_configuration(FunctionName=function, Environment={"Variables": {"TABLE": "other"}})
    after = call(aws, function)[1]
    assert after["environment"]["TABLE"] == "other"
    assert after["pid"] != before


def test_an_exception_is_the_answer(aws: Connect, function: str) -> None:
    answer, result = call(aws, function, {"do": "raise"})
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert (result["errorType"], result["errorMessage"]) == ("ValueError", "no such payment")
    assert len(result["stackTrace"]) == 1
    assert "app.py" in result["stackTrace"][0]


def test_a_function_that_takes_too_long_is_stopped(aws: Connect, function: str) -> None:
    answer, result = call(aws, function, {"do": "sleep", "s": 30})
    assert answer["FunctionError"] == "Unhandled"
    assert result["errorType"] == "Sandbox.Timedout"
    assert "Task timed out after 1.00 seconds" in result["errorMessage"]
    assert call(aws, function)[1]["calls"] == 1


def test_a_crash_is_an_answer_and_the_next_call_works(aws: Connect, function: str) -> None:
    answer, result = call(aws, function, {"do": "exit"})
    assert (answer["FunctionError"], result["errorType"]) == ("Unhandled", "Runtime.ExitError")
    assert "exit status 3" in result["errorMessage"]
    assert call(aws, function)[1]["calls"] == 1


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("import nothing_like_this", "Runtime.ImportModuleError"),
        ("def handler(", "Runtime.UserCodeSyntaxError"),
        ("other = 1", "Runtime.HandlerNotFound"),
        ("def handler(event, context): return object()", "Runtime.MarshalError"),
        ("raise RuntimeError('at import')", "RuntimeError"),
    ],
)
def test_what_cannot_run_says_why(aws: Connect, source: str, kind: str) -> None:
    name = f"f-{uuid.uuid4().hex[:8]}"
    make_function(aws, name, source)
    answer, result = call(aws, name)
    assert (answer["FunctionError"], result["errorType"]) == ("Unhandled", kind)


def test_a_handler_calls_the_embedded_aws_only(aws: Connect, function: str) -> None:
    aws("lambda").update_function_configuration(FunctionName=function, Timeout=10)
    assert call(aws, function, {"do": "aws"})[1] == "123456789012"
    assert "is the real AWS" in call(aws, function, {"do": "real aws"})[1]["errorMessage"]


def test_a_handler_has_no_packages_but_its_own_and_the_runtimes(aws: Connect, function: str) -> None:
    assert call(aws, function, {"do": "import"})[1]["errorType"] == "ModuleNotFoundError"


def test_what_a_handler_writes_is_in_cloudwatch_logs(aws: Connect, function: str) -> None:
    answer, _ = call(aws, function, {"do": "print"}, LogType="Tail")
    assert b"printed\n[WARNING]\troot\tlogged" in base64.b64decode(answer["LogResult"])
    events = aws("logs").filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
    assert "printed" in [event["message"] for event in events]


def test_a_dry_run_runs_nothing(aws: Connect, function: str) -> None:
    assert call(aws, function, InvocationType="DryRun")[0]["StatusCode"] == 204
    assert call(aws, function)[1]["calls"] == 1


def test_calls_at_once_share_a_bounded_number_of_workers(aws: Connect, function: str) -> None:
    aws("lambda").put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=2)
    with ThreadPoolExecutor(6) as threads:
        pids = set(threads.map(lambda _: call(aws, function, {"do": "sleep", "s": 0.1})[1]["pid"], range(6)))
    assert 1 <= len(pids) <= 2


def test_workers_of_old_versions_make_room_for_those_of_new_ones(aws: Connect, function: str) -> None:
    pids = []
    for number in range(6):
        version = aws("lambda").update_function_code(
            FunctionName=function, ZipFile=zip_of(SOURCE + f"# {number}"), Publish=True
        )["Version"]
        pids.append(call(aws, function, Qualifier=version)[1]["pid"])
    assert sum(_alive(pid) for pid in pids) <= 4
    assert _alive(pids[-1])


def test_no_reserved_concurrency_means_throttled(aws: Connect, function: str) -> None:
    aws("lambda").put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    with pytest.raises(ClientError) as refused:
        call(aws, function)
    assert refused.value.response["Error"]["Code"] == "TooManyRequestsException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429


def make_queue(aws: Connect, **attributes: str) -> tuple[str, str]:
    client = aws("sqs")
    url = client.create_queue(QueueName=f"q-{uuid.uuid4().hex[:8]}", Attributes=attributes)["QueueUrl"]
    return url, client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def receive(aws: Connect, url: str) -> list[dict[str, Any]]:
    answer = aws("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
    return answer.get("Messages", [])


def test_an_event_that_fails_is_retried_and_sent_to_the_destination(aws: Connect, function: str) -> None:
    url, arn = make_queue(aws)
    aws("lambda").put_function_event_invoke_config(
        FunctionName=function, MaximumRetryAttempts=1, DestinationConfig={"OnFailure": {"Destination": arn}}
    )
    assert call(aws, function, {"do": "raise"}, InvocationType="Event")[0]["StatusCode"] == 202
    (message,) = eventually(lambda: receive(aws, url))
    record = json.loads(message["Body"])
    assert (record["requestContext"]["condition"], record["requestContext"]["approximateInvokeCount"]) == (
        "RetriesExhausted",
        2,
    )
    assert record["requestPayload"] == {"do": "raise"}
    assert record["responsePayload"]["errorType"] == "ValueError"


def test_an_event_that_fails_is_sent_to_the_dead_letter_queue(aws: Connect, function: str) -> None:
    url, arn = make_queue(aws)
    aws("lambda").update_function_configuration(FunctionName=function, DeadLetterConfig={"TargetArn": arn})
    aws("lambda").put_function_event_invoke_config(FunctionName=function, MaximumRetryAttempts=0)
    call(aws, function, {"do": "raise"}, InvocationType="Event")
    (message,) = eventually(lambda: receive(aws, url))
    assert json.loads(message["Body"]) == {"do": "raise"}
    assert message["MessageAttributes"]["ErrorMessage"]["StringValue"] == "no such payment"


QUEUE_SOURCE = """
import boto3, json, os

def handler(event, context):
    failures = []
    for record in event["Records"]:
        body = json.loads(record["body"])
        if body.get("bad"):
            failures.append({"itemIdentifier": record["messageId"]})
        else:
            # Calling the same server while a message of it is handled must not dead-lock.
            boto3.client("sqs").send_message(QueueUrl=os.environ["OUT"], MessageBody=record["body"])
    return {"batchItemFailures": failures}
"""


def test_a_mapping_keeps_what_failed_until_it_is_dead(aws: Connect) -> None:
    name = f"f-{uuid.uuid4().hex[:8]}"
    out_url, _ = make_queue(aws)
    dead_url, dead_arn = make_queue(aws)
    policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 2})
    in_url, in_arn = make_queue(aws, RedrivePolicy=policy, VisibilityTimeout="60")
    make_function(aws, name, QUEUE_SOURCE, Environment={"Variables": {"OUT": out_url}})
    aws("lambda").create_event_source_mapping(
        FunctionName=name, EventSourceArn=in_arn, FunctionResponseTypes=["ReportBatchItemFailures"]
    )
    for number in range(5):
        aws("sqs").send_message(QueueUrl=in_url, MessageBody=json.dumps({"n": number, "bad": number == 3}))
    handled: list[int] = []
    eventually(lambda: handled.extend(json.loads(m["Body"])["n"] for m in receive(aws, out_url)) or len(handled) == 4)
    assert sorted(handled) == [0, 1, 2, 4]
    (dead,) = eventually(lambda: receive(aws, dead_url))
    assert json.loads(dead["Body"])["n"] == 3


def test_workers_end_when_the_server_is_killed(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", EXTENDED, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout
    try:
        connect = connect_to(process.stdout.readline().strip())
        make_function(connect, "f", SOURCE)
        pid = call(connect, "f")[1]["pid"]
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()
    eventually(lambda: not _alive(pid))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")  # a zombie that nobody reaps yet has ended, too
    return not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
