"""Whether arguments meet the right members; each line was compared with the provider's documentation or its answers."""

from __future__ import annotations

import time

import pytest

from tercet.preflight.knowledge import patterns, shapes
from tercet.preflight.knowledge.schema import schema_of

ENUMS = [
    ("aws_acm_certificate", "validation_method", "DNS"),
    ("aws_api_gateway_integration", "type", "AWS_PROXY"),
    ("aws_api_gateway_integration", "connection_type", "VPC_LINK"),
    ("aws_api_gateway_authorizer", "type", "COGNITO_USER_POOLS"),
    ("aws_apigatewayv2_api", "protocol_type", "HTTP"),
    ("aws_apigatewayv2_integration", "integration_type", "AWS_PROXY"),
    ("aws_apigatewayv2_route", "authorization_type", "JWT"),
    ("aws_cloudfront_distribution", "price_class", "PriceClass_100"),
    ("aws_cloudfront_distribution", "default_cache_behavior.viewer_protocol_policy", "redirect-to-https"),
    ("aws_cloudwatch_event_rule", "state", "ENABLED"),
    ("aws_cloudwatch_log_group", "log_group_class", "INFREQUENT_ACCESS"),
    ("aws_cloudwatch_metric_alarm", "comparison_operator", "GreaterThanThreshold"),
    ("aws_cloudwatch_metric_alarm", "statistic", "Sum"),
    ("aws_cloudwatch_metric_alarm", "unit", "Milliseconds"),
    ("aws_cognito_user_pool", "mfa_configuration", "OPTIONAL"),
    ("aws_db_proxy", "engine_family", "MYSQL"),
    ("aws_db_proxy", "auth.iam_auth", "REQUIRED"),
    ("aws_dynamodb_table", "attribute.type", "S"),
    ("aws_dynamodb_table", "billing_mode", "PAY_PER_REQUEST"),
    ("aws_dynamodb_table", "global_secondary_index.projection_type", "KEYS_ONLY"),
    ("aws_dynamodb_table", "stream_view_type", "NEW_AND_OLD_IMAGES"),
    ("aws_ebs_volume", "type", "gp3"),
    ("aws_ecr_repository", "image_tag_mutability", "IMMUTABLE"),
    ("aws_ecs_service", "launch_type", "FARGATE"),
    ("aws_ecs_task_definition", "network_mode", "awsvpc"),
    ("aws_efs_file_system", "throughput_mode", "elastic"),
    ("aws_efs_file_system", "lifecycle_policy.transition_to_ia", "AFTER_30_DAYS"),
    ("aws_flow_log", "traffic_type", "REJECT"),
    ("aws_flow_log", "log_destination_type", "cloud-watch-logs"),
    ("aws_instance", "tenancy", "dedicated"),
    ("aws_instance", "metadata_options.http_tokens", "required"),
    ("aws_kinesis_stream", "encryption_type", "KMS"),
    ("aws_kms_key", "key_usage", "ENCRYPT_DECRYPT"),
    ("aws_kms_key", "customer_master_key_spec", "SYMMETRIC_DEFAULT"),
    ("aws_lambda_event_source_mapping", "starting_position", "TRIM_HORIZON"),
    ("aws_lambda_function", "package_type", "Image"),
    ("aws_lambda_function", "tracing_config.mode", "Active"),
    ("aws_lambda_function", "snap_start.apply_on", "PublishedVersions"),
    ("aws_lambda_function_url", "invoke_mode", "BUFFERED"),
    ("aws_lb", "load_balancer_type", "application"),
    ("aws_lb", "ip_address_type", "dualstack"),
    ("aws_lb_target_group", "target_type", "ip"),
    ("aws_nat_gateway", "connectivity_type", "private"),
    ("aws_route53_health_check", "type", "HTTPS_STR_MATCH"),
    ("aws_route53_record", "type", "CNAME"),
    ("aws_s3_bucket_versioning", "versioning_configuration.status", "Enabled"),
    ("aws_s3_bucket_versioning", "versioning_configuration.status", "Disabled"),
    ("aws_s3_bucket_ownership_controls", "rule.object_ownership", "BucketOwnerEnforced"),
    ("aws_s3_bucket_lifecycle_configuration", "rule.status", "Enabled"),
    ("aws_s3_bucket_lifecycle_configuration", "rule.transition.storage_class", "STANDARD_IA"),
    ("aws_scheduler_schedule", "flexible_time_window.mode", "OFF"),
    ("aws_sfn_state_machine", "type", "EXPRESS"),
    ("aws_sfn_state_machine", "logging_configuration.level", "ERROR"),
    ("aws_ssm_parameter", "type", "SecureString"),
    ("aws_ssm_parameter", "tier", "Intelligent-Tiering"),
    ("aws_vpc_endpoint", "vpc_endpoint_type", "Interface"),
    ("aws_wafv2_web_acl", "scope", "REGIONAL"),
    ("aws_wafv2_ip_set", "ip_address_version", "IPV4"),
]
BOUNDS = [
    ("aws_cloudwatch_event_target", "retry_policy.maximum_retry_attempts", 0, 185),
    ("aws_cloudwatch_event_target", "retry_policy.maximum_event_age_in_seconds", 60, 86_400),
    ("aws_ecs_service", "capacity_provider_strategy.weight", 0, 1_000),
    ("aws_iam_role", "max_session_duration", 3_600, 43_200),
    ("aws_kms_key", "rotation_period_in_days", 90, 2_560),
    ("aws_lambda_event_source_mapping", "parallelization_factor", 1, 10),
    ("aws_lambda_event_source_mapping", "scaling_config.maximum_concurrency", 2, 1_000),
    ("aws_lambda_function_event_invoke_config", "maximum_retry_attempts", 0, 2),
    ("aws_lb_target_group", "port", 1, 65_535),
    ("aws_route53_health_check", "failure_threshold", 1, 10),
    ("aws_secretsmanager_secret_rotation", "rotation_rules.automatically_after_days", 1, 1_000),
    ("aws_iam_role", "name", 1, 64),
    ("aws_cloudwatch_event_rule", "name", 1, 64),
    ("aws_sfn_state_machine", "name", 1, 80),
    ("aws_lambda_permission", "statement_id", 1, 100),
    ("aws_db_proxy", "name", 1, 63),
]
PATTERNS = [
    ("aws_backup_vault", "name", "payments-dev", "payments/dev"),
    ("aws_backup_plan", "rule.rule_name", "daily.7", "daily backups"),
    ("aws_backup_framework", "name", "payments_dev", "payments-dev"),
    ("aws_backup_plan", "rule.target_vault_name", "payments-dev", "a vault"),
    ("aws_cloudwatch_event_rule", "name", "payments.captured-dev", "payments captured"),
    ("aws_cloudwatch_log_group", "name", "/aws/lambda/payments", "/aws/lambda/payments*"),
    ("aws_dynamodb_table", "global_secondary_index.name", "by_merchant", "by merchant"),
    ("aws_iam_policy", "name", "payments@dev", "payments/dev"),
    ("aws_iam_role", "name", "payments-dev", "payments dev"),
    ("aws_iam_role", "description", "What the processor may do", "What the processor may do — and not"),
    ("aws_kms_alias", "name", "alias/payments-dev", "alias/payments.dev"),
    ("aws_lambda_function", "function_name", "payments-dev", "payments dev"),
    ("aws_lambda_permission", "statement_id", "AllowApi", "Allow Api"),
    ("aws_scheduler_schedule", "name", "settle.nightly-dev", "settle nightly"),
    ("aws_wafv2_web_acl", "name", "payments-dev", "payments.dev"),
    ("aws_wafv2_web_acl", "description", "Payments API of dev", "Payments API (dev)"),
    ("aws_kinesis_stream", "name", "payments.dev", "payments:dev"),
    ("aws_ssm_maintenance_window", "name", "sunday.night", "sunday night"),
]


def _shape(kind: str, argument: str) -> shapes.Shape:
    return shapes.members_of(kind)[argument].shape


@pytest.mark.parametrize(("kind", "argument", "value"), ENUMS)
def test_an_enumeration_holds_what_the_documentation_says(kind: str, argument: str, value: str):
    assert value in _shape(kind, argument).enum
    assert "no-such-value" not in _shape(kind, argument).enum


@pytest.mark.parametrize(("kind", "argument", "least", "most"), BOUNDS)
def test_bounds_are_those_of_the_documentation(kind: str, argument: str, least: float, most: float):
    shape = _shape(kind, argument)
    assert (shape.least, shape.most) == (least, most)


@pytest.mark.parametrize(("kind", "argument", "good", "bad"), PATTERNS)
def test_patterns_take_good_names_and_refuse_bad_ones(kind: str, argument: str, good: str, bad: str):
    pattern = _shape(kind, argument).pattern
    assert pattern is not None
    assert patterns.matches(pattern, good) is True
    assert patterns.matches(pattern, bad) is False


def test_every_mapped_argument_is_in_the_schema_and_in_the_model():
    for kind in shapes.mapped_types():
        schema = schema_of(kind)
        assert schema is not None
        mapped = shapes.table("api_shapes")["resources"][kind]["arguments"]
        assert set(shapes.members_of(kind)) == set(mapped)
        for argument in mapped:
            *blocks, name = argument.split(".")
            holder = schema.at(".".join(blocks))
            assert holder is not None
            assert any(map(holder.arguments[name].settable, holder.arguments[name].flags))


def test_lists_that_grow_are_not_compared():
    assert "runtime" not in shapes.members_of("aws_lambda_function")
    assert "instance_type" not in shapes.members_of("aws_instance")
    assert "vpc.vpc_region" not in shapes.members_of("aws_route53_zone")


def test_a_service_is_read_when_a_type_of_it_is_asked_for(monkeypatch: pytest.MonkeyPatch):
    read = []
    load = shapes._model
    monkeypatch.setattr(shapes, "_model", lambda service: read.append(service) or load(service))
    shapes._members.cache_clear()
    for _ in range(3):
        shapes.members_of("aws_backup_vault")
        shapes.members_of("aws_backup_plan")
        shapes.members_of("aws_subnet")
    assert read == ["backup"]


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", r"([\w]*,?)*", r"\p{L}+", "[a-z&&[^aeiou]]", "[\\uD800\\uDC00-\\uDBFF]*", "("]
)
def test_patterns_that_are_foreign_or_may_take_for_ever_are_not_used(pattern: str):
    assert patterns.matches(pattern, "a" * 40) is None


def test_no_pattern_takes_long_to_fail():
    texts = [one * 2048 for one in ("a", "-", "/", "a-", "a.", ":", "arn:aws:a:", "0")]
    started = time.process_time()
    tried = 0
    for kind in shapes.mapped_types():
        for member in shapes.members_of(kind).values():
            for shape in (member.shape, member.shape.item):
                if shape and shape.pattern:
                    for text in texts:
                        for length in (64, 128, 512, 2048):
                            patterns.matches(shape.pattern, text[: length - 1] + "\x00")
                            tried += 1
    assert tried > 10_000
    assert (time.process_time() - started) / tried < 0.002
