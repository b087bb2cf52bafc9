"""Values of dimensions by which nothing is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudwatch._examples import alarm
from tercet.preflight.rules.cloudwatch._metrics import asked_for, place_of
from tercet.preflight.values import Reference, Text, Unknown, Value

# Dimension → types whose attribute it is, attributes that are something else, and the right one.
WRONG: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...], str]]] = {
    "ApiName": (("aws_api_gateway_rest_api",), ("id", "arn", "execution_arn"), "name"),
    "ClusterName": (("aws_ecs_cluster",), ("id", "arn"), "name"),
    "DBClusterIdentifier": (("aws_rds_cluster",), ("arn", "endpoint", "reader_endpoint"), "cluster_identifier"),
    "DBInstanceIdentifier": (("aws_db_instance", "aws_rds_cluster_instance"), ("arn", "endpoint"), "identifier"),
    "FunctionName": (("aws_lambda_function",), ("arn", "invoke_arn", "qualified_arn"), "function_name"),
    "LoadBalancer": (("aws_alb", "aws_lb"), ("id", "arn", "name", "dns_name"), "arn_suffix"),
    "QueueName": (("aws_sqs_queue",), ("id", "arn", "url"), "name"),
    "RuleName": (("aws_cloudwatch_event_rule",), ("arn",), "name"),
    "ServiceName": (("aws_ecs_service",), ("id", "arn"), "name"),
    "StateMachineArn": (("aws_sfn_state_machine",), ("name",), "arn"),
    "StreamName": (("aws_kinesis_stream",), ("id", "arn"), "name"),
    "TableName": (("aws_dynamodb_table",), ("arn", "stream_arn"), "name"),
    "TargetGroup": (("aws_alb_target_group", "aws_lb_target_group"), ("id", "arn", "name"), "arn_suffix"),
    "TopicName": (("aws_sns_topic",), ("id", "arn"), "name"),
}

_CHANGES = {"namespace": '"AWS/SQS"', "metric_name": '"ApproximateAgeOfOldestMessage"', "statistic": '"Maximum"'}
_QUEUE = """
resource "aws_sqs_queue" "payments" {
  name = "payments-dev"
}
"""

RULE = Rule(
    id="cw-dimension-value",
    title="A dimension's value is not what the resource is known by",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "Each service knows its resources in CloudWatch by one thing: a queue by its name, a load balancer by the end "
        "of its ARN, a state machine by its ARN. Under another value there is no metric, and the alarm never has data."
    ),
    sources=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html",),
    resources=("aws_cloudwatch_dashboard", "aws_cloudwatch_metric_alarm"),
    failing=_QUEUE + alarm(**_CHANGES, dimensions="{ QueueName = aws_sqs_queue.payments.arn }"),
    passing=_QUEUE + alarm(**_CHANGES, dimensions="{ QueueName = aws_sqs_queue.payments.name }"),
)


@RULE.check
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    """Look at which attribute each dimension's value is."""
    for metric in asked_for(resource):
        if not metric.namespace.startswith("AWS/"):
            continue
        for name, value in metric.dimensions.items():
            wrong = _wrong(name, value, context.graph)
            if wrong is not None:
                found, used, right = wrong
                yield Problem(
                    metric.at,
                    place_of(resource, "dimensions"),
                    f"{name} of {metric.where} is {found.address}.{used}; {metric.namespace} knows it by {right}.",
                    fix=f"Use {found.address}.{right}.",
                    also={"dimension": name, "metric": f"{metric.namespace} {metric.name}"},
                )


def _wrong(name: str, value: Value, graph: Graph) -> tuple[Resource, str, str] | None:
    """Return the resource, the attribute that is used and the right one, where the value is an attribute by itself."""
    said = WRONG.get(name)
    if said is None or len(references := _references(value, graph)) != 1:
        return None
    types, attributes, right = said
    for resource in graph.find(references[0].address):
        used = references[0].path
        if resource.type not in types or resource.mode != "managed" or len(used) != 1 or used[0] not in attributes:
            continue
        if isinstance(value, Unknown):
            raise Undecidable(name, f"a plan does not say what is made of {references[0]}")
        # Known text may be a piece of the attribute, and equal what is right.
        if not isinstance(value, Text) or value == resource.value(str(used[0])) != resource.value(right):
            return resource, str(used[0]), right
    return None


def _references(value: Value, graph: Graph) -> tuple[Reference, ...]:
    """Return what a value is; in a plan, what it is made of."""
    if isinstance(value, Text) or (isinstance(value, Unknown) and graph.kind == "plan"):
        return value.references
    return (value,) if isinstance(value, Reference) else ()
