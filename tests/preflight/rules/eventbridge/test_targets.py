"""Targets that are counted, and the keys of the queues they send to."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, block, verdict

RULE = block("aws_cloudwatch_event_rule", "r", 'name = "r"\nschedule_expression = "rate(1 day)"')
QUEUE = block("aws_sqs_queue", "q", 'name = "q"\nkms_master_key_id = %s')
ALIAS = 'data "aws_kms_alias" "k" {\n  name = "%s"\n}\n'
KEY = "data.aws_kms_alias.k.target_key_arn"
SENDS = block("aws_cloudwatch_event_target", "t", 'rule = "r"\narn = aws_sqs_queue.q.arn')


def targets(count: int, rule: str, bus: str = "") -> str:
    body = f'count = {count}\nrule = {rule}\narn = "arn:aws:sqs:us-east-1:1:q${{count.index}}"\n{bus}'
    return block("aws_cloudwatch_event_target", rule.strip('"').rpartition(".")[2] or "t", body)


CASES = [
    ("eb-targets-over-5", RULE + targets(3, "aws_cloudwatch_event_rule.r.name") + targets(3, '"r"'), FOUND),
    ("eb-targets-over-5", RULE + targets(3, "aws_cloudwatch_event_rule.r.id") + targets(2, '"r"'), SILENT),
    (
        "eb-targets-over-5",
        RULE + targets(3, "aws_cloudwatch_event_rule.r.name") + targets(3, '"r"', 'event_bus_name = "other"'),
        SILENT,
    ),
    ("eb-targets-over-5", RULE + targets(6, '"another"'), SILENT),
    ("eb-sqs-managed-kms", ALIAS % "alias/aws/sqs" + QUEUE % KEY + SENDS, FOUND),
    ("eb-sqs-managed-kms", ALIAS % "alias/payments" + QUEUE % KEY + SENDS, SILENT),
    ("eb-sqs-managed-kms", QUEUE % '"arn:aws:kms:us-east-1:1:alias/aws/sqs"' + SENDS, FOUND),
]


@pytest.mark.parametrize(("rule", "text", "expected"), CASES, ids=[f"{case[0]}-{at}" for at, case in enumerate(CASES)])
def test_near_misses(rule: str, text: str, expected: str):
    assert verdict(rule, text) == expected
