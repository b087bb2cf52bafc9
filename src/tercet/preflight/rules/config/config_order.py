"""What needs a service that is switched on in the same apply, and does not wait for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._order import waits_for

_EXAMPLE = """
resource "aws_securityhub_account" "main" {}

resource "aws_securityhub_standards_subscription" "main" {
  standards_arn = "arn:aws:securityhub:us-east-1::standards/aws-foundational-security-best-practices/v/1.0.0"ORDER
}
"""

RULE = Rule(
    id="config-order",
    title="Made before the service is switched on that it needs",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Nothing in a standard's subscription refers to the account's membership of Security Hub, nor in a rule of "
        "Config to its recorder, and a recorder does not start before there is a delivery channel. Terraform makes "
        "both at once, and what needs the other is refused. It takes `depends_on`."
    ),
    aws_error="InvalidAccessException: Account <account> is not subscribed to AWS Security Hub",
    sources=(
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/"
        "config_configuration_recorder_status.html.markdown",
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/"
        "securityhub_standards_subscription.html.markdown",
        "https://github.com/aws/aws-cdk/issues/9001",
    ),
    resources=(
        "aws_config_config_rule",
        "aws_config_configuration_recorder_status",
        "aws_securityhub_product_subscription",
        "aws_securityhub_standards_subscription",
    ),
    failing=_EXAMPLE.replace("ORDER", ""),
    passing=_EXAMPLE.replace("ORDER", "\n  depends_on    = [aws_securityhub_account.main]"),
)

_RECORDER: Final = (
    "NoAvailableConfigurationRecorderException: Configuration recorder is not available to put config rule."
)
_CHANNEL: Final = (
    "NoAvailableDeliveryChannelException: Delivery channel is not available to start configuration recorder."
)
_NEEDS: Final = {
    "aws_config_config_rule": ("aws_config_configuration_recorder", _RECORDER),
    "aws_config_configuration_recorder_status": ("aws_config_delivery_channel", _CHANNEL),
    "aws_securityhub_product_subscription": ("aws_securityhub_account", RULE.aws_error),
    "aws_securityhub_standards_subscription": ("aws_securityhub_account", RULE.aws_error),
}


@RULE.check
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    """Look whether it waits for the service, where the service is made later or at the same time."""
    kind, answer = _NEEDS[resource.type]
    services = [one for one in context.graph.of_type(kind) if _same_place(one, resource)]
    if len(services) != 1 or waits_for(resource, services):
        return
    service = services[0]
    if not _comes_too_early(resource, service, context):
        return
    yield Problem(
        resource,
        "depends_on",
        f"{resource.address} needs {service.address}, and does not wait for it.",
        fix=f"Add depends_on = [{service.block_address}].",
        aws_error=answer,
        also={"needs": service.address},
    )


def _same_place(service: Resource, resource: Resource) -> bool:
    return service.provider == resource.provider and service.region == resource.region


def _comes_too_early(resource: Resource, service: Resource, context: Context) -> bool:
    """Tell whether Terraform certainly begins with the resource before the service is there."""
    if resource.type == "aws_config_configuration_recorder_status":
        # Both wait for the recorder, and the channel then tries the bucket: starting is refused at once.
        return waits_for(service, context.graph.of_type("aws_config_configuration_recorder"))
    if resource.type == "aws_config_config_rule" and not _waits(service):
        return False
    # What waits for nothing begins with the apply.
    return not _waits(resource)


def _waits(resource: Resource) -> bool:
    return bool(resource.graph.needs_of(resource))
