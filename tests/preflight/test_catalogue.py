"""Known failures of real deployments, by area: each has its rule, under the same name.

Four of them depend on the account that is deployed to (quotas, a role that is set once per account, names that are kept
for a while): they cannot be decided before deploy, and their rules advise.
"""

from __future__ import annotations

import pytest

from tercet.preflight import registry
from tercet.preflight.findings import Severity

KNOWN = {
    "apigateway": (
        "apigw-deployment-no-depends",
        "apigw-logging-no-account-role",
        "apigw-lambda-timeout-29s",
        "apigw-lambda-permission-missing",
        "apigw-edge-cert-region",
    ),
    "aurora": (
        "aurora-backtrack-global",
        "aurora-backtrack-engine",
        "aurora-backtrack-version",
        "aurora-global-secondary-kms",
        "aurora-kms-wrong-region",
        "aurora-global-secondary-master-user",
        "aurora-global-instance-class",
        "aurora-instance-class-engine",
        "aurora-instance-engine-mismatch",
        "aurora-log-exports-engine",
        "aurora-engine-version-format",
        "aurora-sv2-max-capacity",
        "aurora-sv2-min-gt-max",
        "aurora-v1-serverless-mode",
        "aurora-final-snapshot-missing",
        "aurora-single-instance-ha",
    ),
    "backend": (
        "backend-unknown-property",
        "backend-no-locking",
        "backend-dynamodb-deprecated",
        "backend-self-bucket",
    ),
    "backup": (
        "backup-lifecycle-90",
        "backup-copy-lifecycle-90",
        "backup-continuous-cold",
        "backup-vault-lock-retention",
        "backup-vault-lock-changeable",
        "backup-window-completion",
    ),
    "cloudwatch": (
        "cw-alarm-period",
        "cw-alarm-window-1day",
        "cw-alarm-dimension-mismatch",
        "cw-alarm-unknown-metric",
        "cw-alarm-datapoints-gt-evaluation",
        "cw-composite-alarm-rule",
        "logs-retention-value",
    ),
    "dynamodb": (
        "ddb-unindexed-attribute",
        "ddb-key-not-defined",
        "ddb-replica-cmk",
        "ddb-replica-no-stream",
        "ddb-gsi-projection-include",
        "ddb-lsi-without-range",
        "ddb-gsi-capacity-on-demand-mismatch",
    ),
    "eventbridge": (
        "eb-sqs-managed-kms",
        "eb-fifo-no-group-id",
        "eb-dlq-fifo",
        "eb-pattern-scalar",
        "eb-rate-plural",
        "eb-schedule-custom-bus",
        "eb-targets-over-5",
    ),
    "iam": (
        "iam-policy-no-resource",
        "iam-policy-principal-in-identity",
        "iam-role-managed-policies-over-10",
    ),
    "kms": (
        "kms-policy-lockout",
        "kms-replica-of-single-region",
        "kms-replica-same-region",
        "kms-rotation-asymmetric",
        "kms-alias-reserved",
    ),
    "lambda": (
        "lambda-reserved-env",
        "lambda-env-4kb",
        "lambda-sqs-visibility",
        "lambda-role-trust",
        "lambda-sqs-role-permissions",
        "lambda-reserved-concurrency-account",
        "lambda-dlq-fifo",
        "lambda-snapstart-unsupported",
        "lambda-vpc-single-az",
    ),
    "rds": (
        "rds-pi-retention",
        "rds-pi-retention-without-pi",
        "rds-az-with-multi-az",
        "rds-backup-window-short",
        "rds-password-chars",
        "rds-subnet-group-one-az",
        "rds-proxy-engine-family",
    ),
    "requirements": ("region-requirement",),
    "route53": (
        "route53-reserved-domain",
        "route53-undelegated-zone-acm",
        "route53-cname-apex",
        "route53-failover-no-healthcheck",
        "route53-healthcheck-metric-region",
    ),
    "s3": (
        "s3-notification-no-permission",
        "s3-duplicate-notification",
        "s3-replication-no-versioning",
        "s3-bucket-name-invalid",
    ),
    "secretsmanager": (
        "secret-rotation-no-permission",
        "secret-name-reuse-recovery",
    ),
    "sqs": (
        "sqs-fifo-suffix",
        "sqs-dlq-type-mismatch",
        "sqs-dlq-retention",
    ),
    "ssm": ("ssm-param-reserved-name",),
    "stepfunctions": ("sfn-express-sync-pattern",),
    "vpc": (
        "subnet-outside-vpc",
        "subnet-overlap",
        "subnet-size",
        "subnet-az-region",
        "nat-in-private-subnet",
        "single-nat-multi-az",
        "vpce-private-dns-needs-vpc-dns",
        "vpce-gateway-private-dns",
        "sg-description-charset",
        "vpce-single-az",
        "sg-self-lockout-rds",
    ),
    "waf": (
        "waf-cloudfront-scope-region",
        "waf-rate-limit-min",
        "waf-duplicate-priority",
    ),
}

OF_THE_ACCOUNT = {
    "lambda-reserved-concurrency-account",
    "apigw-logging-no-account-role",
    "iam-role-managed-policies-over-10",
    "secret-name-reuse-recovery",
}


@pytest.mark.parametrize("name", [name for names in KNOWN.values() for name in names])
def test_a_known_failure_has_its_rule(name: str):
    rule = registry.everything()[name]
    assert rule.run is not None
    assert (rule.severity is Severity.ADVICE) == (name in OF_THE_ACCOUNT or name == "backend-dynamodb-deprecated")


def test_most_rules_are_about_what_fails_or_falls():
    severities = [rule.severity for rule in registry.everything().values()]
    worst = sum(severity.at_least(Severity.SILENT_OUTAGE) for severity in severities)
    assert worst > len(severities) / 2
