"""What each extension is for, as a check that plain moto fails and the embedded AWS passes.

A check is named after the module it is for, makes what it needs under names of its own, and asserts.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from emulator_helpers import Connect, make_function, make_role

Check = Callable[[Connect], None]
CHECKS: dict[str, Check] = {}


def check(function: Check) -> Check:
    CHECKS[function.__name__] = function
    return function


def new(prefix: str) -> str:
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


PASS = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})


@check
def stepfunctions_validate_state_machine_definition(connect: Connect) -> None:
    client = connect("stepfunctions")
    assert client.validate_state_machine_definition(definition=PASS)["result"] == "OK"
    broken = client.validate_state_machine_definition(
        definition='{"StartAt": "A", "States": {"A": {"Type": "Nonsense"}}}'
    )
    assert broken["result"] == "FAIL"
    assert broken["diagnostics"][0]["severity"] == "ERROR"


@check
def stepfunctions_list_state_machine_versions(connect: Connect) -> None:
    client = connect("stepfunctions")
    arn = client.create_state_machine(name=new("m"), definition=PASS, roleArn=make_role(connect), publish=True)
    versions = client.list_state_machine_versions(stateMachineArn=arn["stateMachineArn"])["stateMachineVersions"]
    assert [each["stateMachineVersionArn"] for each in versions] == [arn["stateMachineVersionArn"]]


@check
def cloudwatch_put_composite_alarm(connect: Connect) -> None:
    client, name = connect("cloudwatch"), new("alarm")
    client.put_composite_alarm(AlarmName=name, AlarmRule="ALARM(other)", AlarmActions=["arn:aws:sns:us-east-1:1:t"])
    (alarm,) = client.describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert (alarm["AlarmRule"], alarm["AlarmActions"]) == ("ALARM(other)", ["arn:aws:sns:us-east-1:1:t"])
    client.delete_alarms(AlarmNames=[name])
    assert client.describe_alarms(AlarmNames=[name])["CompositeAlarms"] == []


def _vault(connect: Connect, **arguments: Any) -> dict[str, Any]:
    return connect("backup").create_backup_vault(BackupVaultName=new("vault"), **arguments)


@check
def backup_create_backup_selection(connect: Connect) -> None:
    client = connect("backup")
    rule = {"RuleName": "daily", "TargetBackupVaultName": _vault(connect)["BackupVaultName"]}
    plan = client.create_backup_plan(BackupPlan={"BackupPlanName": new("plan"), "Rules": [rule]})["BackupPlanId"]
    wanted = {
        "SelectionName": "all",
        "IamRoleArn": make_role(connect),
        "Resources": ["arn:aws:rds:us-east-1:1:cluster:c"],
    }
    selection = client.create_backup_selection(BackupPlanId=plan, BackupSelection=wanted)["SelectionId"]
    assert client.get_backup_selection(BackupPlanId=plan, SelectionId=selection)["BackupSelection"] == wanted
    assert [
        each["SelectionId"] for each in client.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"]
    ] == [selection]
    client.delete_backup_selection(BackupPlanId=plan, SelectionId=selection)
    assert client.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"] == []


@check
def backup_restore_testing(connect: Connect) -> None:
    client, name = connect("backup"), "plan_" + uuid.uuid4().hex[:8]
    points = {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"]}
    plan = {
        "RestoreTestingPlanName": name,
        "ScheduleExpression": "cron(0 12 ? * SUN *)",
        "RecoveryPointSelection": points,
    }
    client.create_restore_testing_plan(RestoreTestingPlan=plan, Tags={"a": "b"})
    found = client.get_restore_testing_plan(RestoreTestingPlanName=name)["RestoreTestingPlan"]
    assert found["RecoveryPointSelection"]["SelectionWindowDays"] == 30
    assert client.list_tags(ResourceArn=found["RestoreTestingPlanArn"])["Tags"] == {"a": "b"}
    of_plan = {"RestoreTestingPlanName": name, "RestoreTestingSelectionName": "s"}
    selection = {
        "RestoreTestingSelectionName": "s",
        "ProtectedResourceType": "Aurora",
        "IamRoleArn": make_role(connect),
        "ProtectedResourceArns": ["*"],
    }
    client.create_restore_testing_selection(RestoreTestingPlanName=name, RestoreTestingSelection=selection)
    client.update_restore_testing_selection(
        **of_plan, RestoreTestingSelection={"IamRoleArn": selection["IamRoleArn"], "ValidationWindowHours": 4}
    )
    got = client.get_restore_testing_selection(**of_plan)["RestoreTestingSelection"]
    assert (got["ValidationWindowHours"], got["ProtectedResourceArns"]) == (4, ["*"])
    client.delete_restore_testing_selection(**of_plan)
    client.delete_restore_testing_plan(RestoreTestingPlanName=name)
    assert name not in [
        each["RestoreTestingPlanName"] for each in client.list_restore_testing_plans()["RestoreTestingPlans"]
    ]


@check
def backup_vault_notifications(connect: Connect) -> None:
    client, name = connect("backup"), _vault(connect)["BackupVaultName"]
    topic = "arn:aws:sns:us-east-1:123456789012:t"
    client.put_backup_vault_notifications(
        BackupVaultName=name, SNSTopicArn=topic, BackupVaultEvents=["BACKUP_JOB_COMPLETED"]
    )
    assert client.get_backup_vault_notifications(BackupVaultName=name)["SNSTopicArn"] == topic


@check
def backup_list_recovery_points(connect: Connect) -> None:
    name = _vault(connect)["BackupVaultName"]
    assert connect("backup").list_recovery_points_by_backup_vault(BackupVaultName=name)["RecoveryPoints"] == []


@check
def backup_plan_deletion(connect: Connect) -> None:
    client = connect("backup")
    rule = {"RuleName": "daily", "TargetBackupVaultName": _vault(connect)["BackupVaultName"]}
    plan = {"BackupPlanName": new("plan"), "Rules": [rule]}
    client.delete_backup_plan(BackupPlanId=client.create_backup_plan(BackupPlan=plan)["BackupPlanId"])
    assert client.create_backup_plan(BackupPlan=plan)["BackupPlanId"]


@check
def backup_tags(connect: Connect) -> None:
    vault = _vault(connect, BackupVaultTags={"a": "b"})
    client = connect("backup")
    # The AWS provider sends no slash at the end of the path; boto3 does.
    client.meta.events.register("before-sign.backup.ListTags", _drop_slash)
    assert client.list_tags(ResourceArn=vault["BackupVaultArn"])["Tags"] == {"a": "b"}


def _drop_slash(request: Any, **_: Any) -> None:
    request.url = request.url.rstrip("/")


@check
def lambda_provisioned_concurrency(connect: Connect) -> None:
    client, name = connect("lambda"), new("f")
    make_function(connect, name, "handler = None", Publish=True)
    client.put_provisioned_concurrency_config(FunctionName=name, Qualifier="1", ProvisionedConcurrentExecutions=2)
    found = client.get_provisioned_concurrency_config(FunctionName=name, Qualifier="1")
    assert (found["Status"], found["RequestedProvisionedConcurrentExecutions"]) == ("READY", 2)
    assert len(client.list_provisioned_concurrency_configs(FunctionName=name)["ProvisionedConcurrencyConfigs"]) == 1
    client.delete_provisioned_concurrency_config(FunctionName=name, Qualifier="1")
    try:
        client.get_provisioned_concurrency_config(FunctionName=name, Qualifier="1")
    except client.exceptions.ProvisionedConcurrencyConfigNotFoundException:
        return
    raise AssertionError("the configuration is still there")


@check
def cognitoidp_resource_server(connect: Connect) -> None:
    client = connect("cognito-idp")
    of = {"UserPoolId": client.create_user_pool(PoolName=new("pool"))["UserPool"]["Id"], "Identifier": "pay"}
    client.create_resource_server(**of, Name="pay", Scopes=[{"ScopeName": "read", "ScopeDescription": "r"}])
    client.update_resource_server(**of, Name="pay2", Scopes=[{"ScopeName": "write", "ScopeDescription": "w"}])
    server = client.describe_resource_server(**of)["ResourceServer"]
    assert (server["Name"], server["Scopes"][0]["ScopeName"]) == ("pay2", "write")
    client.delete_resource_server(**of)
    assert client.list_resource_servers(UserPoolId=of["UserPoolId"], MaxResults=5)["ResourceServers"] == []


@check
def rds_cluster_scaling_configuration(connect: Connect) -> None:
    cluster = connect("rds").create_db_cluster(
        DBClusterIdentifier=new("c"), Engine="aurora-mysql", MasterUsername="admin", MasterUserPassword="password1"
    )["DBCluster"]
    assert "ScalingConfigurationInfo" not in cluster


@check
def rds_performance_insights(connect: Connect) -> None:
    client, name = connect("rds"), new("i")
    client.create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.r5.large",
        Engine="mysql",
        AllocatedStorage=20,
        MasterUsername="admin",
        MasterUserPassword="password1",
        EnablePerformanceInsights=True,
        PerformanceInsightsRetentionPeriod=7,
    )
    client.modify_db_instance(DBInstanceIdentifier=name, PerformanceInsightsRetentionPeriod=31)
    (found,) = client.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    assert (found["PerformanceInsightsEnabled"], found["PerformanceInsightsRetentionPeriod"]) == (True, 31)


@check
def ec2_security_group_rule_description(connect: Connect) -> None:
    client = connect("ec2")
    vpc = client.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group, other = (
        client.create_security_group(GroupName=new("g"), Description="d", VpcId=vpc)["GroupId"] for _ in "ab"
    )
    pair = {"GroupId": other, "Description": "from the other group"}
    permission = {"IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306, "UserIdGroupPairs": [pair]}
    (rule,) = client.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])["SecurityGroupRules"]
    (found,) = client.describe_security_group_rules(SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])[
        "SecurityGroupRules"
    ]
    assert found["Description"] == "from the other group"


@check
def lambda_dead_letter_config(connect: Connect) -> None:
    client, name = connect("lambda"), new("f")
    make_function(connect, name, "handler = None", DeadLetterConfig={"TargetArn": "arn:aws:sqs:us-east-1:1:q"})
    assert client.get_function_configuration(FunctionName=name)["DeadLetterConfig"]["TargetArn"].endswith(":q")
    client.update_function_configuration(FunctionName=name, DeadLetterConfig={"TargetArn": ""})
    assert "DeadLetterConfig" not in client.get_function_configuration(FunctionName=name)


@check
def lambda_update_configuration(connect: Connect) -> None:
    client, name = connect("lambda"), new("f")
    make_function(connect, name, "handler = None")
    client.update_function_configuration(
        FunctionName=name,
        TracingConfig={"Mode": "Active"},
        LoggingConfig={"LogFormat": "JSON"},
        EphemeralStorage={"Size": 600},
    )
    found = client.get_function_configuration(FunctionName=name)
    assert (found["TracingConfig"]["Mode"], found["EphemeralStorage"]["Size"]) == ("Active", 600)
    assert found["LoggingConfig"]["ApplicationLogLevel"] == "INFO"


@check
def lambda_event_invoke_config(connect: Connect) -> None:
    client, name = connect("lambda"), new("f")
    make_function(connect, name, "handler = None", Publish=True)
    client.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=1)
    client.put_function_event_invoke_config(FunctionName=name, Qualifier="1", MaximumRetryAttempts=0)
    assert client.get_function_event_invoke_config(FunctionName=name)["MaximumRetryAttempts"] == 1
    found = client.get_function_event_invoke_config(FunctionName=name, Qualifier="1")
    assert (found["MaximumRetryAttempts"], found["FunctionArn"][-2:]) == (0, ":1")
    client.delete_function_event_invoke_config(FunctionName=name, Qualifier="1")
    assert len(client.list_function_event_invoke_configs(FunctionName=name)["FunctionEventInvokeConfigs"]) == 1


@check
def lambda_event_source_mapping(connect: Connect) -> None:
    client, name = connect("lambda"), new("f")
    arn = make_function(connect, name, "def handler(event, context): return None", Publish=True)
    sqs = connect("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    alias = client.create_alias(FunctionName=name, Name="live", FunctionVersion="1")["AliasArn"]
    assert alias.startswith(arn.removesuffix(":1"))
    mapping = client.create_event_source_mapping(FunctionName=alias, EventSourceArn=queue, Enabled=False)
    assert client.get_event_source_mapping(UUID=mapping["UUID"])["FunctionArn"] == alias


@check
def lambda_invoke_runs_the_code(connect: Connect) -> None:
    name = new("f")
    make_function(connect, name, "def handler(event, context): return event['a'] * 2")
    answer = connect("lambda").invoke(FunctionName=name, Payload=b'{"a": 21}')
    assert json.load(answer["Payload"]) == 42


@check
def kms_rotation_period(connect: Connect) -> None:
    client = connect("kms")
    key = client.create_key()["KeyMetadata"]["KeyId"]
    client.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
    assert client.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 180


@check
def sqs_redrive_policy(connect: Connect) -> None:
    client, name = connect("sqs"), new("q")
    client.create_queue(QueueName=f"{name}-dlq")
    policy = f'{{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:{name}-dlq","maxReceiveCount":5}}'
    allow = '{"redrivePermission":"allowAll"}'
    url = client.create_queue(QueueName=name, Attributes={"RedrivePolicy": policy, "RedriveAllowPolicy": allow})[
        "QueueUrl"
    ]
    names = ["RedrivePolicy", "RedriveAllowPolicy"]
    found = client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    assert found == {"RedrivePolicy": policy, "RedriveAllowPolicy": allow}


@check
def events_targets(connect: Connect) -> None:
    events, steps, bus = connect("events"), connect("stepfunctions"), new("bus")
    machine = steps.create_state_machine(name=bus, definition=PASS, roleArn=make_role(connect))["stateMachineArn"]
    function = make_function(connect, bus, "def handler(event, context): return None")
    events.create_event_bus(Name=bus)
    events.put_rule(Name="r", EventBusName=bus, EventPattern=json.dumps({"detail-type": ["Paid"]}))
    targets = [
        {"Id": "m", "Arn": machine, "RoleArn": make_role(connect), "InputPath": "$.detail"},
        {"Id": "f", "Arn": function},
        {"Id": "gone", "Arn": "arn:aws:sqs:us-east-1:123456789012:gone"},
    ]
    events.put_targets(Rule="r", EventBusName=bus, Targets=targets)
    entries = [
        {"Source": "s", "DetailType": kind, "Detail": '{"n": 1}', "EventBusName": bus} for kind in ("Paid", "Refused")
    ]
    assert events.put_events(Entries=entries)["FailedEntryCount"] == 0
    (execution,) = steps.list_executions(stateMachineArn=machine)["executions"]
    assert steps.describe_execution(executionArn=execution["executionArn"])["input"] == '{"n": 1}'


@check
def route53_change_wait(connect: Connect) -> None:
    client = connect("route53")
    assert client.create_hosted_zone(Name="acme.io", CallerReference=new("z"))["ChangeInfo"]["Status"] == "INSYNC"
    client.meta.events.register("before-send", _as_the_provider)
    answer = client.create_hosted_zone(Name="acme.io", CallerReference=new("z"))
    assert answer["HostedZone"]["Name"] == "acme.io."
    assert "ChangeInfo" not in answer


def _as_the_provider(request: Any, **_: Any) -> None:
    del request.headers["User-Agent"]
    request.headers["User-Agent"] = "APN/1.0 HashiCorp/1.0 Terraform/1.11.4 terraform-provider-aws/5.100.0"


@check
def rds_ca_certificate(connect: Connect) -> None:
    client, name = connect("rds"), new("instance")
    client.create_db_cluster(
        DBClusterIdentifier=name, Engine="aurora-mysql", MasterUsername="owner", ManageMasterUserPassword=True
    )
    client.create_db_instance(
        DBInstanceIdentifier=name, DBClusterIdentifier=name, DBInstanceClass="db.r5.large", Engine="aurora-mysql"
    )
    (instance,) = client.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    assert instance["CACertificateIdentifier"] == "rds-ca-rsa2048-g1"


@check
def rds_parameter_source(connect: Connect) -> None:
    client, name = connect("rds"), new("group")
    client.create_db_parameter_group(
        DBParameterGroupName=name, DBParameterGroupFamily="aurora-mysql8.0", Description="-"
    )
    parameter = {"ParameterName": "long_query_time", "ParameterValue": "1", "ApplyMethod": "immediate"}
    client.modify_db_parameter_group(DBParameterGroupName=name, Parameters=[parameter])
    (found,) = client.describe_db_parameters(DBParameterGroupName=name)["Parameters"]
    assert found["Source"] == "user"


@check
def route53_private_zone(connect: Connect) -> None:
    vpc = connect("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    client, name = connect("route53"), f"{new('zone')}.internal"
    made = client.create_hosted_zone(
        Name=name, CallerReference=name, VPC={"VPCId": vpc, "VPCRegion": client.meta.region_name}
    )
    found = client.get_hosted_zone(Id=made["HostedZone"]["Id"])
    assert found["HostedZone"]["Config"]["PrivateZone"]
    assert [each["VPCId"] for each in found["VPCs"]] == [vpc]


@check
def backup_vault_access_policy(connect: Connect) -> None:
    client, name = connect("backup"), _vault(connect)["BackupVaultName"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    client.put_backup_vault_access_policy(BackupVaultName=name, Policy=policy)
    assert client.get_backup_vault_access_policy(BackupVaultName=name)["Policy"] == policy
    client.delete_backup_vault_access_policy(BackupVaultName=name)
    try:
        client.get_backup_vault_access_policy(BackupVaultName=name)
    except ClientError as refused:
        assert refused.response["Error"]["Code"] == "ResourceNotFoundException"
    else:
        raise AssertionError("the policy is still there")


@check
def lambda_get_account_settings(connect: Connect) -> None:
    client = connect("lambda")
    before = client.get_account_settings()["AccountLimit"]
    assert before["ConcurrentExecutions"] == 1_000
    name = new("f")
    make_function(connect, name, "handler = None")
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=7)
    after = client.get_account_settings()["AccountLimit"]
    assert after["UnreservedConcurrentExecutions"] == before["UnreservedConcurrentExecutions"] - 7


@check
def applicationautoscaling_list_tags_for_resource(connect: Connect) -> None:
    client = connect("application-autoscaling")
    arn = client.register_scalable_target(
        ServiceNamespace="lambda",
        ResourceId=f"function:{new('f')}:live",
        ScalableDimension="lambda:function:ProvisionedConcurrency",
        MinCapacity=1,
        MaxCapacity=2,
        Tags={"a": "b"},
    )["ScalableTargetARN"]
    assert client.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"a": "b"}
    client.untag_resource(ResourceARN=arn, TagKeys=["a"])
    assert client.list_tags_for_resource(ResourceARN=arn)["Tags"] == {}


@check
def apigatewayv2_domain_name(connect: Connect) -> None:
    configuration = {"CertificateArn": "arn:aws:acm:us-east-1:1:certificate/c", "EndpointType": "REGIONAL"}
    domain = connect("apigatewayv2").create_domain_name(
        DomainName=f"{new('d')}.acme.io", DomainNameConfigurations=[configuration]
    )
    assert domain["DomainNameConfigurations"][0]["DomainNameStatus"] == "AVAILABLE"
    assert "MutualTlsAuthentication" not in domain


@check
def apigateway_mock_integration(connect: Connect) -> None:
    answer = {"default": {"statusCode": "200"}}
    integration = {"type": "mock", "requestTemplates": {"application/json": '{"statusCode": 200}'}, "responses": answer}
    method = {"responses": {"200": {"description": "ok"}}, "x-amazon-apigateway-integration": integration}
    document = {
        "openapi": "3.0.1",
        "info": {"title": "api", "version": "1", "description": "d"},
        "paths": {"/health": {"get": method}},
    }
    client = connect("apigateway")
    api = client.import_rest_api(body=json.dumps(document))["id"]
    (resource,) = [each["id"] for each in client.get_resources(restApiId=api)["items"] if each["path"] == "/health"]
    found = client.get_integration(restApiId=api, resourceId=resource, httpMethod="GET")
    assert found["type"].upper() == "MOCK"
    assert "uri" not in found


@check
def ec2_vpc_endpoint_deletion(connect: Connect) -> None:
    ec2 = connect("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    made = ec2.create_vpc_endpoint(
        VpcId=vpc,
        VpcEndpointType="Gateway",
        ServiceName=f"com.amazonaws.{ec2.meta.region_name}.s3",
        RouteTableIds=[table],
    )
    endpoint = made["VpcEndpoint"]["VpcEndpointId"]
    for _ in range(2):
        assert ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])["Unsuccessful"] == []
