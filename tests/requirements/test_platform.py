"""Every required row of the platform, asked of the synthesized configuration and of the deployed embedded AWS."""

from __future__ import annotations

import ipaddress
import json
from typing import Any

import pytest

from tercet.stack.event_kinds import FOLLOWED, STARTS_WORKFLOW
from tests.configuration import Configuration
from tests.deployed import Deployed

ZONES = {"us-east-1a", "us-east-1b", "us-east-1c"}
deployed_platform = pytest.mark.slow


def values(policy_or_tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in policy_or_tags}


class TestM1Aurora:
    """One writer and two readers of db.r5.large, one per zone, 72 hours of backtrack."""

    def test_configuration(self, configuration: Configuration):
        cluster = configuration.one("aws_rds_cluster")
        assert cluster["engine"] == "aurora-mysql"
        assert cluster["backtrack_window"] == 259_200
        assert cluster["storage_encrypted"] is True
        assert cluster["iam_database_authentication_enabled"] is True
        assert cluster["manage_master_user_password"] is True
        assert "master_password" not in cluster
        assert set(cluster["enabled_cloudwatch_logs_exports"]) >= {"audit", "error", "slowquery"}
        instances = configuration.all("aws_rds_cluster_instance").values()
        assert sorted(instance["availability_zone"] for instance in instances) == sorted(ZONES)
        assert {instance["instance_class"] for instance in instances} == {"db.r5.large"}
        assert all(instance["performance_insights_enabled"] for instance in instances)
        assert not any(instance["auto_minor_version_upgrade"] for instance in instances)

    def test_tls_is_required(self, configuration: Configuration):
        parameters = configuration.one("aws_rds_cluster_parameter_group")["parameter"]
        assert {"ON", "1"} & {p["value"] for p in parameters if p["name"] == "require_secure_transport"}
        assert configuration.one("aws_db_proxy")["require_tls"] is True
        assert {auth["iam_auth"] for auth in configuration.one("aws_db_proxy")["auth"]} == {"REQUIRED"}

    def test_payments_are_not_the_user_that_owns_the_schema(self, configuration: Configuration):
        master = configuration.one("aws_rds_cluster")["master_username"]
        placeholder = json.loads(configuration.one("aws_secretsmanager_secret_version")["secret_string"])
        assert placeholder["username"] != master
        assert len(configuration.one("aws_db_proxy")["auth"]) == 2
        users = {
            address.split("_")[4]: statement["Resource"][0].rpartition("/")[2]
            for address, statement in configuration.policies()
            if "rds-db:connect" in statement["Action"]
        }
        application = placeholder["username"]
        assert users == {"api": application, "steps": application, "sweeper": application, "migrate": master}

    @deployed_platform
    def test_deployed(self, deployed: Deployed):
        rds = deployed.client("rds")
        (cluster,) = rds.describe_db_clusters()["DBClusters"]
        assert cluster["Engine"] == "aurora-mysql"
        assert cluster["BacktrackWindow"] == 259_200
        assert cluster["StorageEncrypted"]
        instances = rds.describe_db_instances()["DBInstances"]
        assert {instance["AvailabilityZone"] for instance in instances} == ZONES
        assert {instance["DBInstanceClass"] for instance in instances} == {"db.r5.large"}
        writers = [member for member in cluster["DBClusterMembers"] if member["IsClusterWriter"]]
        assert len(writers) == 1
        assert len(cluster["DBClusterMembers"]) == 3


class TestM2Sessions:
    """DynamoDB on demand, with point-in-time recovery."""

    def test_configuration(self, configuration: Configuration):
        tables = {table["name"]: table for table in configuration.all("aws_dynamodb_table").values()}
        assert set(tables) == {"tercet-sessions-dev", "tercet-acquirer-sandbox-dev"}
        assert tables["tercet-sessions-dev"]["ttl"]["enabled"] is True
        assert "ttl" not in tables["tercet-acquirer-sandbox-dev"], "payments are reconciled with it"
        for table in tables.values():
            assert table["billing_mode"] == "PAY_PER_REQUEST"
            assert table["point_in_time_recovery"]["enabled"] is True
            assert table["server_side_encryption"]["kms_key_arn"].startswith("${aws_kms_key.")

    @deployed_platform
    def test_deployed(self, deployed: Deployed):
        dynamodb = deployed.client("dynamodb")
        names = dynamodb.list_tables()["TableNames"]
        assert len(names) == 2
        for name in names:
            table = dynamodb.describe_table(TableName=name)["Table"]
            assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
            backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
            assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


class TestM3Processor:
    """Lambda with 1 GB, in the private subnets of all three zones."""

    def test_configuration(self, configuration: Configuration):
        for address, function in configuration.all("aws_lambda_function").items():
            assert function["memory_size"] == 1024, address
            assert function["architectures"] == ["arm64"], address
            assert function["reserved_concurrent_executions"] > 0, address
            subnets = [configuration.referred(subnet) for subnet in function["vpc_config"]["subnet_ids"]]
            assert {subnet["availability_zone"] for subnet in subnets} == ZONES, address
            assert {subnet["tags"]["tier"] for subnet in subnets} == {"private"}, address
        aliased = {alias["function_name"] for alias in configuration.all("aws_lambda_alias").values()}
        assert len(aliased) == len(configuration.all("aws_lambda_function"))
        for invoked in configuration.all("aws_lambda_function_event_invoke_config").values():
            assert invoked["destination_config"]["on_failure"]["destination"].startswith("${aws_sqs_queue.")

    def test_new_code_goes_live_on_a_migrated_schema_only(self, configuration: Configuration):
        """The migration runs for each new zip; if it fails, no alias has moved yet."""
        functions = configuration.all("aws_lambda_function")
        (migrate,) = [at for at, function in functions.items() if "migrate" in function["handler"]]
        migration = configuration.one("aws_lambda_invocation")
        assert migration["function_name"] == functions[migrate]["function_name"]
        assert migration["qualifier"] == f"${{{migrate}.version}}", "an alias may still point at the version before"
        assert migration["triggers"]["code"] == functions[migrate]["source_code_hash"]
        assert set(migration["depends_on"]) >= {
            configuration.address("aws_db_proxy_target"),
            *configuration.all("aws_ssm_parameter"),
            *configuration.all("aws_rds_cluster_instance"),
        }
        for address, alias in configuration.all("aws_lambda_alias").items():
            waits = configuration.address("aws_lambda_invocation") in alias.get("depends_on", [])
            assert waits is ("migrate" not in address), address

    def test_a_function_is_told_where_to_read_and_no_more(self, configuration: Configuration):
        for address, function in configuration.all("aws_lambda_function").items():
            told = {"TERCET_ENVIRONMENT": "dev", "TERCET_PARAMETERS": "/tercet/dev"}
            assert function["environment"]["variables"] == told, address

    @deployed_platform
    def test_deployed(self, deployed: Deployed):
        subnets = {subnet["SubnetId"]: subnet for subnet in deployed.client("ec2").describe_subnets()["Subnets"]}
        functions = deployed.client("lambda").list_functions()["Functions"]
        assert len(functions) == 5
        for function in functions:
            assert function["MemorySize"] == 1024
            inside = [subnets[subnet] for subnet in function["VpcConfig"]["SubnetIds"]]
            assert {subnet["AvailabilityZone"] for subnet in inside} == ZONES


class TestM4Dns:
    """A hosted zone with a record for the payment API endpoint, which TLS can serve."""

    def test_configuration(self, configuration: Configuration):
        zone = configuration.one("aws_route53_zone")
        assert zone["name"] == "tercet-dev.internal"
        assert zone["vpc"], "a zone that nobody delegates must be private"
        api = configuration.address("aws_api_gateway_rest_api")
        (record,) = [record for record in configuration.all("aws_route53_record").values() if record["type"] == "SRV"]
        assert any(f"${{{api}.id}}.execute-api.us-east-1.amazonaws.com" in target for target in record["records"])
        assert not [r for r in configuration.all("aws_route53_record").values() if r["type"] == "CNAME"]

    @deployed_platform
    def test_deployed(self, deployed: Deployed):
        route53 = deployed.client("route53")
        (zone,) = route53.list_hosted_zones()["HostedZones"]
        assert zone["Config"]["PrivateZone"]
        records = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
        (target,) = [r["ResourceRecords"][0]["Value"] for r in records if r["Type"] == "SRV"]
        (api,) = deployed.client("apigateway").get_rest_apis()["items"]
        assert api["id"] in target


class TestM5Events:
    """Rules for payment events, event-driven processing behind them, a dead-letter queue on every target."""

    def test_configuration(self, configuration: Configuration):
        rules = configuration.all("aws_cloudwatch_event_rule")
        delivered = [
            (kind, target["arn"])
            for target in configuration.all("aws_cloudwatch_event_target").values()
            for kind in json.loads(configuration.referred(target["rule"])["event_pattern"]).get("detail-type", [])
            if kind.startswith("payment.")
        ]
        assert len(delivered) == len(set(delivered)), "two rules deliver one kind of event to a target twice"
        kinds = {kind for kind, _ in delivered}
        assert {"payment.created", "payment.authorized", "payment.captured", "payment.failed"} <= kinds
        assert len(rules) == len(delivered) + 1, "a rule that sends nothing anywhere; the one more is the failover's"
        for address, target in configuration.all("aws_cloudwatch_event_target").items():
            assert target["dead_letter_config"]["arn"].startswith("${aws_sqs_queue."), address

    def test_no_rule_sends_an_event_back_to_its_producer(self, configuration: Configuration):
        """What starts the workflow is none of its own doing: tests/payments/platform/test_event_kinds.py asks the
        processor. And who consumes the rest publishes nothing: test_least_privilege.py."""
        machine = configuration.address("aws_sfn_state_machine")
        (queue,) = [at for at, one in configuration.all("aws_sqs_queue").items() if "payment-events" in one["name"]]
        received: dict[str, set[str]] = {machine: set(), queue: set()}
        for target in configuration.all("aws_cloudwatch_event_target").values():
            rule = configuration.referred(target["rule"])
            if "event_bus_name" not in rule:
                continue  # what AWS itself reports
            (receiver,) = [at for at in received if at in target["arn"]]
            received[receiver].update(json.loads(rule["event_pattern"])["detail-type"])
        assert received == {machine: set(STARTS_WORKFLOW), queue: set(FOLLOWED)}

    def test_every_queue_that_receives_events_says_so_in_its_policy(self, configuration: Configuration):
        allowed = {
            resource
            for _, statement in configuration.policies()
            if statement.get("Principal") == {"Service": "events.amazonaws.com"}
            and "sqs:SendMessage" in statement["Action"]
            for resource in statement["Resource"]
        }
        for address, target in configuration.all("aws_cloudwatch_event_target").items():
            assert target["dead_letter_config"]["arn"] in allowed, address
            if "aws_sqs_queue" in target["arn"]:
                assert target["arn"] in allowed, address

    @deployed_platform
    def test_deployed(self, deployed: Deployed):
        events = deployed.client("events")
        bus = f"tercet-payments-{deployed.suffix}"
        rules = events.list_rules(EventBusName=bus)["Rules"]
        rules = [rule for rule in rules if not rule.get("ManagedBy")]
        assert len(rules) >= 5
        targets = {
            target["Arn"]: target
            for rule in rules
            if not rule["Name"].startswith("Events-Archive")
            for target in events.list_targets_by_rule(Rule=rule["Name"], EventBusName=bus)["Targets"]
        }
        assert any(":sqs:" in arn for arn in targets)
        assert any(":states:" in arn for arn in targets)
        assert all(target["DeadLetterConfig"]["Arn"] for target in targets.values())


class TestM6Backup:
    """Daily backups of Aurora, kept for seven days."""

    def test_configuration(self, configuration: Configuration):
        (rule,) = configuration.one("aws_backup_plan")["rule"]
        assert rule["lifecycle"]["delete_after"] == 7
        assert rule["schedule"].startswith("cron(")
        assert rule["schedule"].endswith("* * ? *)"), "every day"
        assert not rule.get("enable_continuous_backup"), "it would own the cluster's own retention"
        selection = configuration.one("aws_backup_selection")
        assert selection["resources"] == [f"${{{configuration.address('aws_rds_cluster')}.arn}}"]
        vault = configuration.one("aws_backup_vault")
        assert vault["kms_key_arn"].startswith("${aws_kms_key.")
        assert configuration.one("aws_backup_vault_notifications")["sns_topic_arn"].startswith("${aws_sns_topic.")
        assert configuration.one("aws_backup_restore_testing_plan")
        assert configuration.one("aws_backup_restore_testing_selection")

    @deployed_platform
    def test_deployed(self, deployed: Deployed):
        backup = deployed.client("backup")
        (plan,) = backup.list_backup_plans()["BackupPlansList"]
        (rule,) = backup.get_backup_plan(BackupPlanId=plan["BackupPlanId"])["BackupPlan"]["Rules"]
        assert rule["Lifecycle"]["DeleteAfterDays"] == 7
        (selection,) = backup.list_backup_selections(BackupPlanId=plan["BackupPlanId"])["BackupSelectionsList"]
        chosen = backup.get_backup_selection(BackupPlanId=plan["BackupPlanId"], SelectionId=selection["SelectionId"])[
            "BackupSelection"
        ]
        (cluster,) = deployed.client("rds").describe_db_clusters()["DBClusters"]
        assert chosen["Resources"] == [cluster["DBClusterArn"]]


class TestM7Dashboard:
    """Aurora, Lambda invocations and DynamoDB consumed capacity, of these resources."""

    @staticmethod
    def metrics(body: dict[str, Any]) -> list[list[Any]]:
        return [
            metric
            for widget in body["widgets"]
            for metric in widget["properties"].get("metrics", [])
            if isinstance(metric[0], str)
        ]

    def test_configuration(self, configuration: Configuration):
        body = json.loads(configuration.one("aws_cloudwatch_dashboard")["dashboard_body"])
        shown = {(metric[0], metric[1]): metric for metric in self.metrics(body)}
        assert ("AWS/Lambda", "Invocations") in shown
        assert ("AWS/DynamoDB", "ConsumedReadCapacityUnits") in shown
        assert ("AWS/DynamoDB", "ConsumedWriteCapacityUnits") in shown
        assert ("AWS/RDS", "CPUUtilization") in shown
        tables = {metric[3] for metric in self.metrics(body) if metric[1] == "ConsumedReadCapacityUnits"}
        assert tables == {f"${{{address}.name}}" for address in configuration.all("aws_dynamodb_table")}

    @deployed_platform
    def test_deployed(self, deployed: Deployed):
        cloudwatch = deployed.client("cloudwatch")
        (entry,) = cloudwatch.list_dashboards()["DashboardEntries"]
        text = cloudwatch.get_dashboard(DashboardName=entry["DashboardName"])["DashboardBody"]
        tables = deployed.client("dynamodb").list_tables()["TableNames"]
        (cluster,) = deployed.client("rds").describe_db_clusters()["DBClusters"]
        assert "${" not in text
        assert all(table in text for table in tables)
        assert cluster["DBClusterIdentifier"] in text


class TestM8LeastPrivilege:
    """Roles that may do what they are for; the enumeration of wildcards is in test_least_privilege.py."""

    def test_configuration(self, configuration: Configuration):
        trusted = {
            statement["Principal"]["Service"]
            for address, statement in configuration.policies()
            if address.endswith("assume_role_policy")
        }
        assert {"lambda.amazonaws.com", "backup.amazonaws.com", "states.amazonaws.com"} <= trusted
        roles = [function["role"] for function in configuration.all("aws_lambda_function").values()]
        assert len(roles) == len(set(roles)), "two functions share a role"

    @deployed_platform
    def test_deployed(self, deployed: Deployed):
        iam = deployed.client("iam")
        roles = [role["RoleName"] for role in iam.list_roles()["Roles"] if role["RoleName"].startswith("tercet-")]
        assert roles
        for role in roles:
            for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
                document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
                for statement in document["Statement"]:
                    assert not [action for action in statement["Action"] if "*" in action], (role, name)


class TestM9Parameters:
    """Parameter Store holds endpoints and configuration; SecureString for what is sensitive."""

    def test_configuration(self, configuration: Configuration):
        parameters = configuration.all("aws_ssm_parameter").values()
        kinds = {parameter["name"]: parameter["type"] for parameter in parameters}
        assert all(name.startswith("/tercet/dev/") for name in kinds)
        assert "SecureString" in kinds.values()
        assert {name.removeprefix("/tercet/dev/") for name in kinds} == {
            "acquirer/sandbox-table",
            "database/app-secret-arn",
            "database/endpoint",
            "database/master-user",
            "database/name",
            "database/port",
            "database/user",
            "events/bus",
            "idempotency/ttl-s",
            "sessions/table",
            "sessions/ttl-s",
        }
        for parameter in parameters:
            if parameter["type"] == "SecureString":
                assert parameter["key_id"].startswith("${aws_kms_key.")

    @deployed_platform
    def test_deployed(self, deployed: Deployed):
        ssm = deployed.client("ssm")
        pages = ssm.get_paginator("get_parameters_by_path").paginate(
            Path=f"/tercet/{deployed.suffix}", Recursive=True, WithDecryption=True
        )
        values = {parameter["Name"].split("/", 3)[3]: parameter["Value"] for parameter in pages.search("Parameters")}
        (proxy,) = deployed.client("rds").describe_db_proxies()["DBProxies"]
        assert values["database/endpoint"] == proxy["Endpoint"]


class TestM10Alarms:
    """Lambda errors, Aurora CPU, DynamoDB throttling; each with an action."""

    def test_configuration(self, configuration: Configuration):
        alarms = configuration.all("aws_cloudwatch_metric_alarm")
        text = json.dumps(alarms)
        for metric in (
            "Errors",
            "Throttles",
            "Duration",
            "CPUUtilization",
            "5XXError",
            "OldestUnpublishedEventAge",
            "OldestUnknownAge",
            "Declined",
        ):
            assert f'"{metric}"' in text, metric
        assert "ThrottleEvents" in text or "ThrottledRequests" in text
        for address, alarm in alarms.items():
            assert alarm["alarm_actions"], address
            assert all(action.startswith("${aws_sns_topic.") for action in alarm["alarm_actions"]), address
            assert alarm["treat_missing_data"] in {"breaching", "notBreaching", "ignore", "missing"}, address
            assert "runbook.md#" in alarm["alarm_description"], address
        composite = configuration.one("aws_cloudwatch_composite_alarm")
        assert composite["alarm_actions"]

    @deployed_platform
    def test_deployed(self, deployed: Deployed):
        described = deployed.client("cloudwatch").describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        assert len(described["MetricAlarms"]) >= 10
        assert all(alarm["AlarmActions"] for alarm in described["MetricAlarms"])


class TestM11Workflow:
    """Step Functions orchestrates the steps of a payment."""

    def test_configuration(self, configuration: Configuration):
        machine = configuration.one("aws_sfn_state_machine")
        definition = json.loads(machine["definition"])
        tasks = {name: state for name, state in definition["States"].items() if state["Type"] == "Task"}
        assert len(tasks) >= 5
        assert all(task["Retry"] for task in tasks.values())
        assert any(task.get("Catch") for task in tasks.values())
        assert machine["tracing_configuration"]["enabled"] is True
        assert machine["logging_configuration"]["include_execution_data"] is False

    @deployed_platform
    def test_deployed(self, deployed: Deployed):
        (machine,) = deployed.client("stepfunctions").list_state_machines()["stateMachines"]
        assert machine["type"] == "STANDARD"


class TestM12Tracing:
    """X-Ray across the path of a payment."""

    def test_configuration(self, configuration: Configuration):
        assert configuration.one("aws_api_gateway_stage")["xray_tracing_enabled"] is True
        for address, function in configuration.all("aws_lambda_function").items():
            assert function["tracing_config"]["mode"] == "Active", address
        assert configuration.one("aws_sfn_state_machine")["tracing_configuration"]["enabled"] is True

    @deployed_platform
    def test_deployed(self, deployed: Deployed):
        (api,) = deployed.client("apigateway").get_rest_apis()["items"]
        (stage,) = deployed.client("apigateway").get_stages(restApiId=api["id"])["item"]
        assert stage["tracingEnabled"]
        for function in deployed.client("lambda").list_functions()["Functions"]:
            assert function["TracingConfig"]["Mode"] == "Active"


NAMING = ("name", "function_name", "identifier", "cluster_identifier", "alarm_name", "dashboard_name", "domain")
UNNAMED = {
    # What AWS itself prescribes, or what is named within something that carries the suffix.
    "aws_iam_role_policy",
    "aws_lambda_alias",
    "aws_route53_record",
    "aws_ssm_parameter",
    "aws_cognito_resource_server",
}


class TestC1Suffix:
    """Every named resource carries the environment suffix."""

    def test_configuration(self, configurations: dict[str, Configuration]):
        configuration = configurations["suffixed"]
        checked = 0
        for address, body in configuration.resources():
            if address.split(".")[0] in UNNAMED:
                continue
            for attribute in NAMING:
                name = body.get(attribute)
                if isinstance(name, str) and name != "vpc":
                    checked += 1
                    own = "blue-7" in name.replace("_", "-") or "${aws_" in name
                    assert own, f"{address} is called {name!r}"
        assert checked > 50

    @deployed_platform
    def test_deployed(self, deployed: Deployed):
        suffix = deployed.suffix
        names = [
            *(function["FunctionName"] for function in deployed.client("lambda").list_functions()["Functions"]),
            *deployed.client("dynamodb").list_tables()["TableNames"],
            *(url.rsplit("/", 1)[1] for url in deployed.client("sqs").list_queues()["QueueUrls"]),
            *(c["DBClusterIdentifier"] for c in deployed.client("rds").describe_db_clusters()["DBClusters"]),
            *(api["name"] for api in deployed.client("apigateway").get_rest_apis()["items"]),
        ]
        assert len(names) >= 10
        assert [name for name in names if suffix not in name] == []


class TestC2Destroyable:
    """Nothing is retained by default; `protect` turns protection on. Destroying is shown in test_lifecycle.py."""

    @pytest.mark.parametrize(("profile", "protected"), [("dev", False), ("prod", True)])
    def test_configuration(self, configurations: dict[str, Configuration], profile: str, protected: bool):
        configuration = configurations[profile]
        cluster = configuration.one("aws_rds_cluster")
        assert cluster["deletion_protection"] is protected
        assert cluster["skip_final_snapshot"] is not protected
        assert ("final_snapshot_identifier" in cluster) is protected
        for address, table in configuration.all("aws_dynamodb_table").items():
            assert table["deletion_protection_enabled"] is protected, address
        assert (configuration.one("aws_secretsmanager_secret")["recovery_window_in_days"] > 0) is protected
        assert configuration.one("aws_backup_vault").get("force_destroy", False) is not protected
        assert ("aws_backup_vault_lock_configuration" in configuration.json["resource"]) is protected
        retained = [a for a, body in configuration.resources() if body.get("lifecycle", {}).get("prevent_destroy")]
        assert retained == []

    @deployed_platform
    def test_deployed(self, deployed: Deployed):
        (cluster,) = deployed.client("rds").describe_db_clusters()["DBClusters"]
        assert not cluster["DeletionProtection"]


class TestC3OneRegionThreeZones:
    """Everything in one region; a VPC over three zones, private subnets, a NAT gateway in each."""

    def test_no_second_region(self, configuration: Configuration):
        import re

        assert len(configuration.json["provider"]["aws"]) == 1
        assert set(re.findall(r"\b(?:us|eu|ap|sa|ca|me|af)-[a-z]+-\d\b", configuration.text)) == {"us-east-1"}
        assert not [kind for kind in configuration.json["resource"] if "global" in kind or "replica" in kind]

    def test_another_region_moves_everything(self, configurations: dict[str, Configuration]):
        assert "us-east-1" not in configurations["elsewhere"].text
        assert "eu-west-1" in configurations["elsewhere"].text

    def test_each_zone_leaves_through_its_own_nat_gateway(self, configuration: Configuration):
        nat_zones = {}
        for address, nat in configuration.all("aws_nat_gateway").items():
            nat_zones[f"${{{address}.id}}"] = configuration.referred(nat["subnet_id"])["availability_zone"]
        assert set(nat_zones.values()) == ZONES
        routes = {
            route["route_table_id"]: route
            for route in configuration.all("aws_route").values()
            if "nat_gateway_id" in route
        }
        private = 0
        for association in configuration.all("aws_route_table_association").values():
            subnet = configuration.referred(association["subnet_id"])
            if subnet["tags"]["tier"] == "private":
                private += 1
                route = routes[association["route_table_id"]]
                assert nat_zones[route["nat_gateway_id"]] == subnet["availability_zone"]
            if subnet["tags"]["tier"] == "isolated":
                assert association["route_table_id"] not in routes, "the database has a way out"
        assert private == 3

    def test_subnets_do_not_overlap(self, configuration: Configuration):
        networks = [ipaddress.ip_network(subnet["cidr_block"]) for subnet in configuration.all("aws_subnet").values()]
        assert len(networks) == 9
        assert not any(a.overlaps(b) for a in networks for b in networks if a is not b)

    def test_a_payment_reaches_aws_without_nat(self, configuration: Configuration):
        endpoints = configuration.all("aws_vpc_endpoint").values()
        services = {endpoint["service_name"].rsplit(".", 1)[1] for endpoint in endpoints}
        assert {"dynamodb", "s3", "events", "ssm"} <= services
        for endpoint in endpoints:
            if endpoint["vpc_endpoint_type"] == "Interface":
                zones = {configuration.referred(subnet)["availability_zone"] for subnet in endpoint["subnet_ids"]}
                assert zones == ZONES

    @deployed_platform
    def test_deployed(self, deployed: Deployed):
        ec2 = deployed.client("ec2")
        (vpc,) = [vpc for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]
        mine = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
        subnets = {subnet["SubnetId"]: subnet for subnet in ec2.describe_subnets(Filters=mine)["Subnets"]}
        assert {subnet["AvailabilityZone"] for subnet in subnets.values()} == ZONES
        gateways = ec2.describe_nat_gateways(Filters=[*mine, {"Name": "state", "Values": ["available"]}])["NatGateways"]
        assert {subnets[gateway["SubnetId"]]["AvailabilityZone"] for gateway in gateways} == ZONES


class TestC4Constructs:
    """The concerns are separate constructs, composed by one stack."""

    CONCERNS = frozenset({"network", "database", "processor", "events", "backup", "dns", "monitoring"})

    def test_configuration(self, configuration: Configuration):
        concerns = {body["//"]["metadata"]["path"].split("/")[1] for _, body in configuration.resources()}
        assert concerns >= self.CONCERNS
        stacks = {body["//"]["metadata"]["path"].split("/")[0] for _, body in configuration.resources()}
        assert stacks == {"tercet"}

    @deployed_platform
    def test_deployed(self, deployed: Deployed):
        counted = deployed.status["counted"]
        assert set(counted) >= self.CONCERNS
        assert sum(sum(row.values()) for row in counted.values()) == deployed.status["resources"]


class TestC5State:
    """Remote state in S3, encrypted and locked; asking a real backend is in test_deploy.py."""

    def test_configuration(self, configuration: Configuration):
        backend = configuration.json["terraform"]["backend"]["s3"]
        assert backend["encrypt"] is True
        assert backend["use_lockfile"] is True
        assert backend["key"] == "tercet/dev/terraform.tfstate"
        assert "dynamodb_table" not in backend
        assert configuration.required_version == ">= 1.10", "older ones do not know use_lockfile"

    @deployed_platform
    def test_deployed(self, deployed: Deployed):
        """The embedded deployment runs the same configuration, with a state beside it."""
        assert deployed.state.is_file()
        assert deployed.state.stat().st_mode & 0o077 == 0, "the state can be read by others"
