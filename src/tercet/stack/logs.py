"""Log groups that exist before anything writes to them, so that retention and encryption hold from the first line."""

from __future__ import annotations

from cdktn_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from constructs import Construct

from tercet.stack.deployment import Deployment
from tercet.stack.encryption import Key


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
