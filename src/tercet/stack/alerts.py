"""Where everything that needs a human is sent."""

from __future__ import annotations

from cdktn_provider_aws.sns_topic import SnsTopic
from cdktn_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktn_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

from tercet.stack.deployment import Deployment, Kind
from tercet.stack.encryption import Key
from tercet.stack.iam import Statement, policy


class Alerts(Construct):
    """An encrypted topic for alarms, AWS Backup and event rules, with an e-mail subscription if one is set."""

    def __init__(self, scope: Construct, construct_id: str, *, deployment: Deployment, key: Key) -> None:
        super().__init__(scope, construct_id)
        self._topic = SnsTopic(
            self,
            "topic",
            name=deployment.name("alerts", Kind.TOPIC),
            kms_master_key_id=key.arn,
        )
        SnsTopicPolicy(
            self,
            "policy",
            arn=self.arn,
            policy=policy(
                Statement(
                    ["sns:Publish"],
                    [self.arn],
                    service="cloudwatch.amazonaws.com",
                    conditions={"ArnLike": {"aws:SourceArn": deployment.arn("cloudwatch", "alarm:*")}},
                ),
                # AWS Backup's guide names no condition key for its notifications: with one they might never come.
                Statement(["sns:Publish"], [self.arn], service="backup.amazonaws.com"),
                # EventBridge's guide has no condition in a topic's policy either.
                Statement(["sns:Publish"], [self.arn], service="events.amazonaws.com"),
                Statement(
                    ["sns:Publish"],
                    [self.arn],
                    principal="*",
                    effect="Deny",
                    conditions={"Bool": {"aws:SecureTransport": "false"}},
                ),
            ),
        )
        if deployment.settings.alarm_email:
            SnsTopicSubscription(
                self,
                "email",
                topic_arn=self.arn,
                protocol="email",
                endpoint=deployment.settings.alarm_email,
            )

    @property
    def arn(self) -> str:
        """ARN of the topic: the action of every alarm."""
        return self._topic.arn
