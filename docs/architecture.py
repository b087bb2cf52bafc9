"""Draws the platform from its synthesized configuration: what stands in each subnet of each zone, and what is regional.

Nothing is placed by hand. A resource stands in a subnet because its configuration refers to that subnet, or in a zone
because it names the zone; all others are regional. What has no label below is counted, not drawn.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

LABELS: Mapping[str, str] = {
    "aws_route53_zone": "Route 53 zone",
    "aws_wafv2_web_acl": "WAF",
    "aws_cognito_user_pool": "Cognito user pool",
    "aws_api_gateway_rest_api": "REST API",
    "aws_lambda_function": "Lambda",
    "aws_dynamodb_table": "DynamoDB table",
    "aws_cloudwatch_event_bus": "Event bus",
    "aws_cloudwatch_event_archive": "Event archive",
    "aws_cloudwatch_event_rule": "Event rule",
    "aws_sqs_queue": "SQS queue",
    "aws_scheduler_schedule": "Schedule",
    "aws_sfn_state_machine": "State machine",
    "aws_ssm_parameter": "Parameter",
    "aws_kms_key": "KMS key",
    "aws_backup_vault": "Backup vault",
    "aws_backup_plan": "Backup plan",
    "aws_backup_restore_testing_plan": "Restore test",
    "aws_cloudwatch_dashboard": "Dashboard",
    "aws_cloudwatch_metric_alarm": "Alarm",
    "aws_cloudwatch_composite_alarm": "Composite alarm",
    "aws_sns_topic": "SNS topic",
    "aws_nat_gateway": "NAT gateway",
    "aws_vpc_endpoint": "Endpoint",
    "aws_rds_cluster_instance": "Aurora",
    "aws_db_proxy": "RDS Proxy",
    "aws_internet_gateway": "Internet gateway",
}

TIERS = ("public", "private", "isolated")
WIDTH, MARGIN, GAP, LINE = 1180, 20, 14, 17
INK, FAINT, PAPER = "#1b2733", "#5b6b7a", "#ffffff"
TIER_COLOURS = {"public": "#eaf4e4", "private": "#e6f0fa", "isolated": "#f3eafa"}


@dataclass
class Resource:
    """A resource of the configuration, as the picture sees it."""

    kind: str
    name: str
    concern: str
    body: Mapping[str, Any]
    text: str


@dataclass
class Subnet:
    """A subnet and what stands in it."""

    resource: Resource
    zone: str
    tier: str
    holds: list[str] = field(default_factory=list)


def draw(configuration: Mapping[str, Any]) -> str:
    """Draw a configuration as SVG, the same bytes for the same configuration."""
    resources = list(_resources(configuration))
    subnets = [
        Subnet(resource, resource.body["availability_zone"], resource.body["tags"]["tier"])
        for resource in resources
        if resource.kind == "aws_subnet"
    ]
    placed = _place(resources, subnets)
    canvas = _Canvas()
    region = configuration["provider"]["aws"][0]["region"]
    canvas.text(MARGIN, 30, f"tercet in {region}: {len(resources)} resources", size=18, bold=True)
    left = [concern for concern in _concerns(resources, placed) if concern != "network"]
    split = next((at for at, concern in enumerate(left) if concern in {"processor", "database"}), len(left))
    bottom = _band(canvas, 46, left[:split], resources, placed)
    bottom = _zones(canvas, bottom + GAP, subnets)
    bottom = _band(canvas, bottom + GAP, left[split:], resources, placed)
    return canvas.render(bottom + MARGIN)


def _resources(configuration: Mapping[str, Any]) -> Iterator[Resource]:
    for kind, group in configuration["resource"].items():
        for name, body in group.items():
            concern = body["//"]["metadata"]["path"].split("/")[1]
            yield Resource(kind, name, concern, body, json.dumps(body, sort_keys=True))


def _place(resources: Sequence[Resource], subnets: Sequence[Subnet]) -> set[str]:
    """Put each resource into the subnets that it refers to, or into the isolated subnet of the zone that it names."""
    groups = {resource.name: resource.text for resource in resources if resource.kind == "aws_db_subnet_group"}
    placed = set()
    for resource in resources:
        if resource.kind not in LABELS:
            continue
        # A database instance names its zone itself, and stands in that zone's subnet of its group.
        via = "".join(text for name, text in groups.items() if f"aws_db_subnet_group.{name}." in resource.text)
        for subnet in subnets:
            refers = f"${{aws_subnet.{subnet.resource.name}.id}}" in resource.text
            stated = resource.body.get("availability_zone")
            if stated is not None:
                in_group = not groups or not via or f"aws_subnet.{subnet.resource.name}.id" in via
                refers = stated == subnet.zone and subnet.tier == "isolated" and in_group
            if refers:
                subnet.holds.append(_label(resource))
                placed.add(f"{resource.kind}.{resource.name}")
    return placed


def _label(resource: Resource) -> str:
    label = LABELS[resource.kind]
    if resource.kind == "aws_vpc_endpoint":
        return f"{label} {resource.body['service_name'].rsplit('.', 1)[-1]}"
    if resource.kind == "aws_lambda_function":
        return f"{label} {resource.body['function_name'].split('-')[1]}"
    if resource.kind == "aws_rds_cluster_instance":
        return f"{label} {resource.body['instance_class']}"
    return label


def _concerns(resources: Sequence[Resource], placed: set[str]) -> list[str]:
    """Name the concerns with something regional to draw, in the order of the configuration's own paths."""
    order = ["dns", "api", "parameters", "encryption", "processor", "workflow", "sessions", "database", "events"]
    found = {
        resource.concern
        for resource in resources
        if resource.kind in LABELS and f"{resource.kind}.{resource.name}" not in placed
    }
    return [*(concern for concern in order if concern in found), *sorted(found - set(order))]


def _band(canvas: _Canvas, top: int, concerns: Sequence[str], resources: Sequence[Resource], placed: set[str]) -> int:
    """Draw the regional part of some concerns side by side."""
    if not concerns:
        return top
    width = (WIDTH - 2 * MARGIN - GAP * (len(concerns) - 1)) // len(concerns)
    columns = []
    for concern in concerns:
        own = [resource for resource in resources if resource.concern == concern]
        counts: dict[str, int] = {}
        for resource in own:
            if resource.kind in LABELS and f"{resource.kind}.{resource.name}" not in placed:
                counts[LABELS[resource.kind]] = counts.get(LABELS[resource.kind], 0) + 1
        lines = [label if number == 1 else f"{number} × {label}" for label, number in counts.items()]
        others = len(own) - sum(counts.values())
        columns.append((concern, [*lines, f"and {others} more" if others else ""]))
    height = 34 + LINE * max(len(lines) for _, lines in columns)
    for at, (concern, lines) in enumerate(columns):
        left = MARGIN + at * (width + GAP)
        canvas.box(left, top, width, height, fill="#fdf6e3")
        canvas.text(left + 10, top + 20, concern, bold=True)
        for number, line in enumerate(lines):
            canvas.text(left + 10, top + 40 + number * LINE, line, colour=FAINT if line.startswith("and ") else INK)
    return top + height


def _zones(canvas: _Canvas, top: int, subnets: Sequence[Subnet]) -> int:
    """Draw the VPC: a column for each zone, a row for each tier."""
    zones = sorted({subnet.zone for subnet in subnets})
    width = (WIDTH - 2 * MARGIN - 2 * GAP - GAP * (len(zones) - 1)) // len(zones)
    rows = {tier: 30 + LINE * max(len(subnet.holds) for subnet in subnets if subnet.tier == tier) for tier in TIERS}
    height = 66 + sum(rows.values()) + GAP * len(TIERS)
    canvas.box(MARGIN, top, WIDTH - 2 * MARGIN, height, fill="#f7f9fb")
    canvas.text(
        MARGIN + 10,
        top + 20,
        "network: one VPC, three availability zones that share no route, NAT or instance",
        bold=True,
    )
    for column, zone in enumerate(zones):
        left = MARGIN + GAP + column * (width + GAP)
        canvas.box(left, top + 32, width, height - 42, fill=PAPER, dashed=True)
        canvas.text(left + 10, top + 50, zone, bold=True)
        y = top + 60
        for tier in TIERS:
            subnet = next(subnet for subnet in subnets if (subnet.zone, subnet.tier) == (zone, tier))
            canvas.box(left + 8, y, width - 16, rows[tier], fill=TIER_COLOURS[tier])
            canvas.text(left + 16, y + 18, f"{tier} {subnet.resource.body['cidr_block']}", colour=FAINT)
            for number, line in enumerate(subnet.holds):
                canvas.text(left + 16, y + 36 + number * LINE, line)
            y += rows[tier] + GAP
    return top + height


class _Canvas:
    """Collects SVG elements."""

    def __init__(self) -> None:
        self._elements: list[str] = []

    def box(self, x: int, y: int, width: int, height: int, *, fill: str, dashed: bool = False) -> None:
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self._elements.append(
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6" fill="{fill}" stroke="#c4ced8"{dash}/>'
        )

    def text(self, x: int, y: int, text: str, *, size: int = 13, bold: bool = False, colour: str = INK) -> None:
        weight = ' font-weight="600"' if bold else ""
        shown = escape(re.sub(r"\s+", " ", text))
        self._elements.append(f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}"{weight}>{shown}</text>')

    def render(self, height: int) -> str:
        body = "\n".join(self._elements)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'font-family="system-ui, sans-serif">\n<rect width="100%" height="100%" fill="{PAPER}"/>\n{body}\n</svg>\n'
        )
