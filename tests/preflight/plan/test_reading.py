"""What a plan says of a configuration, what it does not, and what is made of that."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from tercet.errors import PreflightError
from tercet.preflight.check import check_configuration, check_path
from tercet.preflight.findings import Report
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.plan import graph_of
from tercet.preflight.values import Reference, Text, Unknown
from tests.preflight.checking import found

AWS = {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws"}
QUEUE = "aws_sqs_queue.payments"
FUNCTION_URL = "aws_lambda_function_url.payments"


def referring(*names: str) -> dict[str, Any]:
    """Write what a plan lists of an expression: each attribute, and what it is of."""
    return {"references": [text for name in names for text in (name, ".".join(name.split(".")[:2]))]}


def plan(*resources: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """Write a plan that creates these resources."""
    regions = {"aws": {**AWS, "expressions": {"region": {"constant_value": "us-east-1"}}}}
    root = {"resources": [{**one["is"], "provider_config_key": "aws", **one["said"]} for one in resources]}
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": [{**one["is"], "values": one["known"]} for one in resources]}},
        "resource_changes": [
            {
                **one["is"],
                "change": {"actions": ["create"], "after": one["known"], "after_unknown": one["unknown"]},
            }
            for one in resources
        ],
        "configuration": {"provider_config": regions, "root_module": root},
        **parts,
    }


def resource(
    address: str, said: dict[str, Any], known: dict[str, Any] | None = None, unknown: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Write a resource: what its configuration says, what of it is known, and what is not."""
    kind, name = address.split(".")
    return {
        "is": {"address": address, "mode": "managed", "type": kind, "name": name},
        "said": {"expressions": said},
        "known": known or {},
        "unknown": unknown or {},
    }


def read(document: dict[str, Any], address: str) -> Resource:
    """Read a plan, and return a resource of it."""
    return graph_of(document, "plan.json").resources[address]


def rules_of(report: Report) -> set[str]:
    """Return the rules that found something."""
    return {one.rule for one in report.findings}


@pytest.mark.parametrize(
    ("kind", "argument", "name"),
    [
        ("aws_subnet", "vpc_id", "aws_vpc.payments.id"),
        ("aws_sns_topic_subscription", "endpoint", "aws_sqs_queue.payments.arn"),
        ("aws_api_gateway_integration", "http_method", "aws_api_gateway_method.payments.http_method"),
        ("aws_iam_policy", "policy", "data.aws_iam_policy_document.payments.json"),
    ],
)
def test_what_nothing_is_made_of_is_the_reference_itself(kind: str, argument: str, name: str):
    document = plan(resource(f"{kind}.one", {argument: referring(name)}, {}, {argument: True}))
    address, attribute = name.rsplit(".", 1)
    assert read(document, f"{kind}.one").value(argument) == Reference(address, (attribute,))


@pytest.mark.parametrize(
    ("kind", "argument", "name"),
    [
        ("aws_lambda_permission", "source_arn", "aws_api_gateway_rest_api.payments.execution_arn"),  # "${…}/*/*"
        ("aws_lambda_alias", "function_name", "aws_lambda_function.payments.arn"),  # "${…}:1"
        ("aws_apigatewayv2_route", "target", "aws_apigatewayv2_integration.payments.id"),  # "integrations/${…}"
        ("aws_iam_role_policy", "policy", "aws_sqs_queue.payments.arn"),  # jsonencode(…)
        ("aws_ssm_parameter", "value", "aws_secretsmanager_secret.payments.arn"),  # split(":", …)[3]
    ],
)
def test_what_something_is_made_of_is_not_known_and_still_refers(kind: str, argument: str, name: str):
    document = plan(resource(f"{kind}.one", {argument: referring(name)}, {}, {argument: True}))
    value = read(document, f"{kind}.one").value(argument)
    address, attribute = name.rsplit(".", 1)
    assert isinstance(value, Unknown)
    assert value.references == (Reference(address, (attribute,)),)


@pytest.mark.parametrize(
    ("name", "is_found"),
    [
        ("aws_lambda_function.payments.arn", True),
        (("aws_lambda_function.payments.arn", "aws_lambda_function.other.arn"), False),  # … ? … : …
        (("aws_lambda_function.payments.arn", "local.function"), False),  # try(…, …)
    ],
)
def test_what_is_made_of_one_resource_alone_points_to_it(name: str | tuple[str, ...], is_found: bool):
    """A function's ARN may have an alias behind it: the function is the same."""
    names = (name,) if isinstance(name, str) else name
    said = {"event_source_arn": referring(f"{QUEUE}.arn"), "function_name": referring(*names)}
    mapping = resource(
        "aws_lambda_event_source_mapping.payments", said, {}, {"event_source_arn": True, "function_name": True}
    )
    functions = [
        resource(f"aws_lambda_function.{one}", {"timeout": {"constant_value": 60}}, {"timeout": 60})
        for one in ("payments", "other")
    ]
    report = check_configuration(plan(mapping, resource(QUEUE, {}), *functions), name="plan.json")
    assert ("lambda-sqs-visibility" in rules_of(report)) is is_found
    assert ("lambda-sqs-visibility" in {one.rule for one in report.undecided}) is not is_found


@pytest.mark.parametrize(
    ("said", "is_given"),
    [
        (referring("var.is_primary"), False),  # var.is_primary ? "admin" : null
        ({"references": ["each.key"]}, False),
        ({"references": ["var.settings.user", "var.settings"]}, False),
        ({"constant_value": None}, False),
        (referring("aws_ssm_parameter.user.value"), True),
        ({"references": ["local.user"]}, True),
        ({}, True),  # uuid()
    ],
)
def test_what_is_made_of_what_is_known_and_is_not_known_is_not_given(said: dict[str, Any], is_given: bool):
    """The provider computes it."""
    cluster = resource("aws_rds_cluster.payments", {"master_username": said}, {}, {"master_username": True})
    assert read(plan(cluster), "aws_rds_cluster.payments").has("master_username") is is_given


def test_an_item_of_a_list_is_one_item():
    said = {"records": referring(f"{FUNCTION_URL}.function_url"), "type": {"constant_value": "CNAME"}}
    record = resource("aws_route53_record.api", said, {"type": "CNAME", "records": [None]}, {"records": [True]})
    (item,) = read(plan(record), "aws_route53_record.api").items("records")
    assert isinstance(item, Unknown)


def test_a_name_cut_out_of_a_url_is_no_url():
    """``split("/", aws_lambda_function_url.payments.function_url)[2]`` is listed as the attribute is."""
    said = {"records": referring(f"{FUNCTION_URL}.function_url"), "type": {"constant_value": "CNAME"}}
    record = resource("aws_route53_record.api", said, {"type": "CNAME"}, {"records": [True]})
    url = resource(
        FUNCTION_URL, {"authorization_type": {"constant_value": "AWS_IAM"}}, {"authorization_type": "AWS_IAM"}
    )
    report = check_configuration(plan(record, url), name="plan.json")
    assert found(report, "route53-record-url") == []
    assert "route53-record-url" in {one.rule for one in report.undecided}


def test_a_version_behind_an_arn_is_no_missing_version():
    """``"${aws_lambda_function.edge.arn}:1"`` is listed as the ARN alone is."""
    association = [
        {"event_type": {"constant_value": "viewer-request"}, "lambda_arn": referring("aws_lambda_function.edge.arn")}
    ]
    distribution = resource(
        "aws_cloudfront_distribution.site",
        {"default_cache_behavior": [{"lambda_function_association": association}]},
        {"default_cache_behavior": [{"lambda_function_association": [{"event_type": "viewer-request"}]}]},
        {"default_cache_behavior": [{"lambda_function_association": [{"lambda_arn": True}]}]},
    )
    edge = resource("aws_lambda_function.edge", {"publish": {"constant_value": True}}, {"publish": True})
    assert found(check_configuration(plan(distribution, edge), name="plan.json"), "cloudfront-edge-function") == []


def test_a_default_of_the_provider_is_left_out():
    queue = resource(
        QUEUE,
        {"name": {"constant_value": "payments-dev"}},
        {"name": "payments-dev", "message_retention_seconds": 345600, "fifo_queue": False, "arn": "arn:aws:sqs:::q"},
        {"id": True},
    )
    assert dict(read(plan(queue), QUEUE).values) == {"name": "payments-dev", "arn": "arn:aws:sqs:::q"}


def test_a_block_of_a_dynamic_is_kept():
    """Neither it nor what is in it stands in the configuration that a plan holds."""
    table = resource("aws_dynamodb_table.sessions", {}, {"attribute": [{"name": "id", "type": "S"}]})
    (block,) = read(plan(table), "aws_dynamodb_table.sessions").blocks("attribute")
    assert dict(block.values) == {"name": "id", "type": "S"}


QUERIES = [
    {
        "id": {"constant_value": "result"},
        "expression": {"constant_value": "m1 + m2"},
        "return_data": {"constant_value": True},
    },
    {"id": {"constant_value": "m1"}, "metric": [{"dimensions": referring(f"{QUEUE}.name")}]},
    {"id": {"constant_value": "m2"}, "metric": [{"dimensions": referring("aws_sqs_queue.other.name")}]},
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_blocks_of_a_set_find_their_expressions(order: tuple[int, ...]):
    """A plan sorts them, and leaves the expressions as they were written."""
    held = [
        {"id": "result", "expression": "m1 + m2", "metric": [], "return_data": True},
        {"id": "m1", "expression": "", "metric": [{"unit": ""}], "return_data": False},
        {"id": "m2", "expression": "", "metric": [{"unit": ""}], "return_data": False},
    ]
    later = [{"metric": []}, {"metric": [{"dimensions": True}]}, {"metric": [{"dimensions": True}]}]
    alarm = resource(
        "aws_cloudwatch_metric_alarm.failed",
        {"metric_query": QUERIES},
        {"metric_query": [held[at] for at in order]},
        {"metric_query": [later[at] for at in order]},
    )
    blocks = read(plan(alarm), "aws_cloudwatch_metric_alarm.failed").blocks("metric_query")
    found = {block.text("id"): block for block in blocks}
    assert {name: block.has("return_data") for name, block in found.items()} == {
        "result": True,
        "m1": False,
        "m2": False,
    }
    for name, queue in (("m1", QUEUE), ("m2", "aws_sqs_queue.other")):
        (metric,) = found[name].blocks("metric")
        assert [one.address for one in metric.references("dimensions")] == [queue]


def test_blocks_that_cannot_be_told_apart_refer_to_all_that_any_of_them_does():
    """Two that are written, and one of a ``dynamic``, which stands nowhere."""
    said = {"ingress": [{"security_groups": referring(f"aws_security_group.{one}.id")} for one in ("a", "b")]}
    group = resource(
        "aws_security_group.database",
        said,
        {"ingress": [{"from_port": port, "to_port": port, "protocol": "tcp"} for port in (1, 2, 3)]},
        {"ingress": [{"security_groups": True}] * 3},
    )
    for block in read(plan(group), "aws_security_group.database").blocks("ingress"):
        assert block.has("from_port")
        assert {one.address for one in block.references("security_groups")} == {
            "aws_security_group.a",
            "aws_security_group.b",
        }


def test_an_empty_list_that_the_provider_makes_null_of_is_an_empty_list():
    said = {
        "vpc_config": [{"subnet_ids": {"constant_value": ["subnet-1"]}, "security_group_ids": {"constant_value": []}}]
    }
    function = resource(
        "aws_lambda_function.payments", said, {"vpc_config": [{"subnet_ids": ["subnet-1"], "security_group_ids": None}]}
    )
    report = check_configuration(plan(function), name="plan.json")
    assert found(report, "lambda-vpc-incomplete")


def test_what_is_only_written_is_there_and_not_known():
    said = {"value_wo": {"references": ["var.token"]}, "type": {"constant_value": "SecureString"}}
    parameter = read(
        plan(resource("aws_ssm_parameter.token", said, {"type": "SecureString", "value_wo": None})),
        "aws_ssm_parameter.token",
    )
    assert parameter.has("value_wo")
    with pytest.raises(Undecidable):
        parameter.text("value_wo")


def test_a_known_value_of_a_map_remembers_the_one_it_is():
    """A map of one expression is listed as all that is referred to anywhere in it."""
    said = {"environment": [{"variables": referring(f"{QUEUE}.name", "aws_sqs_queue.other.name")}]}
    known = {"environment": [{"variables": {"QUEUE": "payments-dev", "LEVEL": "INFO"}}]}
    function = resource("aws_lambda_function.payments", said, known)
    queue = resource(QUEUE, {"name": {"constant_value": "payments-dev"}}, {"name": "payments-dev"})
    block = read(plan(function, queue), "aws_lambda_function.payments").block("environment")
    assert block is not None
    variables = block.mapping("variables")
    assert isinstance(variables["QUEUE"], Text)
    assert variables["QUEUE"].references == (Reference(QUEUE, ("name",)),)
    assert not isinstance(variables["LEVEL"], Text)


@pytest.mark.parametrize(
    ("variable", "value", "region"),
    [
        ("region", "eu-west-1", "eu-west-1"),
        ("main_region", "eu-west-1", "eu-west-1"),
        ("environment", "prod", None),  # var.environment == "prod" ? "eu-west-1" : "eu-west-2"
        ("region", None, None),  # coalesce(var.region, "eu-west-1")
    ],
)
def test_a_region_that_a_variable_decides_is_the_variable_or_not_known(variable: str, value: Any, region: str | None):
    expressions = {"region": {"references": [f"var.{variable}"]}}
    document = plan(
        resource(QUEUE, {"name": {"constant_value": "payments-dev"}}, {"name": "payments-dev"}),
        variables={variable: {"value": value}},
    )
    document["configuration"]["provider_config"]["aws"]["expressions"] = expressions
    queue = read(document, QUEUE)
    if region is None:
        with pytest.raises(Undecidable):
            queue.known_region()
        assert "provider-region-missing" not in rules_of(check_configuration(document, name="plan.json"))
    else:
        assert queue.known_region() == region


@pytest.mark.parametrize(("more", "region"), [({}, "us-east-1"), ({"aws.west": {**AWS, "alias": "west"}}, None)])
def test_a_module_that_is_given_its_provider_has_none_of_its_own(more: dict[str, Any], region: str | None):
    """Terraform lists one for a repeated module inside another, and does not say which one it is."""
    document = plan(resource(QUEUE, {"name": {"constant_value": "payments-dev"}}, {"name": "payments-dev"}))
    configuration = document["configuration"]
    configuration["provider_config"].update(
        {"module.a.module.b:aws": {**AWS, "module_address": "module.a.module.b"}, **more}
    )
    configuration["root_module"]["resources"][0]["provider_config_key"] = "module.a.module.b:aws"
    graph = graph_of(document, "plan.json")
    assert [one.address for one in graph.providers] == ["provider.aws"]
    assert graph.resources[QUEUE].region == region
    assert "provider-region-missing" not in rules_of(check_configuration(document, name="plan.json"))


@pytest.mark.parametrize("limits", [{"complete": False}, {"complete": False, "errored": True}])
def test_what_a_plan_leaves_out_may_complete_what_it_holds(limits: dict[str, bool]):
    """With ``-target``, what depends on the target is left out: a permission beside the function, for one."""
    rule = resource("aws_cloudwatch_event_rule.paid", {"name": {"constant_value": "paid"}}, {"name": "paid"})
    target = resource(
        "aws_cloudwatch_event_target.paid",
        {
            "rule": referring("aws_cloudwatch_event_rule.paid.name"),
            "arn": referring("aws_lambda_function.payments.arn"),
        },
        {"rule": "paid"},
        {"arn": True},
    )
    function = resource(
        "aws_lambda_function.payments", {"function_name": {"constant_value": "p"}}, {"function_name": "p"}
    )
    whole = check_configuration(plan(rule, target, function, complete=True), name="plan.json")
    part = check_configuration(plan(rule, target, function, **limits), name="plan.json")
    assert found(whole, "eb-lambda-permission-missing")
    assert found(part, "eb-lambda-permission-missing") == []
    assert any("not checked" in said for said in part.warnings)


@pytest.mark.parametrize("held", [{"planned_values": {}}, {"configuration": {"root_module": {}}}])
def test_a_plan_after_which_nothing_is_there_says_so(held: dict[str, Any]):
    report = check_configuration({"format_version": "1.2", **held}, name="plan.json")
    assert report.resources == 0
    assert any("nothing to check" in said for said in report.warnings)


@pytest.mark.parametrize(
    "state",
    [
        {"format_version": "1.0"},
        {"format_version": "1.0", "values": {"root_module": {"resources": []}}},
        {"version": 4, "serial": 1, "lineage": "2e1c", "resources": []},
    ],
)
def test_a_state_is_refused_as_one(state: dict[str, Any], tmp_path: Path):
    file = tmp_path / "state.json"
    file.write_text(json.dumps(state), encoding="utf-8")
    with pytest.raises(PreflightError, match=r"state\.json is a state, and no plan"):
        check_path(file)


@pytest.mark.parametrize(
    ("subnets", "listed"),
    [
        (referring("aws_subnet.a.id", "aws_subnet.b.id"), 2),
        ({"references": ["var.more", *referring("aws_subnet.a.id")["references"]]}, None),  # concat(var.more, […])
        ({"references": ["local.more", *referring("aws_subnet.a.id")["references"]]}, None),
    ],
)
def test_a_list_that_may_be_longer_is_not_known(subnets: dict[str, Any], listed: int | None):
    """A set of which an item is not known is not known at all: its items are those of the expression."""
    group = resource("aws_db_subnet_group.payments", {"subnet_ids": subnets}, {}, {"subnet_ids": True})
    document = plan(group)
    root = document["configuration"]["root_module"]
    call = {"expressions": {"more": {"constant_value": ["subnet-1"]}}, "module": {**root, "variables": {"more": {}}}}
    document["configuration"]["root_module"] = {"module_calls": {"data": call}}
    for one in (*document["planned_values"]["root_module"]["resources"], *document["resource_changes"]):
        one["address"] = f"module.data.{one['address']}"
    block = read(document, "module.data.aws_db_subnet_group.payments")
    if listed is None:
        with pytest.raises(Undecidable):
            block.items("subnet_ids")
    else:
        assert len(block.items("subnet_ids")) == listed


@pytest.mark.parametrize(
    ("index", "address"),
    [
        ("count.index", "aws_subnet.a[1]"),
        ("each.value.zone", "aws_subnet.a"),  # of which instance, is not written down
    ],
)
def test_the_instance_of_the_same_index_is_meant_where_there_is_one(index: str, address: str):
    texts = [*(["each.value"] if index.startswith("each.value") else []), index, "aws_subnet.a"]
    gateways = [
        resource(f"aws_nat_gateway.{at}", {"subnet_id": {"references": texts}}, {}, {"subnet_id": True}) for at in "bc"
    ]
    subnets = [resource(f"aws_subnet.{at}", {}, {}, {"id": True}) for at in "de"]
    document = plan(*gateways, *subnets)
    root = document["configuration"]["root_module"]
    root["resources"] = [{**root["resources"][0], "address": "aws_nat_gateway.n"}, {"address": "aws_subnet.a"}]
    named = ("aws_nat_gateway.n[1]", "aws_nat_gateway.n[2]", "aws_subnet.a[0]", "aws_subnet.a[1]")
    for part in (document["planned_values"]["root_module"]["resources"], document["resource_changes"]):
        for one, name in zip(part, named, strict=True):
            one["address"] = name
    assert [one.address for one in read(document, named[0]).references("subnet_id")] == [address]
    assert [one.address for one in read(document, named[1]).references("subnet_id")] == ["aws_subnet.a"]


def test_a_known_text_is_not_that_of_every_instance():
    """``"table/${aws_dynamodb_table.a[each.value.table].name}"``: of which instance, is not written down."""
    said = {"resource_id": {"references": ["each.value.table", "each.value", "aws_dynamodb_table.a"]}}
    target = resource("aws_appautoscaling_target.read", said, {"resource_id": "table/stock-dev"})
    document = plan(target, *(resource(f"aws_dynamodb_table.{at}", {}, {"name": at}) for at in "bc"))
    for part in (document["planned_values"]["root_module"]["resources"], document["resource_changes"]):
        part[1]["address"], part[2]["address"] = "aws_dynamodb_table.a[0]", "aws_dynamodb_table.a[1]"
    value = read(document, "aws_appautoscaling_target.read").value("resource_id")
    assert value == "table/stock-dev"
    assert not isinstance(value, Text)


def test_the_instances_of_a_module_are_its_own():
    """``aws_subnet.a[*].id`` inside one instance of a module is not what the module's other instance has."""
    group = resource(
        "aws_db_subnet_group.g", {"subnet_ids": {"references": ["aws_subnet.a"]}}, {}, {"subnet_ids": True}
    )
    document = plan(group, *(resource(f"aws_subnet.{at}", {}, {}, {"id": True}) for at in "bc"))
    root = document["configuration"]["root_module"]
    document["configuration"]["root_module"] = {"module_calls": {"m": {"module": root}}}
    names = ('module.m["x"].aws_db_subnet_group.g', 'module.m["x"].aws_subnet.a[0]', 'module.m["y"].aws_subnet.a[0]')
    for part in (document["planned_values"]["root_module"]["resources"], document["resource_changes"]):
        for one, name in zip(part, names, strict=True):
            one["address"] = name
    assert read(document, names[0]).items("subnet_ids") == [Reference(names[1], ("id",))]


ALARM = {"alarm_name": {"constant_value": "payments-errors-dev"}}
NAMED = {"alarm_name": "payments-errors-dev"}
RULE = {"alarm_rule": "ALARM(payments-errors-dev)"}


@pytest.mark.parametrize(
    ("said", "more", "is_found"),
    [
        ({"constant_value": RULE["alarm_rule"]}, {}, True),
        (referring("aws_cloudwatch_metric_alarm.errors.alarm_name"), {}, False),
        # join(" OR ", [for one in aws_cloudwatch_metric_alarm.errors : "ALARM(${one.alarm_name})"])
        ({"references": ["aws_cloudwatch_metric_alarm.errors"]}, {}, False),
        ({"references": ["local.alarms"]}, {}, False),
        ({"constant_value": RULE["alarm_rule"]}, {"depends_on": ["aws_cloudwatch_metric_alarm.errors"]}, False),
    ],
)
def test_a_plan_keeps_what_waits_for_what(said: dict[str, Any], more: dict[str, Any], is_found: bool):
    """Of a value that is known it lists still what the value was made of."""
    composite = resource("aws_cloudwatch_composite_alarm.impaired", {"alarm_rule": said}, dict(RULE))
    composite["said"].update(more)
    alarm = resource("aws_cloudwatch_metric_alarm.errors", ALARM, dict(NAMED))
    report = check_configuration(plan(composite, alarm), name="plan.json")
    assert ("cw-composite-alarm-rule" in rules_of(report)) is is_found


def test_what_a_module_waits_for_all_in_it_waits_for():
    composite = resource("aws_cloudwatch_composite_alarm.impaired", {"alarm_rule": {"constant_value": RULE}}, RULE)
    alarm = resource("aws_cloudwatch_metric_alarm.errors", ALARM, dict(NAMED))
    document = plan(composite, alarm)
    inside = {**composite["is"], "address": "module.alerts.aws_cloudwatch_composite_alarm.impaired"}
    for place in (document["resource_changes"], document["planned_values"]["root_module"]["resources"]):
        place[0] |= inside
    root = document["configuration"]["root_module"]
    called = {"resources": [root["resources"].pop(0)]}
    root["module_calls"] = {"alerts": {"module": called, "depends_on": ["aws_cloudwatch_metric_alarm.errors"]}}
    assert "cw-composite-alarm-rule" not in rules_of(check_configuration(document, name="plan.json"))
    del root["module_calls"]["alerts"]["depends_on"]
    assert "cw-composite-alarm-rule" in rules_of(check_configuration(document, name="plan.json"))


def test_the_only_queue_of_a_redrive_policy_is_its_dead_letter_queue():
    """``jsonencode({ deadLetterTargetArn = aws_sqs_queue.failed.arn, maxReceiveCount = 5 })`` is not known at all."""
    fifo = {"fifo_queue": {"constant_value": True}, "redrive_policy": referring("aws_sqs_queue.failed.arn")}
    queue = resource(QUEUE, fifo, {"fifo_queue": True}, {"redrive_policy": True})
    report = check_configuration(plan(queue, resource("aws_sqs_queue.failed", {})), name="plan.json")
    assert "sqs-dlq-type-mismatch" in rules_of(report)


MISSING = "apigw-lambda-permission-missing"


@pytest.mark.parametrize(
    ("address", "argument", "name", "rule"),
    [
        (
            "aws_apigatewayv2_route.payments",
            "target",
            "aws_apigatewayv2_integration.payments.id",
            "apigwv2-target-format",
        ),
        ("aws_api_gateway_rest_api.payments", "body", "aws_lambda_function.payments.invoke_arn", MISSING),
        (
            "aws_cloudtrail.audit",
            "cloud_watch_logs_group_arn",
            "aws_cloudwatch_log_group.audit.arn",
            "cloudtrail-refused",
        ),
    ],
)
def test_what_is_written_around_a_reference_is_undecided(address: str, argument: str, name: str, rule: str):
    document = plan(
        resource(address, {argument: referring(name)}, {}, {argument: True}), resource(name.rsplit(".", 1)[0], {})
    )
    report = check_configuration(document, name="plan.json")
    assert rule not in rules_of(report)
    assert rule in {one.rule for one in report.undecided}
