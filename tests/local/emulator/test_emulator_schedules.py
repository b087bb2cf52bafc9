"""Schedules with a rate fire while the emulator runs."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid

import pytest
from emulator_helpers import Connect, eventually, make_function, make_role

from tercet.local.emulator.schedules import rate_s


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [("rate(1 minute)", 60), ("rate(5 minutes)", 300), ("rate(2 hours)", 7200), ("rate(1 day)", 86400)],
)
def test_a_rate_has_a_period(expression: str, seconds: int) -> None:
    assert rate_s(expression) == seconds


@pytest.mark.parametrize("expression", ["cron(0 5 * * ? *)", "at(2030-01-01T00:00:00)", "rate(5 weeks)", ""])
def test_other_expressions_have_none(expression: str) -> None:
    assert rate_s(expression) is None


SOURCE = """
import boto3, json, os
def handler(event, context):
    boto3.client("sqs").send_message(QueueUrl=os.environ["OUT"], MessageBody=json.dumps(event))
"""


def test_a_new_schedule_invokes_its_function_with_its_input(aws: Connect) -> None:
    name = f"s-{uuid.uuid4().hex[:8]}"
    url = aws("sqs").create_queue(QueueName=name)["QueueUrl"]
    arn = make_function(aws, name, SOURCE, Environment={"Variables": {"OUT": url}})
    aws("scheduler").create_schedule(
        Name=name,
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": arn,
            "RoleArn": make_role(aws),
            "Input": '{"task": "resolve", "from": "<aws.scheduler.schedule-arn>"}',
        },
    )
    messages = eventually(lambda: aws("sqs").receive_message(QueueUrl=url).get("Messages"))
    assert json.loads(messages[0]["Body"]) == {
        "task": "resolve",
        "from": f"arn:aws:scheduler:us-east-1:123456789012:schedule/default/{name}",
    }


def test_it_fires_once_a_period() -> None:
    # In a process of its own, with moto's backends at hand and a clock that the test moves.
    script = """
import json, time
from moto.events.models import events_backends
from moto.sqs.models import sqs_backends
from tercet.local.emulator.schedules import Ticker
sqs, events = sqs_backends["123456789012"]["us-east-1"], events_backends["123456789012"]["us-east-1"]
queue = sqs.create_queue("q")
events.put_rule("r", scheduled_expression="rate(1 minute)")
events.put_targets("r", None, [{"Id": "q", "Arn": queue.queue_arn}])
now = time.time()
ticker = Ticker(lambda: now)
counts = []
for step in (0, 30, 31, 30, 30, 600, 1):
    now += step
    ticker.tick()
    counts.append(len(queue._messages))
print(json.dumps(counts), json.loads(queue._messages[0].body)["detail-type"])
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.strip() == "[0, 0, 1, 1, 2, 3, 3] Scheduled Event"
