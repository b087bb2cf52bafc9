"""A component that goes with one availability zone."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.zones._advice import fix_for
from tercet.preflight.zones import Component, Fate, Verdict, ZoneReport, analyse

_HEAD = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  for_each          = { us-east-1a = 10, us-east-1b = 11 }
  vpc_id            = aws_vpc.payments.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}

resource "aws_launch_template" "payments" {
  name          = "payments-dev"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m6g.large"

  metadata_options {
    http_tokens = "required"
  }
}

resource "aws_autoscaling_group" "payments" {
  name                = "payments-dev"
  min_size            = 2
  max_size            = 4
  vpc_zone_identifier = [for subnet in aws_subnet.private : subnet.id]

  launch_template {
    id      = aws_launch_template.payments.id
    version = aws_launch_template.payments.latest_version
  }
}

resource "aws_db_subnet_group" "ledger" {
  name       = "payments-ledger-dev"
  subnet_ids = [for subnet in aws_subnet.private : subnet.id]
}

resource "aws_db_instance" "ledger" {
  identifier                  = "payments-ledger-dev"
  engine                      = "postgres"
  instance_class              = "db.m6g.large"
  allocated_storage           = 20
  username                    = "ledger"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  db_subnet_group_name        = aws_db_subnet_group.ledger.name
  multi_az                    = %s
}
"""

RULE = Rule(
    id="zone-loss",
    title="A component is lost with one availability zone",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "Each component is judged for the loss of each zone: where its subnets and instances are, what takes over, "
        "by which way it reaches what it needs (`tercet zones` shows all of it). It speaks of what is lost and "
        "carries requests, where the configuration plainly aims at more than one zone: the intent says so "
        "(`multi_az`, or `az_count` of 2 or more), or functions, services, groups of instances, NAT gateways or "
        "database instances were put into several zones. A load balancer or a database subnet group does not count "
        "as such an aim, for AWS wants two zones of them anyway. Read replicas, single volumes, warehouses and "
        "hosts that no request passes are left in peace; functions, NAT gateways, endpoints and Aurora clusters "
        "have rules of their own."
    ),
    sources=(
        "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/availability-zones.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html",
    ),
    failing=_HEAD % "false",
    passing=_HEAD % "true",
)


@RULE.check
def check(graph: Graph, context: Context) -> Iterator[Problem]:
    """Report what is lost with a zone, and is reported by no other rule."""
    intent = context.intent
    if intent.multi_az is False or intent.az_count == 1:
        return
    report = analyse(graph)
    stated = bool(intent.multi_az) or (intent.az_count or 1) > 1
    if not stated and not report.spans_zones:
        return
    for component in report.lost:
        if component.reported_by is None:
            yield _problem(component, report)


def _problem(component: Component, report: ZoneReport) -> Problem:
    lost = [
        (str(zone), verdict)
        for zone, verdict in zip(report.zones, component.verdicts, strict=True)
        if verdict.fate is Fate.LOST
    ]
    verdict: Verdict = lost[0][1]
    zones = [zone for zone, _ in lost]
    which = f"with {zones[0]}" if len(zones) == 1 else f"with any one of {', '.join(zones)}"
    if zones == ["any zone"]:
        which = "with its zone"
    argument, fix = fix_for(component.resource)
    return Problem(
        component.resource,
        argument,
        f"{component.what} {component.address} is lost {which}: {' '.join(verdict.reasons)}",
        fix=fix,
        also={"zones": ", ".join(zones)},
    )
