"""The name of a FIFO topic."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules.sqs.sqs_fifo_suffix import known_end

RULE = Rule(
    id="sns-fifo-suffix",
    title="A FIFO topic whose name does not end with .fifo, or the reverse",
    severity=Severity.APPLY_FAILS,
    rationale="The name of a FIFO topic ends with .fifo, and no other topic's name holds a dot.",
    aws_error="Error: invalid topic name: <name>",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html",),
    resources=("aws_sns_topic",),
    failing="""
resource "aws_sns_topic" "payments" {
  name              = "payments-dev"
  fifo_topic        = true
  kms_master_key_id = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}
""",
    passing="""
resource "aws_sns_topic" "payments" {
  name              = "payments-dev.fifo"
  fifo_topic        = true
  kms_master_key_id = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}
""",
)


@RULE.check
def check(topic: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the end of the name with the kind of topic."""
    name = topic.value("name")
    end = known_end(name)
    if not end:
        return
    fifo = topic.flag("fifo_topic", False)
    if fifo and not end.endswith(".fifo"[-len(end) :]):
        yield Problem(
            topic,
            "name",
            f"fifo_topic is true and name is {topic.shown('name')}, which does not end with .fifo.",
            fix="Append .fifo to the name.",
            change=Change(topic, "name", f"{name}.fifo") if isinstance(name, str) else None,
            also={"fifo_topic": "true"},
        )
    elif not fifo and end.endswith(".fifo"):
        yield Problem(
            topic,
            "name",
            f"name is {topic.shown('name')} and fifo_topic is not true: a standard topic's name holds no dot.",
            fix="Set fifo_topic = true, or remove .fifo from the name.",
            change=Change(topic, "fifo_topic", True),
        )
