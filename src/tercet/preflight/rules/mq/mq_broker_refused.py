"""A broker whose arguments do not fit its engine or its deployment mode."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each
from tercet.preflight.values import Reference

_EXAMPLE = """
variable "password" {
  type      = string
  sensitive = true
}

resource "aws_mq_broker" "events" {
  broker_name                = "events-dev"
  engine_type                = "RabbitMQ"
  engine_version             = "3.13"
  host_instance_type         = "mq.m5.large"
  deployment_mode            = "CLUSTER_MULTI_AZ"
  auto_minor_version_upgrade = UPGRADE

  user {
    username = "events"
    password = var.password
  }
}
"""

RULE = Rule(
    id="mq-broker-refused",
    title="Broker whose arguments do not fit its engine or mode",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A single broker has one subnet, an active and standby pair two. The pair is of ActiveMQ, the cluster of "
        "RabbitMQ, and not on micro instances. RabbitMQ has no audit log. Newer versions of both upgrade by "
        "themselves, and `auto_minor_version_upgrade` is false unless it is said."
    ),
    aws_error=(
        "BadRequestException: Brokers on [RabbitMQ] version [3.13] must have [autoMinorVersionUpgrade] set to [true]."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers.html",
        "https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/upgrading-brokers.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/42516",
        "https://github.com/hashicorp/terraform-provider-aws/issues/18350",
        "https://github.com/awsdocs/aws-cloudformation-user-guide/issues/347",
    ),
    resources=("aws_mq_broker",),
    failing=_EXAMPLE.replace("UPGRADE", "false"),
    passing=_EXAMPLE.replace("UPGRADE", "true"),
)

_SUBNETS: Final = {"SINGLE_INSTANCE": 1, "ACTIVE_STANDBY_MULTI_AZ": 2}
_MODES: Final = {"activemq": "ACTIVE_STANDBY_MULTI_AZ", "rabbitmq": "CLUSTER_MULTI_AZ"}
_UPGRADES_SINCE: Final = {"activemq": (5, 18), "rabbitmq": (3, 13)}


@RULE.check
def check(broker: Resource, _: Context) -> Iterator[Problem]:
    """Compare engine, mode, subnets and the rest."""
    yield from ask_each(broker, (_subnets, _mode, _instance, _audit, _upgrade, _passwords))


def _subnets(broker: Resource) -> Iterator[Problem]:
    mode = broker.text("deployment_mode", "SINGLE_INSTANCE") or ""
    if not broker.has("subnet_ids") or mode not in _SUBNETS:
        return
    items = broker.items("subnet_ids")
    if not all(isinstance(one, str) or (isinstance(one, Reference) and "[*]" not in one.address) for one in items):
        raise Undecidable("subnet_ids", "how many subnets these are is known only after apply")
    count = len({str(one) for one in items})
    wanted = _SUBNETS[mode]
    if count != wanted:
        yield Problem(
            broker,
            "subnet_ids",
            f"subnet_ids names {count} subnet{'s' if count > 1 else ''}: a broker of mode {mode} has {wanted}.",
            fix=f"Name {wanted}, or take another deployment_mode.",
            aws_error="BadRequestException",
            also={"deployment_mode": mode},
        )


def _mode(broker: Resource) -> Iterator[Problem]:
    engine, mode = _engine(broker), broker.text("deployment_mode", "SINGLE_INSTANCE")
    if engine in _MODES and mode in _MODES.values() and mode != _MODES[engine]:
        yield Problem(
            broker,
            "deployment_mode",
            f"deployment_mode is {mode}, which {broker.text('engine_type')} does not have.",
            fix=f"Set it to {_MODES[engine]}.",
            aws_error="BadRequestException",
        )


def _instance(broker: Resource) -> Iterator[Problem]:
    kind = broker.text("host_instance_type", "") or ""
    if kind.endswith(".micro") and broker.text("deployment_mode", "") == "CLUSTER_MULTI_AZ":
        yield Problem(
            broker,
            "host_instance_type",
            f"host_instance_type is {kind}, on which there are no clusters.",
            fix="Take mq.m5.large or larger, or a SINGLE_INSTANCE.",
            aws_error="BadRequestException",
        )


def _audit(broker: Resource) -> Iterator[Problem]:
    if _engine(broker) != "rabbitmq":
        return
    for logs in broker.blocks("logs"):
        if logs.flag("audit", False):
            yield Problem(
                logs,
                "audit",
                "audit is true, and RabbitMQ has no audit log.",
                fix="Remove audit.",
                aws_error="BadRequestException: Audit logging is not supported for RabbitMQ brokers.",
            )


def _upgrade(broker: Resource) -> Iterator[Problem]:
    since = _UPGRADES_SINCE.get(_engine(broker))
    version = broker.text("engine_version", "") or ""
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if since is None or numbers is None or (int(numbers[1]), int(numbers[2])) < since:
        return
    if broker.value("auto_minor_version_upgrade") is None and "auto_minor_version_upgrade" in broker.values:
        return
    if not broker.flag("auto_minor_version_upgrade", False):
        engine = broker.text("engine_type")
        yield Problem(
            broker,
            "auto_minor_version_upgrade",
            f"auto_minor_version_upgrade is false{'' if broker.has('auto_minor_version_upgrade') else ' (not set)'}: "
            f"{engine} {version} wants it true.",
            fix="Set auto_minor_version_upgrade to true.",
            aws_error=(
                f"BadRequestException: Brokers on [{engine}] version [{version}] must have [autoMinorVersionUpgrade] "
                "set to [true]."
            ),
        )


def _passwords(broker: Resource) -> Iterator[Problem]:
    for user in broker.blocks("user"):
        password = user.value("password")
        if not isinstance(password, str) or not password:
            continue
        wrong = (
            f"has {len(password)} characters, and 12 to 250 are wanted"
            if not 12 <= len(password) <= 250
            else f"has {len(set(password))} different characters, and 4 are wanted"
            if len(set(password)) < 4
            else "has a comma"
            if "," in password
            else None
        )
        if wrong:
            yield Problem(
                user,
                "password",
                f"The password of the broker's user {wrong}.",
                fix="Take one of 12 to 250 characters, 4 of them different, without commas.",
                aws_error="BadRequestException",
            )


def _engine(broker: Resource) -> str:
    return (broker.text("engine_type", "") or "").lower()
