"""The firewall in front of the payment API: AWS WAF's rules, and the log of what they decided."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from cdktn_provider_aws.wafv2_web_acl import (
    Wafv2WebAcl,
    Wafv2WebAclDefaultAction,
    Wafv2WebAclDefaultActionAllow,
    Wafv2WebAclRule,
    Wafv2WebAclRuleAction,
    Wafv2WebAclRuleActionBlock,
    Wafv2WebAclRuleOverrideAction,
    Wafv2WebAclRuleOverrideActionNone,
    Wafv2WebAclRuleVisibilityConfig,
    Wafv2WebAclVisibilityConfig,
)
from cdktn_provider_aws.wafv2_web_acl_association import Wafv2WebAclAssociation
from cdktn_provider_aws.wafv2_web_acl_logging_configuration import (
    Wafv2WebAclLoggingConfiguration,
    Wafv2WebAclLoggingConfigurationRedactedFields,
    Wafv2WebAclLoggingConfigurationRedactedFieldsSingleHeader,
)
from constructs import Construct

from tercet.stack.deployment import Deployment, Kind
from tercet.stack.encryption import Key
from tercet.stack.logs import log_group, permit_delivery

_MANAGED_RULES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        # Refuses IP addresses with a bad reputation, botnets above all. Its sibling AWSManagedRulesAnonymousIpList
        # would refuse hosting providers as well, and that is where merchants' servers are.
        "AWSManagedRulesAmazonIpReputationList": (),
        "AWSManagedRulesKnownBadInputsRuleSet": (),
        # Its limit of 8,192 bytes per body stays: a payment has a few hundred, the API's document states the limit, and
        # every admitted body is thus inspected whole. A program need not name itself: a missing User-Agent only counts.
        # AWSManagedRulesSQLiRuleSet is left out: values reach the database as bound parameters, and a chance match
        # in a merchant's free text would refuse a payment.
        "AWSManagedRulesCommonRuleSet": ("NoUserAgent_HEADER",),
    }
)
"""Managed rule groups, in order, and which of their rules only count."""

_RATE_WINDOW_S: Final = 300


class Firewall(Construct):
    """A web ACL for one stage of the API, and its log.

    Parameters
    ----------
    key
        Encrypts the log.
    stage_arn
        What it protects.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, deployment: Deployment, key: Key, stage_arn: str
    ) -> None:
        super().__init__(scope, construct_id)
        self._deployment = deployment
        name = deployment.name("payments", Kind.WEB_ACL)
        managed = [
            _managed_rules(group, counted, priority) for priority, (group, counted) in enumerate(_MANAGED_RULES.items())
        ]
        # No single address may use more than half of what the API admits: it would shut out everyone else.
        limit = deployment.settings.throttle_rate_per_s * _RATE_WINDOW_S // 2
        rate = Wafv2WebAclRule(
            name="requests-per-address",
            priority=len(managed),
            action=Wafv2WebAclRuleAction(block=Wafv2WebAclRuleActionBlock()),
            statement={
                "rate_based_statement": {
                    "aggregate_key_type": "IP",
                    "evaluation_window_sec": _RATE_WINDOW_S,
                    "limit": limit,
                }
            },
            visibility_config=_visible("requests-per-address"),
        )
        self._web_acl = Wafv2WebAcl(
            self,
            "web-acl",
            name=name,
            description="Protects the payment API",
            scope="REGIONAL",
            default_action=Wafv2WebAclDefaultAction(allow=Wafv2WebAclDefaultActionAllow()),
            rule=[*managed, rate],
            visibility_config=Wafv2WebAclVisibilityConfig(
                cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
            ),
        )
        Wafv2WebAclAssociation(self, "association", resource_arn=stage_arn, web_acl_arn=self._web_acl.arn)
        self._log(key)

    def _log(self, key: Key) -> None:
        name = self._deployment.name("payments", Kind.LOG_GROUP)
        group = log_group(
            self,
            "log",
            deployment=self._deployment,
            key=key,
            name=f"aws-waf-logs-{name}",  # WAF takes no other beginning
        )
        permission = permit_delivery(
            self, "log-delivery", deployment=self._deployment, group=group, name=f"waf-logs-{name}"
        )
        Wafv2WebAclLoggingConfiguration(
            self,
            "logging",
            resource_arn=self._web_acl.arn,
            log_destination_configs=[group.arn],
            redacted_fields=[
                Wafv2WebAclLoggingConfigurationRedactedFields(
                    single_header=Wafv2WebAclLoggingConfigurationRedactedFieldsSingleHeader(name="authorization")
                )
            ],
            depends_on=[permission],
        )


def _managed_rules(group: str, counted: tuple[str, ...], priority: int) -> Wafv2WebAclRule:
    # A statement nests in itself, which the bindings cannot type: it is written as Terraform names it.
    statement: dict[str, Any] = {"name": group, "vendor_name": "AWS"}
    if counted:
        statement["rule_action_override"] = [{"name": rule, "action_to_use": {"count": {}}} for rule in counted]
    return Wafv2WebAclRule(
        name=group,
        priority=priority,
        override_action=Wafv2WebAclRuleOverrideAction(none=Wafv2WebAclRuleOverrideActionNone()),
        statement={"managed_rule_group_statement": statement},
        visibility_config=_visible(group),
    )


def _visible(metric: str) -> Wafv2WebAclRuleVisibilityConfig:
    # Samples keep whole headers, access tokens among them: redaction holds for the log alone ("Logging AWS WAF web ACL
    # traffic", its Developer Guide), and the log has every request.
    return Wafv2WebAclRuleVisibilityConfig(
        cloudwatch_metrics_enabled=True, metric_name=metric, sampled_requests_enabled=False
    )
