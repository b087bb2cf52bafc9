"""A failover of the database, told in the words of RDS: it is over within a minute, and no metric is as clear."""

from __future__ import annotations

import json
from typing import Final

from cdktn_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktn_provider_aws.cloudwatch_event_target import (
    CloudwatchEventTarget,
    CloudwatchEventTargetDeadLetterConfig,
    CloudwatchEventTargetInputTransformer,
    CloudwatchEventTargetRetryPolicy,
)
from constructs import Construct

from tercet.stack.alerts import Alerts
from tercet.stack.database import Database
from tercet.stack.deployment import Deployment, Kind
from tercet.stack.events import Events
from tercet.stack.monitoring.alarm import description

RUNBOOK: Final = "database-failover"


class FailoverNotice(Construct):
    """Sends each event of the category ``failover`` (RDS-EVENT-0069 to -0073) of this cluster to the alerts.

    AWS services publish to the default bus, so that the rule is there ("Amazon RDS event categories and event messages
    for Aurora", Amazon Aurora User Guide). RDS sends events as well as it can, but without promising: the lost
    instance has an alarm of its own.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        deployment: Deployment,
        alerts: Alerts,
        events: Events,
        database: Database,
    ) -> None:
        super().__init__(scope, construct_id)
        self._rule = CloudwatchEventRule(
            self,
            "rule",
            name=deployment.name("database-failover", Kind.EVENT_RULE),
            description="A failover of the payment database has begun, ended or failed",
            event_pattern=json.dumps(
                {
                    "source": ["aws.rds"],
                    "detail-type": ["RDS DB Cluster Event"],
                    # Not SourceIdentifier: RDS writes it with and without a prefix ("rds:").
                    "detail": {"SourceArn": [database.cluster_arn], "EventCategories": ["failover"]},
                }
            ),
        )
        CloudwatchEventTarget(
            self,
            "target",
            rule=self._rule.name,
            target_id="alerts",
            arn=alerts.arn,
            input_transformer=CloudwatchEventTargetInputTransformer(
                input_paths={"message": "$.detail.Message", "event": "$.detail.EventID", "time": "$.time"},
                input_template=json.dumps(description(deployment, "<time> <event> <message>.", RUNBOOK)),
            ),
            dead_letter_config=CloudwatchEventTargetDeadLetterConfig(arn=events.undelivered.arn),
            retry_policy=CloudwatchEventTargetRetryPolicy(
                # An older notice of a failover tells nobody anything.
                maximum_event_age_in_seconds=60 * 60,
                maximum_retry_attempts=185,
            ),
        )

    @property
    def rule_name(self) -> str:
        """Name of the rule: the value of the ``RuleName`` dimension of its metrics."""
        return self._rule.name
