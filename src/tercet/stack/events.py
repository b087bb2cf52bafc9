"""The payment event bus: an archive to replay from, a rule per kind of event, a dead-letter queue behind every target.

Events are delivered to a queue rather than straight to a function: a queue holds them while a zone, or the function,
is in trouble. No rule leads back to who publishes what the rule matches: what the workflow does to a payment is none of
what starts it, and the consumer publishes nothing (:mod:`tercet.stack.event_kinds`).
"""

from __future__ import annotations

import json
from typing import Final

from cdktn_provider_aws.cloudwatch_event_archive import CloudwatchEventArchive
from cdktn_provider_aws.cloudwatch_event_bus import CloudwatchEventBus
from cdktn_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktn_provider_aws.cloudwatch_event_target import (
    CloudwatchEventTarget,
    CloudwatchEventTargetDeadLetterConfig,
    CloudwatchEventTargetRetryPolicy,
)
from constructs import Construct

from tercet.stack.deployment import PRODUCT, Deployment, Kind
from tercet.stack.encryption import Key
from tercet.stack.event_kinds import FOLLOWED, SOURCE
from tercet.stack.iam import Role, Statement
from tercet.stack.queue import Queue

CONSUMER_TIMEOUT_S: Final = 30
_ARCHIVE_DAYS: Final = 30
_RETRY_FOR_S: Final = 24 * 60 * 60
_RETRIES: Final = 185
"""The longest that EventBridge tries ("Retrying event delivery", Amazon EventBridge User Guide)."""


class Events(Construct):
    """The bus, its archive, the queue that the consumer reads, and where undeliverable events are kept."""

    def __init__(self, scope: Construct, construct_id: str, *, deployment: Deployment, key: Key) -> None:
        super().__init__(scope, construct_id)
        self._deployment = deployment
        self._key = key
        self._rules: list[CloudwatchEventRule] = []
        self._bus = CloudwatchEventBus(
            self, "bus", name=deployment.name("payments", Kind.EVENT_BUS), kms_key_identifier=key.arn
        )
        # Encrypted with a key that AWS owns: a key for an archive is something only versions of the provider after
        # 5.100 can set. A bus with a key of ours may have one ("Encrypting EventBridge archives", its User Guide).
        CloudwatchEventArchive(
            self,
            "archive",
            name=deployment.name("payments", Kind.EVENT_ARCHIVE),
            event_source_arn=self.bus_arn,
            event_pattern=json.dumps({"source": [SOURCE]}),
            retention_days=_ARCHIVE_DAYS,
        )
        rules = deployment.arn("events", f"rule/{deployment.name('payments', Kind.EVENT_BUS)}/*")
        # Rules for what AWS itself reports stand on the default bus and have no bus in their ARN.
        default_bus_rules = deployment.arn("events", f"rule/{PRODUCT}-*-{deployment.settings.environment_suffix}")
        self.undelivered = Queue(
            self,
            "undelivered",
            deployment=deployment,
            key=key,
            purpose="undelivered-events",
            senders={"events.amazonaws.com": [rules, default_bus_rules]},
        )
        self.unprocessed = Queue(self, "unprocessed", deployment=deployment, key=key, purpose="unprocessed-events")
        self.queue = Queue(
            self,
            "queue",
            deployment=deployment,
            key=key,
            purpose="payment-events",
            visibility_timeout_s=6 * CONSUMER_TIMEOUT_S,
            senders={"events.amazonaws.com": [rules]},
            dead_letters=self.unprocessed,
        )
        for kind in FOLLOWED:
            self.route(kind, "consumer", target_arn=self.queue.arn)

    @property
    def bus_name(self) -> str:
        """Name of the bus."""
        return self._bus.name

    @property
    def bus_arn(self) -> str:
        """ARN of the bus."""
        return self._bus.arn

    @property
    def rule_names(self) -> tuple[str, ...]:
        """Names of the bus's rules so far: values of the ``RuleName`` dimension of their metrics."""
        return tuple(rule.name for rule in self._rules)

    def route(self, kind: str, target: str, *, target_arn: str, role_arn: str | None = None) -> CloudwatchEventRule:
        """Send every event of one kind to a target, with retries and a dead-letter queue.

        Parameters
        ----------
        kind
            The event's ``detail-type``.
        target
            What receives it; names the rule.
        role_arn
            The role that EventBridge delivers with, where the target has no resource policy.
        """
        purpose = f"{kind.replace('.', '-').replace('_', '-')}-to-{target}"
        rule = CloudwatchEventRule(
            self,
            purpose,
            name=self._deployment.name(purpose, Kind.EVENT_RULE),
            description=f"{kind} to the {target}",
            event_bus_name=self.bus_name,
            event_pattern=json.dumps({"source": [SOURCE], "detail-type": [kind]}),
        )
        CloudwatchEventTarget(
            self,
            f"{purpose}-target",
            rule=rule.name,
            event_bus_name=self.bus_name,
            target_id=target,
            arn=target_arn,
            role_arn=role_arn,
            dead_letter_config=CloudwatchEventTargetDeadLetterConfig(arn=self.undelivered.arn),
            retry_policy=CloudwatchEventTargetRetryPolicy(
                maximum_event_age_in_seconds=_RETRY_FOR_S, maximum_retry_attempts=_RETRIES
            ),
        )
        self._rules.append(rule)
        return rule

    def grant_publish(self, role: Role) -> None:
        """Let a role put events of the platform's own source on the bus, and no others."""
        role.grant(
            "publish-events",
            Statement(["events:PutEvents"], [self.bus_arn], conditions={"StringEquals": {"events:source": SOURCE}}),
        )
