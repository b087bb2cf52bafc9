"""A resource in a policy that is no ARN."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.iam._documents import IDENTITY, called, identity_documents
from tercet.preflight.values import Reference, Template, Value, shown

_NO_ARN: Final[dict[str, frozenset[str]]] = {
    "aws_cloudwatch_log_group": frozenset(("name", "id")),
    "aws_db_instance": frozenset(("identifier",)),
    "aws_dynamodb_table": frozenset(("name", "id")),
    "aws_iam_role": frozenset(("name", "id")),
    "aws_kinesis_stream": frozenset(("name",)),
    "aws_kms_key": frozenset(("key_id", "id")),
    "aws_lambda_function": frozenset(("function_name", "id")),
    "aws_s3_bucket": frozenset(("bucket", "id")),
    "aws_secretsmanager_secret": frozenset(("name",)),
    "aws_sfn_state_machine": frozenset(("name",)),
    "aws_sns_topic": frozenset(("name",)),
    "aws_sqs_queue": frozenset(("name", "url", "id")),
    "aws_ssm_parameter": frozenset(("name", "id")),
}
"""Attributes that are names, addresses or ids, and never ARNs."""

_TABLE = """
resource "aws_sqs_queue" "orders" {
  name                    = "payments-orders-dev"
  sqs_managed_sse_enabled = true
}
"""

RULE = Rule(
    id="iam-resource-not-arn",
    title="A policy names a resource by something other than its ARN",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The resources of an identity's policy are ARNs, or `*`. A name, an id or an address that is not an ARN makes "
        "IAM refuse the policy."
    ),
    aws_error='MalformedPolicyDocument: Resource <value> must be in ARN format or "*".',
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html",
        "https://github.com/trussworks/terraform-aws-s3-anti-virus/issues/21",
    ),
    resources=IDENTITY,
    failing=_TABLE
    + """
resource "aws_iam_policy" "send" {
  name = "payments-send-dev"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sqs:SendMessage"], Resource = aws_sqs_queue.orders.id }]
  })
}
""",
    passing=_TABLE
    + """
resource "aws_iam_policy" "send" {
  name = "payments-send-dev"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sqs:SendMessage"], Resource = aws_sqs_queue.orders.arn }]
  })
}
""",
)


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Look at each entry of Resource and NotResource."""
    for document in identity_documents(resource):
        for place, statement in enumerate(document.policy.statements):
            for entry in (statement.resources or []) + (statement.not_resources or []):
                if _is_no_arn(resource.graph, entry):
                    yield Problem(
                        document.block,
                        document.argument,
                        f"{called(statement, place)} names the resource {shown(entry) or '(an empty string)'}, which "
                        "is "
                        "no ARN: IAM refuses the policy.",
                        fix="Name the resource's arn.",
                        aws_error=f'MalformedPolicyDocument: Resource {shown(entry)} must be in ARN format or "*".',
                    )


def _is_no_arn(graph: Graph, entry: Value) -> bool:
    if isinstance(entry, str):
        return (not entry.startswith("arn:") and entry.strip("*") != "") or entry == ""
    first = entry.parts[0] if isinstance(entry, Template) and entry.parts else entry
    if isinstance(first, str):
        return not "arn:".startswith(first[:4]) and not first.startswith("*")
    if isinstance(first, Reference) and len(first.path) == 1:
        found = graph.find(first.address)
        return bool(found) and str(first.path[0]) in _NO_ARN.get(found[0].type, frozenset())
    return False
