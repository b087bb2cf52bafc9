"""Log groups that exist before anything writes to them, so that retention and encryption hold from the first line."""

from __future__ import annotations

from cdktn_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktn_provider_aws.cloudwatch_log_resource_policy import CloudwatchLogResourcePolicy
from constructs import Construct

from tercet.stack.deployment import Deployment
from tercet.stack.encryption import Key
from tercet.stack.iam import Statement, policy


def log_group(
    scope: Construct, construct_id: str, *, deployment: Deployment, key: Key, name: str
) -> CloudwatchLogGroup:
    """Make a log group, encrypted and with the deployment's retention.

    Parameters
    ----------
    name
        Full name; many services prescribe it (``/aws/lambda/<function>``).
    """
    return CloudwatchLogGroup(
        scope,
        construct_id,
        name=name,
        kms_key_id=key.arn,
        retention_in_days=deployment.settings.log_retention_days,
    )


def permit_delivery(
    scope: Construct, construct_id: str, *, deployment: Deployment, group: CloudwatchLogGroup, name: str
) -> CloudwatchLogResourcePolicy:
    """Let the delivery of vended logs, such as the firewall's, write to a group; whoever sets it up depends on this.

    Without it AWS writes such a policy itself, into one that all log groups of the account share, and leaves the
    statement behind when the group is destroyed ("Logs sent to CloudWatch Logs", its User Guide). An account has room
    for ten policies in a region.

    Parameters
    ----------
    name
        Of the policy, which is unique in the account and region.
    """
    return CloudwatchLogResourcePolicy(
        scope,
        construct_id,
        policy_name=name,
        policy_document=policy(
            Statement(
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                [f"{group.arn}:log-stream:*"],
                service="delivery.logs.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": deployment.account_id},
                    "ArnLike": {"aws:SourceArn": deployment.arn("logs", "*")},
                },
            )
        ),
    )
