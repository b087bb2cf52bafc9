"""A configuration with every resource whose operations moto lacks or whose description drifts.

Only what is needed to tell whether it applies, plans clean and is destroyed; never a model of good infrastructure.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

RESOURCES: dict[str, dict[str, Any]] = {}


def add(kind: str, key: str, /, **arguments: Any) -> None:
    RESOURCES.setdefault(kind, {})[key] = arguments


def ref(expression: str) -> str:
    return "${" + expression + "}"


def asm(svc: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"Service": svc}, "Action": "sts:AssumeRole"}],
        }
    )


TAGS = {"Environment": "t"}
# net
add("aws_vpc", "v", cidr_block="10.0.0.0/16", enable_dns_hostnames=True)
for i, z in enumerate("abc"):
    add(
        "aws_subnet",
        f"s{z}",
        vpc_id=ref("aws_vpc.v.id"),
        cidr_block=f"10.0.{i}.0/24",
        availability_zone=f"us-east-1{z}",
    )
SUBNETS = [ref(f"aws_subnet.s{z}.id") for z in "abc"]
add("aws_security_group", "a", name="a-x", description="a", vpc_id=ref("aws_vpc.v.id"))
add("aws_security_group", "b", name="b-x", description="b", vpc_id=ref("aws_vpc.v.id"))
add(
    "aws_vpc_security_group_ingress_rule",
    "in",
    security_group_id=ref("aws_security_group.a.id"),
    referenced_security_group_id=ref("aws_security_group.b.id"),
    from_port=3306,
    to_port=3306,
    ip_protocol="tcp",
    description="from b",
    tags=TAGS,
)
add(
    "aws_vpc_security_group_egress_rule",
    "out",
    security_group_id=ref("aws_security_group.b.id"),
    referenced_security_group_id=ref("aws_security_group.a.id"),
    from_port=3306,
    to_port=3306,
    ip_protocol="tcp",
    description="to a",
)
add(
    "aws_vpc_security_group_egress_rule",
    "all",
    security_group_id=ref("aws_security_group.b.id"),
    cidr_ipv4="0.0.0.0/0",
    ip_protocol="-1",
    description="all",
)
add("aws_internet_gateway", "g", vpc_id=ref("aws_vpc.v.id"))
add("aws_eip", "e", domain="vpc")
add(
    "aws_nat_gateway",
    "n",
    allocation_id=ref("aws_eip.e.id"),
    subnet_id=SUBNETS[0],
    depends_on=["aws_internet_gateway.g"],
)
# kms
add(
    "aws_kms_key",
    "k",
    description="k",
    enable_key_rotation=True,
    rotation_period_in_days=365,
    deletion_window_in_days=7,
)
add("aws_kms_alias", "k", name="alias/k-x", target_key_id=ref("aws_kms_key.k.id"))
KEY = ref("aws_kms_key.k.arn")
# sqs
add("aws_sqs_queue", "dlq", name="dlq-x", kms_master_key_id=ref("aws_kms_key.k.id"))
add(
    "aws_sqs_queue",
    "q",
    name="q-x",
    visibility_timeout_seconds=60,
    redrive_policy='{"deadLetterTargetArn":"${aws_sqs_queue.dlq.arn}","maxReceiveCount":5}',
)
add("aws_sns_topic", "t", name="t-x", kms_master_key_id=ref("aws_kms_key.k.id"))
# iam
for n, s in [
    ("lam", "lambda.amazonaws.com"),
    ("sfn", "states.amazonaws.com"),
    ("bak", "backup.amazonaws.com"),
    ("sch", "scheduler.amazonaws.com"),
    ("rds", "rds.amazonaws.com"),
    ("api", "apigateway.amazonaws.com"),
    ("fis", "fis.amazonaws.com"),
    ("mon", "monitoring.rds.amazonaws.com"),
]:
    add("aws_iam_role", n, name=f"{n}-x", assume_role_policy=asm(s))


def role(n: str) -> str:
    return ref(f"aws_iam_role.{n}.arn")


# lambda
add(
    "aws_lambda_function",
    "f",
    function_name="f-x",
    role=role("lam"),
    handler="app.handler",
    runtime="python3.13",
    filename="${path.module}/f.zip",
    source_code_hash='${filebase64sha256("${path.module}/f.zip")}',
    memory_size=1024,
    timeout=10,
    publish=True,
    dead_letter_config={"target_arn": ref("aws_sqs_queue.dlq.arn")},
    tracing_config={"mode": "Active"},
    reserved_concurrent_executions=5,
    kms_key_arn=KEY,
    vpc_config={"subnet_ids": SUBNETS, "security_group_ids": [ref("aws_security_group.b.id")]},
    environment={"variables": {"A": "b"}},
    architectures=["arm64"],
    ephemeral_storage={"size": 512},
    logging_config={
        "log_format": "JSON",
        "log_group": ref("aws_cloudwatch_log_group.f.name"),
        "application_log_level": "INFO",
        "system_log_level": "WARN",
    },
    depends_on=["aws_cloudwatch_log_group.f"],
)
add("aws_cloudwatch_log_group", "f", name="/aws/lambda/f-x", retention_in_days=30)
add(
    "aws_lambda_alias",
    "live",
    name="live",
    function_name=ref("aws_lambda_function.f.function_name"),
    function_version=ref("aws_lambda_function.f.version"),
)
add(
    "aws_lambda_provisioned_concurrency_config",
    "p",
    function_name=ref("aws_lambda_alias.live.function_name"),
    qualifier=ref("aws_lambda_alias.live.name"),
    provisioned_concurrent_executions=1,
)
add(
    "aws_lambda_function_event_invoke_config",
    "f",
    function_name=ref("aws_lambda_function.f.function_name"),
    maximum_retry_attempts=1,
    maximum_event_age_in_seconds=300,
    destination_config={"on_failure": {"destination": ref("aws_sqs_queue.dlq.arn")}},
)
add(
    "aws_lambda_function_event_invoke_config",
    "live",
    function_name=ref("aws_lambda_function.f.function_name"),
    qualifier=ref("aws_lambda_alias.live.name"),
    maximum_retry_attempts=2,
    destination_config={"on_failure": {"destination": ref("aws_sqs_queue.dlq.arn")}},
)
add(
    "aws_lambda_event_source_mapping",
    "m",
    event_source_arn=ref("aws_sqs_queue.q.arn"),
    function_name=ref("aws_lambda_alias.live.arn"),
    batch_size=10,
    function_response_types=["ReportBatchItemFailures"],
    scaling_config={"maximum_concurrency": 2},
    maximum_batching_window_in_seconds=1,
)
add(
    "aws_lambda_permission",
    "e",
    function_name=ref("aws_lambda_function.f.function_name"),
    qualifier=ref("aws_lambda_alias.live.name"),
    statement_id="e",
    action="lambda:InvokeFunction",
    principal="events.amazonaws.com",
    source_arn=ref("aws_cloudwatch_event_rule.r.arn"),
)
add(
    "aws_appautoscaling_target",
    "l",
    service_namespace="lambda",
    scalable_dimension="lambda:function:ProvisionedConcurrency",
    resource_id="function:${aws_lambda_function.f.function_name}:${aws_lambda_alias.live.name}",
    min_capacity=1,
    max_capacity=3,
    tags=TAGS,
)
add(
    "aws_appautoscaling_policy",
    "l",
    name="u-x",
    policy_type="TargetTrackingScaling",
    service_namespace=ref("aws_appautoscaling_target.l.service_namespace"),
    scalable_dimension=ref("aws_appautoscaling_target.l.scalable_dimension"),
    resource_id=ref("aws_appautoscaling_target.l.resource_id"),
    target_tracking_scaling_policy_configuration={
        "target_value": 0.7,
        "predefined_metric_specification": {"predefined_metric_type": "LambdaProvisionedConcurrencyUtilization"},
    },
)
# sfn
add(
    "aws_sfn_state_machine",
    "s",
    name="s-x",
    role_arn=role("sfn"),
    definition=json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}),
    tracing_configuration={"enabled": True},
    logging_configuration={
        "level": "ALL",
        "include_execution_data": False,
        "log_destination": "${aws_cloudwatch_log_group.f.arn}:*",
    },
    encryption_configuration={
        "kms_key_id": KEY,
        "type": "CUSTOMER_MANAGED_KMS_KEY",
        "kms_data_key_reuse_period_seconds": 300,
    },
)
# events
add("aws_cloudwatch_event_bus", "b", name="b-x", kms_key_identifier=KEY)
add(
    "aws_cloudwatch_event_archive",
    "b",
    name="arch-x",
    event_source_arn=ref("aws_cloudwatch_event_bus.b.arn"),
    retention_days=7,
)
add(
    "aws_cloudwatch_event_rule",
    "r",
    name="r-x",
    event_bus_name=ref("aws_cloudwatch_event_bus.b.name"),
    event_pattern=json.dumps({"source": ["p"], "detail-type": ["T"]}),
)
for n, t in [("q", "aws_sqs_queue.q.arn"), ("s", "aws_sfn_state_machine.s.arn"), ("f", "aws_lambda_alias.live.arn")]:
    add(
        "aws_cloudwatch_event_target",
        n,
        rule=ref("aws_cloudwatch_event_rule.r.name"),
        event_bus_name=ref("aws_cloudwatch_event_bus.b.name"),
        target_id=n,
        arn=ref(t),
        dead_letter_config={"arn": ref("aws_sqs_queue.dlq.arn")},
        retry_policy={"maximum_event_age_in_seconds": 3600, "maximum_retry_attempts": 5},
        **({"role_arn": role("sfn")} if n == "s" else {}),
    )
add(
    "aws_scheduler_schedule",
    "s",
    name="sch-x",
    schedule_expression="rate(5 minutes)",
    flexible_time_window={"mode": "OFF"},
    target={
        "arn": ref("aws_lambda_alias.live.arn"),
        "role_arn": role("sch"),
        "input": '{"a":1}',
        "retry_policy": {"maximum_retry_attempts": 3, "maximum_event_age_in_seconds": 600},
        "dead_letter_config": {"arn": ref("aws_sqs_queue.dlq.arn")},
    },
    kms_key_arn=KEY,
)
add("aws_scheduler_schedule_group", "g", name="grp-x")
# cloudwatch
add(
    "aws_cloudwatch_metric_alarm",
    "a",
    alarm_name="a-x",
    namespace="AWS/Lambda",
    metric_name="Errors",
    comparison_operator="GreaterThanThreshold",
    evaluation_periods=1,
    threshold=0,
    period=60,
    statistic="Sum",
    alarm_actions=[ref("aws_sns_topic.t.arn")],
    treat_missing_data="notBreaching",
)
add(
    "aws_cloudwatch_metric_alarm",
    "m",
    alarm_name="m-x",
    comparison_operator="GreaterThanThreshold",
    evaluation_periods=3,
    datapoints_to_alarm=2,
    threshold=0,
    metric_query=[
        {"id": "e", "expression": "FILL(m,0)", "return_data": True, "label": "x"},
        {
            "id": "m",
            "metric": {
                "metric_name": "ThrottledRequests",
                "namespace": "AWS/DynamoDB",
                "period": 60,
                "stat": "Sum",
                "dimensions": {"TableName": "t"},
            },
        },
    ],
)
add(
    "aws_cloudwatch_composite_alarm",
    "c",
    alarm_name="c-x",
    alarm_rule='ALARM("${aws_cloudwatch_metric_alarm.a.alarm_name}")',
    alarm_description="d",
    alarm_actions=[ref("aws_sns_topic.t.arn")],
    tags=TAGS,
)
# backup
add("aws_backup_vault", "v", name="v-x", kms_key_arn=KEY, tags=TAGS, force_destroy=True)
add(
    "aws_backup_vault_notifications",
    "v",
    backup_vault_name=ref("aws_backup_vault.v.name"),
    sns_topic_arn=ref("aws_sns_topic.t.arn"),
    backup_vault_events=["BACKUP_JOB_COMPLETED", "RESTORE_JOB_FAILED"],
)
add(
    "aws_backup_vault_lock_configuration",
    "v",
    backup_vault_name=ref("aws_backup_vault.v.name"),
    min_retention_days=7,
    max_retention_days=365,
)
add(
    "aws_backup_plan",
    "p",
    name="p-x",
    rule=[
        {
            "rule_name": "daily",
            "target_vault_name": ref("aws_backup_vault.v.name"),
            "schedule": "cron(0 5 * * ? *)",
            "start_window": 60,
            "completion_window": 180,
            "lifecycle": {"delete_after": 7},
            "recovery_point_tags": {"a": "b"},
        }
    ],
    tags=TAGS,
)
add(
    "aws_backup_selection",
    "s",
    name="sel-x",
    plan_id=ref("aws_backup_plan.p.id"),
    iam_role_arn=role("bak"),
    resources=[ref("aws_rds_cluster.c.arn")],
)
add(
    "aws_backup_restore_testing_plan",
    "p",
    name="rtp_x",
    schedule_expression="cron(0 12 ? * SUN *)",
    recovery_point_selection={
        "algorithm": "LATEST_WITHIN_WINDOW",
        "include_vaults": [ref("aws_backup_vault.v.arn")],
        "recovery_point_types": ["SNAPSHOT"],
        "selection_window_days": 7,
    },
    tags=TAGS,
)
add(
    "aws_backup_restore_testing_selection",
    "s",
    name="rts_x",
    restore_testing_plan_name=ref("aws_backup_restore_testing_plan.p.name"),
    protected_resource_type="Aurora",
    iam_role_arn=role("bak"),
    protected_resource_arns=[ref("aws_rds_cluster.c.arn")],
    validation_window_hours=1,
)
# rds
add("aws_db_subnet_group", "g", name="g-x", subnet_ids=SUBNETS)
add(
    "aws_rds_cluster_parameter_group",
    "g",
    name="cpg-x",
    family="aurora-mysql8.0",
    parameter=[
        {"name": "require_secure_transport", "value": "ON"},
        {"name": "binlog_format", "value": "OFF", "apply_method": "pending-reboot"},
    ],
)
add(
    "aws_rds_cluster",
    "c",
    cluster_identifier="c-x",
    engine="aurora-mysql",
    engine_version="8.0.mysql_aurora.3.10.5",
    database_name="payments",
    master_username="admin",
    manage_master_user_password=True,
    master_user_secret_kms_key_id=ref("aws_kms_key.k.key_id"),
    storage_encrypted=True,
    kms_key_id=KEY,
    backtrack_window=259200,
    db_subnet_group_name=ref("aws_db_subnet_group.g.name"),
    vpc_security_group_ids=[ref("aws_security_group.a.id")],
    skip_final_snapshot=True,
    backup_retention_period=7,
    preferred_backup_window="03:00-04:00",
    preferred_maintenance_window="sun:05:00-sun:06:00",
    iam_database_authentication_enabled=True,
    enabled_cloudwatch_logs_exports=["audit", "error", "slowquery"],
    copy_tags_to_snapshot=True,
    db_cluster_parameter_group_name=ref("aws_rds_cluster_parameter_group.g.name"),
    deletion_protection=False,
    apply_immediately=True,
    tags=TAGS,
)
for z in "abc":
    add(
        "aws_rds_cluster_instance",
        f"i{z}",
        identifier=f"i{z}-x",
        cluster_identifier=ref("aws_rds_cluster.c.id"),
        instance_class="db.r5.large",
        engine=ref("aws_rds_cluster.c.engine"),
        engine_version=ref("aws_rds_cluster.c.engine_version"),
        availability_zone=f"us-east-1{z}",
        db_subnet_group_name=ref("aws_db_subnet_group.g.name"),
        performance_insights_enabled=True,
        performance_insights_kms_key_id=KEY,
        performance_insights_retention_period=7,
        monitoring_interval=60,
        monitoring_role_arn=role("mon"),
        auto_minor_version_upgrade=False,
        promotion_tier="abc".index(z),
        publicly_accessible=False,
        copy_tags_to_snapshot=True,
        apply_immediately=True,
    )
add(
    "aws_db_proxy",
    "p",
    name="p-x",
    engine_family="MYSQL",
    role_arn=role("rds"),
    vpc_subnet_ids=SUBNETS,
    vpc_security_group_ids=[ref("aws_security_group.a.id")],
    require_tls=True,
    idle_client_timeout=1800,
    auth=[
        {
            "auth_scheme": "SECRETS",
            "iam_auth": "REQUIRED",
            "secret_arn": "${aws_rds_cluster.c.master_user_secret[0].secret_arn}",
        }
    ],
)
add(
    "aws_db_proxy_default_target_group",
    "p",
    db_proxy_name=ref("aws_db_proxy.p.name"),
    connection_pool_config={
        "connection_borrow_timeout": 5,
        "max_connections_percent": 90,
        "max_idle_connections_percent": 50,
    },
)
add(
    "aws_db_proxy_target",
    "p",
    db_proxy_name=ref("aws_db_proxy.p.name"),
    target_group_name=ref("aws_db_proxy_default_target_group.p.name"),
    db_cluster_identifier=ref("aws_rds_cluster.c.id"),
)
add(
    "aws_db_event_subscription",
    "e",
    name="ev-x",
    sns_topic=ref("aws_sns_topic.t.arn"),
    source_type="db-cluster",
    source_ids=[ref("aws_rds_cluster.c.id")],
    event_categories=["failover", "failure"],
    tags=TAGS,
)
# api + cognito + waf
add("aws_api_gateway_account", "a", cloudwatch_role_arn=role("api"))
add("aws_cognito_user_pool", "p", name="pool-x")
add(
    "aws_cognito_resource_server",
    "s",
    user_pool_id=ref("aws_cognito_user_pool.p.id"),
    identifier="pay",
    name="pay",
    scope=[{"scope_name": "write", "scope_description": "w"}, {"scope_name": "read", "scope_description": "r"}],
)
add(
    "aws_cognito_user_pool_client",
    "c",
    name="c-x",
    user_pool_id=ref("aws_cognito_user_pool.p.id"),
    generate_secret=True,
    allowed_oauth_flows=["client_credentials"],
    allowed_oauth_flows_user_pool_client=True,
    allowed_oauth_scopes=["pay/write"],
    depends_on=["aws_cognito_resource_server.s"],
    access_token_validity=60,
    token_validity_units={"access_token": "minutes"},
    explicit_auth_flows=[],
    supported_identity_providers=["COGNITO"],
    enable_token_revocation=True,
)
add("aws_cognito_user_pool_domain", "d", domain="dom-x", user_pool_id=ref("aws_cognito_user_pool.p.id"))
add(
    "aws_wafv2_web_acl",
    "w",
    name="w-x",
    scope="REGIONAL",
    default_action={"allow": {}},
    visibility_config={"cloudwatch_metrics_enabled": True, "metric_name": "w", "sampled_requests_enabled": True},
    rule=[
        {
            "name": "common",
            "priority": 1,
            "override_action": {"none": {}},
            "statement": {
                "managed_rule_group_statement": {"name": "AWSManagedRulesCommonRuleSet", "vendor_name": "AWS"}
            },
            "visibility_config": {
                "cloudwatch_metrics_enabled": True,
                "metric_name": "c",
                "sampled_requests_enabled": True,
            },
        },
        {
            "name": "rate",
            "priority": 2,
            "action": {"block": {}},
            "statement": {"rate_based_statement": {"limit": 2000, "aggregate_key_type": "IP"}},
            "visibility_config": {
                "cloudwatch_metrics_enabled": True,
                "metric_name": "r",
                "sampled_requests_enabled": True,
            },
        },
    ],
)
add("aws_cloudwatch_log_group", "w", name="aws-waf-logs-x", retention_in_days=30)
add(
    "aws_wafv2_web_acl_logging_configuration",
    "w",
    resource_arn=ref("aws_wafv2_web_acl.w.arn"),
    log_destination_configs=[ref("aws_cloudwatch_log_group.w.arn")],
    redacted_fields=[{"single_header": {"name": "authorization"}}],
)
# fis
add(
    "aws_fis_experiment_template",
    "z",
    description="zone",
    role_arn=role("fis"),
    stop_condition={"source": "aws:cloudwatch:alarm", "value": ref("aws_cloudwatch_metric_alarm.a.arn")},
    action={
        "name": "cut",
        "action_id": "aws:network:disrupt-connectivity",
        "parameter": [{"key": "duration", "value": "PT10M"}, {"key": "scope", "value": "all"}],
        "target": {"key": "Subnets", "value": "subnets"},
    },
    target={
        "name": "subnets",
        "resource_type": "aws:ec2:subnet",
        "selection_mode": "ALL",
        "resource_arns": [ref("aws_subnet.sa.arn")],
    },
    tags={"Name": "z"},
    log_configuration={
        "log_schema_version": 2,
        "cloudwatch_logs_configuration": {"log_group_arn": "${aws_cloudwatch_log_group.f.arn}:*"},
    },
    experiment_options={"account_targeting": "single-account", "empty_target_resolution_mode": "fail"},
)
# dns
add("aws_route53_zone", "z", name="acme.io")
add(
    "aws_acm_certificate",
    "c",
    domain_name="payments.acme.io",
    validation_method="DNS",
    lifecycle={"create_before_destroy": True},
)
add(
    "aws_route53_record",
    "v",
    zone_id=ref("aws_route53_zone.z.zone_id"),
    name="${tolist(aws_acm_certificate.c.domain_validation_options)[0].resource_record_name}",
    type="CNAME",
    ttl=60,
    records=["${tolist(aws_acm_certificate.c.domain_validation_options)[0].resource_record_value}"],
)
add(
    "aws_acm_certificate_validation",
    "c",
    certificate_arn=ref("aws_acm_certificate.c.arn"),
    validation_record_fqdns=[ref("aws_route53_record.v.fqdn")],
)
add(
    "aws_apigatewayv2_domain_name",
    "d2",
    domain_name="two.acme.io",
    domain_name_configuration={
        "certificate_arn": ref("aws_acm_certificate.c.arn"),
        "endpoint_type": "REGIONAL",
        "security_policy": "TLS_1_2",
    },
)
add(
    "aws_api_gateway_domain_name",
    "d",
    domain_name="payments.acme.io",
    regional_certificate_arn=ref("aws_acm_certificate_validation.c.certificate_arn"),
    endpoint_configuration={"types": ["REGIONAL"]},
    security_policy="TLS_1_2",
)
add(
    "aws_route53_record",
    "a",
    zone_id=ref("aws_route53_zone.z.zone_id"),
    name="payments.acme.io",
    type="A",
    alias={
        "name": ref("aws_api_gateway_domain_name.d.regional_domain_name"),
        "zone_id": ref("aws_api_gateway_domain_name.d.regional_zone_id"),
        "evaluate_target_health": True,
    },
)


def write(folder: Path) -> None:
    """Write the configuration and the function's zip."""
    document = {
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": ">= 5.100, < 7"}}},
        "provider": {
            "aws": {
                "region": "us-east-1",
                "max_retries": 1,
                "default_tags": {"tags": {"App": "tercet"}},
                "s3_use_path_style": True,
            }
        },
        "resource": RESOURCES,
    }
    (folder / "main.tf.json").write_text(json.dumps(document, indent=1))
    with zipfile.ZipFile(folder / "f.zip", "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return event")
