"""An argument that is given another attribute of a resource than it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Graph, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._attributes import ARN, BEST, INVOKE, KINDS, NAME, URL, attribute_given
from tercet.preflight.rules.wiring._everywhere import misnamed

_FUNCTION: Final = ("aws_lambda_function", "aws_lambda_alias")
_RECEIVERS: Final = (*_FUNCTION, "aws_sqs_queue", "aws_sns_topic", "aws_kinesis_stream", "aws_sfn_state_machine")
_ROLE: Final = ("aws_iam_role",)
_BUCKET: Final = ("aws_s3_bucket",)

_TAKES: Final[Mapping[str, Mapping[str, tuple[str, tuple[str, ...]]]]] = {
    "aws_api_gateway_authorizer": {"authorizer_uri": (INVOKE, _FUNCTION)},
    "aws_apigatewayv2_authorizer": {"authorizer_uri": (INVOKE, _FUNCTION)},
    "aws_cloudwatch_event_target": {
        "rule": (NAME, ("aws_cloudwatch_event_rule",)),
        "arn": (ARN, (*_RECEIVERS, "aws_cloudwatch_log_group", "aws_kinesis_firehose_delivery_stream")),
    },
    "aws_cloudwatch_log_metric_filter": {"log_group_name": (NAME, ("aws_cloudwatch_log_group",))},
    "aws_cloudwatch_log_subscription_filter": {
        "log_group_name": (NAME, ("aws_cloudwatch_log_group",)),
        "destination_arn": (ARN, (*_FUNCTION, "aws_kinesis_stream", "aws_kinesis_firehose_delivery_stream")),
    },
    "aws_cloudwatch_metric_alarm": {
        "alarm_actions": (ARN, ("aws_sns_topic", *_FUNCTION)),
        "ok_actions": (ARN, ("aws_sns_topic", *_FUNCTION)),
        "insufficient_data_actions": (ARN, ("aws_sns_topic", *_FUNCTION)),
    },
    "aws_iam_instance_profile": {"role": (NAME, _ROLE)},
    "aws_iam_role_policy": {"role": (NAME, _ROLE)},
    "aws_iam_role_policy_attachment": {"role": (NAME, _ROLE), "policy_arn": (ARN, ("aws_iam_policy",))},
    "aws_lambda_event_source_mapping": {"event_source_arn": (ARN, ("aws_sqs_queue", "aws_kinesis_stream"))},
    "aws_lambda_function": {
        "layers": (ARN, ("aws_lambda_layer_version",)),
        "dead_letter_config.target_arn": (ARN, ("aws_sqs_queue", "aws_sns_topic")),
    },
    "aws_lambda_function_event_invoke_config": {
        "destination_config.on_failure.destination": (ARN, _RECEIVERS),
        "destination_config.on_success.destination": (ARN, _RECEIVERS),
    },
    "aws_pipes_pipe": {
        "source": (ARN, ("aws_sqs_queue", "aws_kinesis_stream")),
        "target": (ARN, (*_RECEIVERS, "aws_cloudwatch_log_group")),
        "enrichment": (ARN, (*_FUNCTION, "aws_sfn_state_machine")),
    },
    "aws_s3_bucket_notification": {
        "lambda_function.lambda_function_arn": (ARN, _FUNCTION),
        "queue.queue_arn": (ARN, ("aws_sqs_queue",)),
        "topic.topic_arn": (ARN, ("aws_sns_topic",)),
    },
    "aws_scheduler_schedule": {"target.arn": (ARN, _RECEIVERS)},
    "aws_sns_topic_policy": {"arn": (ARN, ("aws_sns_topic",))},
    "aws_sns_topic_subscription": {"topic_arn": (ARN, ("aws_sns_topic",))},
    "aws_sqs_queue_policy": {"queue_url": (URL, ("aws_sqs_queue",))},
    "aws_sqs_queue_redrive_allow_policy": {"queue_url": (URL, ("aws_sqs_queue",))},
    "aws_sqs_queue_redrive_policy": {"queue_url": (URL, ("aws_sqs_queue",))},
}
"""Type → argument → the kind of attribute that it takes of these types."""

_ERRORS: Final[Mapping[str, str]] = {
    "aws_iam_role": (
        "ValidationError: The specified value for roleName is invalid. It must contain only alphanumeric characters "
        "and/or the following: +=,.@_-"
    ),
}

_PARTS = """
resource "aws_iam_role" "auditor" {
  name = "payments-auditor-dev"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "auditor" {
  role       = aws_iam_role.auditor.ATTRIBUTE
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}
"""

RULE = Rule(
    id="wrong-attribute",
    title="An argument is given another attribute than it takes",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A resource is known by an ARN, a name, an address or an id, and each argument takes one of them: a policy is "
        "attached to the role's name, a target is called by its ARN, a queue's policy is set at its URL, subnets and "
        "security groups are named by their id. Terraform sees only text, and the service refuses it."
    ),
    aws_error=_ERRORS["aws_iam_role"],
    sources=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
        "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html",
        "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
        "https://github.com/hashicorp/terraform/issues/5486",
    ),
    failing=_PARTS.replace("ATTRIBUTE", "arn"),
    passing=_PARTS.replace("ATTRIBUTE", "name"),
)


@RULE.check
def check(graph: Graph, _context: Context) -> Iterator[Problem]:
    """Look at the arguments of the table, at settings of buckets, and at what means the same everywhere."""
    for kind, arguments in _TAKES.items():
        for resource in graph.of_type(kind):
            for path, (wanted, types) in arguments.items():
                for block, argument in _places(resource, path.split(".")):
                    yield from _compare(block, argument, wanted, types)
    for resource in graph.managed:
        if resource.type.startswith("aws_s3_bucket_") or resource.type == "aws_s3_object":
            yield from _compare(resource, "bucket", NAME, _BUCKET)
    yield from misnamed(graph)


def _places(block: Block, steps: list[str]) -> Iterator[tuple[Block, str]]:
    if len(steps) == 1:
        yield block, steps[0]
        return
    # Blocks of which it is not known how many there are say nothing here.
    value = block.value(steps[0])
    if isinstance(value, dict) or (isinstance(value, list) and all(isinstance(one, dict) for one in value)):
        for inside in block.blocks(steps[0]):
            yield from _places(inside, steps[1:])


def _compare(block: Block, argument: str, wanted: str, types: tuple[str, ...]) -> Iterator[Problem]:
    value = block.value(argument)
    for item in value if isinstance(value, list) else [value]:
        for target, attribute, kind in attribute_given(block.owner.graph, item):
            # Some calls of SQS take a queue's name for its URL.
            if target.type in types and kind != wanted and (wanted, kind) != (URL, NAME):
                yield _problem(block, argument, target, attribute, wanted)


def _problem(block: Block, argument: str, target: Resource, attribute: str, wanted: str) -> Problem:
    right = BEST.get(target.type, {}).get(wanted) or (
        wanted if wanted in KINDS[target.type][wanted] else min(KINDS[target.type][wanted])
    )
    error = _ERRORS.get(target.type) if wanted == NAME else None
    return Problem(
        block,
        argument,
        f"{block.named(argument)} is {target.address}.{attribute}, which is not the {_CALLED[wanted]} that it takes.",
        fix=f"Write {target.address}.{right}.",
        aws_error=error or f"ValidationException: the value of {argument} is not valid",
        also={"given": f"{target.address}.{attribute}"},
    )


_CALLED: Final = {ARN: "ARN", NAME: "name", URL: "URL", INVOKE: "invoke_arn"}
