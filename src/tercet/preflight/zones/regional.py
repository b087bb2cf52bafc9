"""Services that keep no part of them in one zone: they live in the region, or nowhere in particular."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.zones.asking import Asking
from tercet.preflight.zones.model import Component, Fate, Layer, Verdict

_GLOBAL: Final = "{what} is served from many places at once, in no zone of this region."
_COPIES: Final = "{what} is regional: AWS keeps it in at least three zones."
_SPREAD: Final = "{what} is regional: AWS runs it in several zones."

SERVICES: Final[dict[str, tuple[Layer, str, str]]] = {
    "aws_route53_zone": (Layer.DNS, "Route 53 zone", _GLOBAL),
    "aws_cloudfront_distribution": (Layer.ENTRY, "CloudFront distribution", _GLOBAL),
    "aws_globalaccelerator_accelerator": (Layer.ENTRY, "Global accelerator", _GLOBAL),
    "aws_api_gateway_rest_api": (Layer.ENTRY, "REST API", _SPREAD),
    "aws_apigatewayv2_api": (Layer.ENTRY, "HTTP API", _SPREAD),
    "aws_appsync_graphql_api": (Layer.ENTRY, "GraphQL API", _SPREAD),
    "aws_cognito_user_pool": (Layer.ENTRY, "User pool", _SPREAD),
    "aws_eks_cluster": (Layer.COMPUTE, "EKS control plane", _SPREAD),
    "aws_sfn_state_machine": (Layer.COMPUTE, "State machine", _SPREAD),
    "aws_sqs_queue": (Layer.MESSAGES, "Queue", _COPIES),
    "aws_sns_topic": (Layer.MESSAGES, "Topic", _COPIES),
    "aws_cloudwatch_event_bus": (Layer.MESSAGES, "Event bus", _SPREAD),
    "aws_kinesis_stream": (Layer.MESSAGES, "Stream", _COPIES),
    "aws_kinesis_firehose_delivery_stream": (Layer.MESSAGES, "Delivery stream", _SPREAD),
    "aws_elasticache_serverless_cache": (Layer.CACHE, "Serverless cache", _SPREAD),
    "aws_dynamodb_table": (Layer.DATABASE, "DynamoDB table", _COPIES),
    "aws_secretsmanager_secret": (Layer.STORAGE, "Secret", _COPIES),
    "aws_ssm_parameter": (Layer.STORAGE, "Parameter", _COPIES),
    "aws_kms_key": (Layer.STORAGE, "Key", _COPIES),
}
"""By type: where it stands, what it is, and why it survives."""


def regional(asking: Asking) -> Iterator[Component]:
    """Go through what survives the loss of any one zone by itself."""
    for kind, (layer, what, reason) in SERVICES.items():
        for resource in asking.graph.of_type(kind):
            verdict = Verdict(Fate.SURVIVES, (reason.format(what=resource.address),))
            yield asking.all_alike(resource, layer, what, verdict)
