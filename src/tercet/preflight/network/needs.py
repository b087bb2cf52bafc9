"""Which AWS services a function or task asks over the network, and whether it can reach them from a subnet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.graph import Block, Graph, Resource, Undecidable
from tercet.preflight.memory import once
from tercet.preflight.network.endpoints import endpoints_for, is_interface, unknown_endpoints
from tercet.preflight.network.places import VPCS, vpc_of
from tercet.preflight.network.routes import egress_of, table_of
from tercet.preflight.values import Value, references_in

SERVICES: Final = {
    "aws_cloudwatch_event_bus": "events",
    "aws_dynamodb_table": "dynamodb",
    "aws_kinesis_firehose_delivery_stream": "kinesis-firehose",
    "aws_kinesis_stream": "kinesis-streams",
    "aws_s3_bucket": "s3",
    "aws_secretsmanager_secret": "secretsmanager",
    "aws_sfn_state_machine": "states",
    "aws_sns_topic": "sns",
    "aws_sqs_queue": "sqs",
    "aws_ssm_parameter": "ssm",
}
"""What is asked through which service; logs, traces and metrics of a function leave it through Lambda itself."""

_NO_WAY: Final = ("none", "internet", "local")
"""Default routes that take a network interface without a public address to no AWS service.

A virtual private gateway is none of them: what is behind it may have its own way to the internet.
"""


def services_of(function: Resource) -> dict[str, Resource]:
    """Return what a function asks over the network: the service, and the resource that shows it.

    Its environment and the policies of its role show it. What only Lambda itself asks (event sources, destinations,
    dead letters) does not count.
    """
    asked_by_lambda = {one.address for one in _served_by_lambda(function)}
    found: dict[str, Resource] = {}
    for resource in _mentioned(function):
        service = SERVICES.get(resource.type)
        if service is not None and resource.mode == "managed" and resource.address not in asked_by_lambda:
            found.setdefault(service, resource)
    return found


def environment_of(function: Resource) -> Iterator[Value]:
    """Go through the values of a function's environment, known or not."""
    for block in _blocks(function, "environment"):
        value = block.value("variables")
        yield from value.values() if isinstance(value, dict) else [value]


def reaches(subnet: Resource, service: str) -> bool:
    """Tell whether what has no public address in a subnet reaches a service: by an endpoint, or by a way out.

    Raises
    ------
    Undecidable
        An endpoint or a route may be elsewhere.
    """
    if has_way_out(subnet):
        return True
    vpc = vpc_of(subnet)
    if vpc is None or vpc.mode != "managed" or vpc.is_passed_out():
        raise Undecidable("vpc_id", f"the endpoints of the VPC of {subnet.address} are not in the configuration")
    if any(is_interface(one) or _routes_to(subnet, one) for one in endpoints_for(vpc, service)):
        return True
    for endpoint in (*unknown_endpoints(vpc), *_loose_endpoints(vpc.graph)):
        raise Undecidable("service_name", f"{endpoint.address} may lead {vpc.address} to {service}")
    for route in (table := table_of(subnet)).routes:
        if route.way not in _NO_WAY:  # to a network in which the endpoints of several VPCs may be
            raise Undecidable("route", f"{table.name} leads to a {route.way}, behind which {service} may be reached")
    return False


def _loose_endpoints(graph: Graph) -> list[Resource]:
    """Return the endpoints of which the VPC is not known."""
    return once(
        graph,
        "endpoints of unknown VPCs",
        lambda: [
            one
            for one in graph.of_type("aws_vpc_endpoint")
            if not one.targets("vpc_id", *VPCS) and not isinstance(one.value("vpc_id"), str)
        ],
    )


def has_way_out(subnet: Resource) -> bool:
    """Tell whether what has no public address in a subnet reaches anything outside the VPC.

    Raises
    ------
    Undecidable
        Its routes are not known.
    """
    return egress_of(subnet).way not in _NO_WAY


def _routes_to(subnet: Resource, endpoint: Resource) -> bool:
    table = table_of(subnet).resource
    if table is None:
        raise Undecidable("route_table_ids", f"whether {endpoint.address} is in the VPC's main table is not known")
    kinds = (table.type,)
    if table in endpoint.targets("route_table_ids", *kinds):
        return True
    if any(table in one.targets("route_table_id", *kinds) for one in endpoint.referrers(_ASSOCIATION)):
        return True
    for item in endpoint.items("route_table_ids"):
        if not endpoint.graph.resolve(item, ("aws_route_table", "aws_default_route_table")):
            raise Undecidable("route_table_ids", f"a route table of {endpoint.address} is not in the configuration")
    return False


_ASSOCIATION: Final = "aws_vpc_endpoint_route_table_association"


def _mentioned(function: Resource) -> Iterator[Resource]:
    for value in environment_of(function):
        yield from function.graph.resolve(value)
    role = function.target("role", "aws_iam_role")
    if role is None or len(role.referrers("aws_lambda_function")) > 1:
        # What a shared role may do shows nothing of one of its functions.
        return
    for policy in role.referrers("aws_iam_role_policy"):
        yield from _in_policy(policy, "policy")
    for attachment in role.referrers("aws_iam_role_policy_attachment"):
        for policy in attachment.targets("policy_arn", "aws_iam_policy"):
            yield from _in_policy(policy, "policy")
    for block in _blocks(role, "inline_policy"):
        yield from _in_policy(block, "policy")


def _in_policy(block: Block, argument: str) -> Iterator[Resource]:
    graph: Graph = block.owner.graph
    for one in graph.resolve(block.value(argument)):
        if one.mode == "data" and one.type == "aws_iam_policy_document":
            for value in one.values.values():
                yield from graph.resolve(value)
        else:
            yield one


def _served_by_lambda(function: Resource) -> Iterator[Resource]:
    for mapping in function.referrers("aws_lambda_event_source_mapping"):
        yield from mapping.targets("event_source_arn", *SERVICES)
    for block in _blocks(function, "dead_letter_config"):
        yield from block.targets("target_arn", *SERVICES)
    for config in function.referrers("aws_lambda_function_event_invoke_config"):
        for reference in references_in(config.value("destination_config")):
            yield from function.graph.find(reference.address)


def _blocks(block: Block, name: str) -> list[Block]:
    try:
        return block.blocks(name)
    except Undecidable:
        return []
