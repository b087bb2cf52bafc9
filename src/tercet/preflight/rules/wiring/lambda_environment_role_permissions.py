"""A function that is given a name in its environment, and whose role may do nothing with what it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.policies import Asked, RolePermissions, any_of, resource_policies
from tercet.preflight.policies.globs import overlap
from tercet.preflight.policies.matching import Answer, covers_resource, glob_of
from tercet.preflight.policies.statements import Statement
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._roles import permissions_at
from tercet.preflight.values import Reference, Value, references_in

_SERVICES: Final = {
    "aws_cloudwatch_event_bus": "events",
    "aws_dynamodb_table": "dynamodb",
    "aws_kinesis_firehose_delivery_stream": "firehose",
    "aws_kinesis_stream": "kinesis",
    "aws_s3_bucket": "s3",
    "aws_secretsmanager_secret": "secretsmanager",
    "aws_sfn_state_machine": "states",
    "aws_sns_topic": "sns",
    "aws_sqs_queue": "sqs",
    "aws_ssm_parameter": "ssm",
}
"""Types that a function uses by name, and the service that the actions are of."""

_NAMING: Final = frozenset(("arn", "bucket", "id", "name", "url"))

_TABLE = """
resource "aws_dynamodb_table" "sessions" {
  name         = "payments-sessions-dev"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
  server_side_encryption {
    enabled = true
  }
  point_in_time_recovery {
    enabled = true
  }
}
"""

_ENVIRONMENT = """
  environment {
    variables = {
      SESSIONS_TABLE = aws_dynamodb_table.sessions.name
    }
  }
"""

RULE = Rule(
    id="lambda-environment-role-permissions",
    title="A function is told of a resource with which its role may do nothing",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A function that has the name of a table, queue, topic, bucket, secret or parameter in its environment uses "
        "it. "
        "Where its role allows not one action of that service on it, every use is denied, at run time. A resource "
        "whose "
        "own policy lets accounts or roles in is not reported, nor is a role that may assume another role."
    ),
    aws_error="AccessDeniedException: User: <role> is not authorized to perform: <action> (at run time)",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html",),
    resources=("aws_lambda_function",),
    failing=_TABLE + example.role(example.LOGS) + example.function(_ENVIRONMENT),
    passing=_TABLE
    + example.role(
        example.LOGS, example.allow('["dynamodb:GetItem", "dynamodb:PutItem"]', "aws_dynamodb_table.sessions.arn")
    )
    + example.function(_ENVIRONMENT),
)


@RULE.check
def check(function: Resource, _: Context) -> Iterator[Problem]:
    """Look at each variable that names a resource."""
    permissions = permissions_at(function)
    if permissions is None:
        return
    undecided: Undecidable | None = None
    for block in function.blocks("environment"):
        for name, value in block.mapping("variables").items():
            for target in _named(function, value):
                answer = _may_use(permissions, target)
                if answer is None:
                    because = f"whether it may use {target.address}: {permissions.because()}"
                    undecided = Undecidable(f"policies of {permissions.role.address}", because)
                elif answer is False and not _is_open(target):
                    service = _SERVICES[target.type]
                    yield Problem(
                        block,
                        "variables",
                        f"{name} names {target.address}, and {permissions.role.address} allows not one action of "
                        f"{service} on it: every use is denied at run time.",
                        fix=f"Allow the actions of {service} that the function uses on {target.address} in a policy of "
                        f"{permissions.role.address}.",
                        also={"variable": name, "names": target.address},
                    )
    if undecided is not None:
        raise undecided


def _named(function: Resource, value: Value) -> Iterator[Resource]:
    """Go through the resources that a variable names."""
    for reference in references_in(value):
        if reference.path and reference.path[-1] in _NAMING and len(reference.path) == 1:
            for found in function.graph.find(reference.address):
                if found.mode == "managed" and found.type in _SERVICES:
                    yield found


def _may_use(permissions: RolePermissions, target: Resource) -> Answer:
    """Tell whether the role allows any action of the service on the resource."""
    if permissions.allows("sts:AssumeRole"):
        return True  # it may use another role, of which nothing is known
    answer = any_of(_touches(statement, target) for statement in permissions.statements() if not statement.denies)
    if answer is False and permissions.unknown:
        return None
    return answer


def _touches(statement: Statement, target: Resource) -> Answer:
    service = _SERVICES[target.type]
    if target.type == "aws_dynamodb_table" and any(_is_of(entry, "dax") for entry in statement.actions or ()):
        return True  # its accelerator speaks for it
    if statement.actions is not None and not any(_is_of(entry, service) for entry in statement.actions):
        return False
    if statement.resources is None:
        return True
    asked = [Asked(target), Asked(target, "object")] if target.type == "aws_s3_bucket" else [Asked(target)]
    answers = [covers_resource(entry, one) for entry in statement.resources for one in asked]
    # An index or a stream of a table, a version of a parameter: part of it is enough.
    answers += [True for entry in statement.resources if _begins_with(entry, target) or _is_access_point(entry)]
    return any_of(answers)


def _is_of(entry: Value, service: str) -> bool:
    pattern = glob_of(entry)
    return pattern is None or overlap(pattern.lower(), f"{service}:*")


def _begins_with(entry: Value, target: Resource) -> bool:
    return any(target in target.graph.find(one.address) for one in references_in(entry) if isinstance(one, Reference))


def _is_access_point(entry: Value) -> bool:
    return "accesspoint" in (glob_of(entry) or "")


def _is_open(target: Resource) -> bool:
    """Tell whether the resource's own policy lets more than services in."""
    return any(
        kind != "Service"
        for _, policy in resource_policies(target)
        for statement in policy.allowing()
        for kind in statement.principals or {"*": []}
    )
