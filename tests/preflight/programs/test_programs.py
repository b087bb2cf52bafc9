"""What a program does wrong is found where it stands; what may be right is left alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import tercet.stack
from tercet.errors import PreflightError
from tercet.preflight.findings import Finding, Severity
from tercet.preflight.programs import PROGRAM_RULES
from tercet.preflight.programs.bindings import Bindings
from tercet.preflight.programs.check import check_programs


@pytest.fixture
def check(tmp_path: Path):
    def run(text: str | bytes) -> list[Finding]:
        file = tmp_path / "main.py"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return check_programs(file).findings

    return run


def of_cdktf(text: str) -> str:
    """The same program for the older generation of packages."""
    return text.replace("cdktn_provider_aws", "cdktf_cdktf_provider_aws").replace("cdktn", "cdktf")


def said(findings: list[Finding]) -> set[str]:
    return {finding.rule for finding in findings}


# -- every rule -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("generation", [str, of_cdktf], ids=["cdktn", "cdktf"])
@pytest.mark.parametrize("rule", PROGRAM_RULES, ids=lambda rule: rule.id)
def test_a_rule_finds_its_failing_example_and_leaves_its_passing_one_alone(rule, generation, check):
    found = check(generation(rule.failing))
    assert said(found) == {rule.id}
    for finding in found:
        assert finding.severity is rule.severity
        assert finding.message.endswith(".")
        assert finding.fix
        assert finding.docs.startswith("https://")
        assert finding.source.line
        assert finding.source.file.endswith("main.py")
        assert finding.address.startswith("main.py")
    assert check(generation(rule.passing)) == []


def test_rules_are_described_once():
    assert len({rule.id for rule in PROGRAM_RULES}) == len(PROGRAM_RULES)
    for rule in PROGRAM_RULES:
        assert rule.id.startswith("program-")
        assert rule.run is None
        assert rule.sources


# -- the mistakes that stopped a real platform -----------------------------------------------------------------------


def test_a_copy_action_with_the_lifecycle_of_the_rule(check):
    [found] = check(next(rule for rule in PROGRAM_RULES if rule.id == "program-wrong-struct").failing)
    assert "takes a `BackupPlanRuleCopyActionLifecycle` and is given a `BackupPlanRuleLifecycle`" in found.message
    assert "from cdktn_provider_aws.backup_plan import BackupPlanRuleCopyActionLifecycle" in found.fix
    assert found.aws_error == (
        "TypeError: type of argument lifecycle must be one of (cdktn_provider_aws.backup_plan."
        "BackupPlanRuleCopyActionLifecycle, Dict[str, Any], NoneType); got "
        "cdktn_provider_aws.backup_plan.BackupPlanRuleLifecycle instead"
    )
    assert found.address == "main.py:daily"


def test_the_same_lifecycle_through_names(check):
    found = check(
        """
from cdktn_provider_aws import backup_plan as backup

def plan(scope):
    keep = backup.BackupPlanRuleLifecycle(delete_after=7)
    copies = [backup.BackupPlanRuleCopyAction(destination_vault_arn="a", lifecycle=keep)]
    rule = backup.BackupPlanRule(rule_name="r", target_vault_name="v", lifecycle=keep, copy_action=copies)
    backup.BackupPlan(scope, "plan", name="n", rule=rule)
"""
    )
    assert [(one.source.line, one.evidence["argument"]) for one in found] == [(6, "lifecycle"), (8, "rule")]
    assert found[1].fix == "Put it in a list: `[…]`."


@pytest.mark.parametrize("generation", [str, of_cdktf], ids=["cdktn", "cdktf"])
def test_a_backend_with_an_argument_that_there_is_not(generation, check):
    backend = "from cdktn import S3Backend\n\ndef state(stack):\n    S3Backend(stack, bucket='b', key='k', {}=True)\n"
    [found] = check(generation(backend.format("use_lock_file")))
    assert found.rule == "program-unknown-argument"
    assert found.aws_error == "TypeError: S3Backend.__init__() got an unexpected keyword argument 'use_lock_file'"
    assert "`use_lockfile`" in found.fix
    assert found.edit
    assert "use_lockfile=True" in found.edit.new


def test_a_lock_file_which_cdk_terrain_knows_and_cdktf_never_did(check):
    backend = "from cdktn import S3Backend\n\ndef state(s):\n    S3Backend(s, bucket='b', key='k', use_lockfile=True)\n"
    assert check(backend) == []
    [found] = check(of_cdktf(backend))
    assert found.rule == "program-unknown-argument"
    assert "add_override" in found.fix
    assert "cdktn" in found.fix


def test_a_key_that_is_told_of_its_primary(check):
    [found] = check(next(rule for rule in PROGRAM_RULES if rule.id == "program-unknown-argument").failing)
    assert "from cdktn_provider_aws.kms_replica_key import KmsReplicaKey" in found.fix
    assert found.evidence == {"class": "KmsKey", "argument": "primary_key_arn", "construct": "replica"}
    assert found.address == "main.py:replica"


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("S3Backend", "from cdktn import S3Backend"),
        ("Construct", "from constructs import Construct"),
        ("LambdaFunctionVpcConfig", "from cdktn_provider_aws.lambda_function import LambdaFunctionVpcConfig"),
        ("S3BucketVersioningA", "from cdktn_provider_aws.s3_bucket_versioning import S3BucketVersioningA"),
        ("Apigatewayv2Api", "from cdktn_provider_aws.apigatewayv2_api import Apigatewayv2Api"),
        ("AwsProvider", "from cdktn_provider_aws.provider import AwsProvider"),
        ("json", "import json"),
    ],
)
def test_a_missing_import(name, statement, check):
    program = f"from __future__ import annotations\nfrom cdktn import App\n\nprint({name})\n"
    [found] = check(program)
    assert found.rule == "program-undefined-name"
    assert found.severity is Severity.APPLY_FAILS
    assert found.aws_error == f"NameError: name '{name}' is not defined"
    assert found.fix == f"Add: {statement}"
    assert found.edit
    assert (found.edit.line, found.edit.old) == (2, "from cdktn import App")
    assert found.edit.new == f"{statement}\nfrom cdktn import App"
    assert of_cdktf(statement) in check(of_cdktf(program))[0].fix


def test_an_operation_on_a_url_that_nobody_knows_yet(check):
    [found] = check(next(rule for rule in PROGRAM_RULES if rule.id == "program-string-operation-on-token").failing)
    assert "`.replace()` works on `url.function_url`" in found.message
    assert "Fn.replace(…)" in found.fix


# -- undefined names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "from __future__ import annotations\ndef f(x: Missing) -> Missing: ...\n",
        "def f():\n    x: Missing = 1\n    return x\n",
        "from somewhere import *\nprint(anything)\n",
        "exec('x = 1')\nprint(x)\n",
        "globals()['x'] = 1\nprint(x)\n",
        "try:\n    unicode\nexcept NameError:\n    unicode = str\n",
        "print(x)  # noqa: F821\n",
        "def f(x: 'Missing'): ...\n",
    ],
)
def test_names_that_may_be_right(text, check):
    assert check(f"{text}\nimport cdktn\n" if "__future__" not in text else text) == []


def test_a_name_is_reported_once_for_each_scope(check):
    found = check("import cdktn\ndef f():\n    nope; nope\ndef g():\n    nope\n")
    assert [(one.address, one.source.line) for one in found] == [("main.py:f", 3), ("main.py:g", 5)]


def test_a_file_that_is_no_part_of_the_app_fails_later(tmp_path: Path):
    (tmp_path / "main.py").write_text("from cdktn import App\nimport naming\nfrom parts import tags\n")
    (tmp_path / "naming.py").write_text("print(nope)\n")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "tags.py").write_text("print(nope)\n")
    (tmp_path / "function").mkdir()
    (tmp_path / "function" / "index.py").write_text("def handler(event, context):\n    return nope\n")
    found = check_programs(tmp_path).findings
    assert {(one.address, str(one.severity)) for one in found} == {
        ("naming.py", "apply-fails"),
        ("parts/tags.py", "apply-fails"),
        ("function/index.py:handler", "silent-outage"),
    }
    assert {one.source.file for one in found} >= {str(tmp_path / "parts" / "tags.py")}


# -- imports ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "fix"),
    [
        ("from cdktn_provider_aws.s3_bucket_versioning import S3BucketVersioning", "`S3BucketVersioningA`"),
        ("from cdktf_cdktf_provider_aws.s3_bucket_versioning import S3BucketVersioning", "`S3BucketVersioningA`"),
        ("from cdktn_provider_aws.s3 import S3Bucket", "`cdktn_provider_aws.s3_bucket`"),
        ("from cdktf_cdktf_provider_aws.lambda_functions import LambdaFunction", "aws.lambda_function`"),
        ("import cdktn_provider_aws.dynamo_db_table", "dynamodb_table"),
        ("from cdktn import Construct", "from constructs import Construct"),
        ("from cdktn import TerraformOutputs", "`TerraformOutput`"),
        ("from cdktn_provider_aws.lambda_function import LambdaFunctionURL", "Lambda"),
        ("from cdktn_provider_aws import s3_buckets", "`s3_bucket`"),
        ("from cdktf import TerraformEphemeralResource", "cdktn"),
    ],
)
def test_an_import_that_the_bindings_do_not_have(statement, fix, check):
    [found] = check(f"{statement}\n")
    assert found.rule == "program-unknown-import"
    assert fix in found.fix


@pytest.mark.parametrize(
    ("names", "new"),
    [
        ("S3BucketVersioning", "S3BucketVersioningA as S3BucketVersioning"),
        ("S3BucketVersioning as Versioning", "S3BucketVersioningA as Versioning"),
        ("(\n    S3BucketVersioning,\n)", "    S3BucketVersioningA as S3BucketVersioning,"),
    ],
)
def test_a_machine_may_import_the_resource_that_has_an_a_at_its_end(names, new, check):
    [found] = check(f"from cdktn_provider_aws.s3_bucket_versioning import {names}\n")
    assert found.edit
    assert found.edit.new.endswith(new)


@pytest.mark.parametrize(
    "text",
    [
        "from cdktn import App, Fn, Token, Testing, TerraformStack, VariableType",
        "from cdktn_provider_aws import s3_bucket, vpc",
        "import cdktn_provider_aws.vpc as vpc\nvpc.Vpc",
        "from cdktn_provider_aws.vpc import *",
        "try:\n    from cdktn import Gone\nexcept ImportError:\n    Gone = None",
        "from cdktn.testing_matchers import AssertionReturn",
        "from cdktn_provider_random.password import Passwort",
        "from .cdktn import Nope",
        "from imports.aws.nope import Nope",
        "from cdktf_cdktf_provider_aws.opsworks_stack import OpsworksStack",
        "from cdktf_cdktf_provider_aws.launch_template import LaunchTemplateElasticGpuSpecifications",
    ],
)
def test_imports_that_may_be_right(text, check):
    assert check(f"{text}\n") == []


# -- arguments --------------------------------------------------------------------------------------------------------

HEAD = """
import json
from cdktn import App, Fn, S3Backend, TerraformOutput, TerraformStack, TerraformVariable, Token
from cdktn_provider_aws.acm_certificate import AcmCertificate
from cdktn_provider_aws.backup_plan import BackupPlan, BackupPlanRule, BackupPlanRuleLifecycle
from cdktn_provider_aws.data_aws_availability_zones import DataAwsAvailabilityZones
from cdktn_provider_aws.kms_key import KmsKey
from cdktn_provider_aws.lambda_function import LambdaFunction, LambdaFunctionVpcConfig, LambdaFunctionEnvironment
from cdktn_provider_aws.lambda_function_url import LambdaFunctionUrl
from cdktn_provider_aws.rds_cluster import RdsCluster
from cdktn_provider_aws.subnet import Subnet
from cdktn_provider_aws.vpc import Vpc

class Stack(TerraformStack):
    def __init__(self, scope, id, *, given: Vpc, options):
        super().__init__(scope, id)
        vpc = Vpc(self, "vpc", cidr_block="10.0.0.0/16")
        key = KmsKey(self, "key")
        zones = DataAwsAvailabilityZones(self, "zones", state="available")
        url = LambdaFunctionUrl(self, "url", function_name="f", authorization_type="NONE")
        cluster = RdsCluster(self, "db", engine="aurora-mysql")
        variable = TerraformVariable(self, "v", type="string")
        self.key = key
        self.zones = DataAwsAvailabilityZones(self, "zones-2")
        BODY
"""


@pytest.fixture
def check_body(check):
    def run(body: str) -> list[Finding]:
        return check(HEAD.replace("BODY", body.replace("\n", "\n        ")))

    return run


@pytest.mark.parametrize(
    ("call", "rule", "error"),
    [
        # What Python or jsii answers was seen with these very calls.
        (
            'KmsKey(self, "k", "x")',
            "unknown-argument",
            "KmsKey.__init__() takes 3 positional arguments but 4 were given",
        ),
        (
            "BackupPlanRuleLifecycle(30)",
            "unknown-argument",
            "BackupPlanRuleLifecycle.__init__() takes 1 positional argument but 2 were given",
        ),
        (
            'S3Backend(self, bucket="x")',
            "missing-argument",
            "S3Backend.__init__() missing 1 required keyword-only argument: 'key'",
        ),
        (
            'KmsKey(self, id="x")',
            "missing-argument",
            "KmsKey.__init__() missing 1 required positional argument: 'id_'",
        ),
        (
            "BackupPlanRule()",
            "missing-argument",
            "BackupPlanRule.__init__() missing 2 required keyword-only arguments: 'rule_name' and 'target_vault_name'",
        ),
        ('Subnet(self, "k", vpc_id=3)', "wrong-struct", "type of argument vpc_id must be str; got int instead"),
        (
            'Subnet(self, "k", vpc_id=vpc)',
            "wrong-struct",
            "type of argument vpc_id must be str; got cdktn_provider_aws.vpc.Vpc instead",
        ),
        ('Subnet(self, "k", vpc_id=None)', "wrong-struct", "type of argument vpc_id must be str; got NoneType instead"),
        ('Subnet(self, "k", vpc_id=["x"])', "wrong-struct", "type of argument vpc_id must be str; got list instead"),
        ('Subnet(self, 1, vpc_id="x")', "wrong-struct", "type of argument id_ must be str; got int instead"),
        (
            'KmsKey("k", self)',
            "wrong-struct",
            "type of argument scope must be constructs.Construct; got str instead",
        ),
        (
            'RdsCluster(self, "k", engine="aurora-mysql", backtrack_window="259200")',
            "wrong-struct",
            "type of argument backtrack_window must be one of (int, float, NoneType); got str instead",
        ),
        (
            'RdsCluster(self, "k", engine="aurora-mysql", backtrack_window=variable.string_value)',
            "wrong-struct",
            "type of argument backtrack_window must be one of (int, float, NoneType); got str instead",
        ),
        ('RdsCluster(self, "k", engine="e", storage_encrypted="true")', "wrong-struct", "Unable to deserialize"),
        ('RdsCluster(self, "k", engine="e", storage_encrypted=1)', "wrong-struct", "Unable to deserialize"),
        ('RdsCluster(self, "k", engine="e", backtrack_window=True)', "wrong-struct", "Unable to deserialize"),
        ('BackupPlan(self, "k", name="x", rule=["a"])', "wrong-struct", "Unable to deserialize"),
        (
            'BackupPlan(self, "k", name="x", rule=[BackupPlanRuleLifecycle(delete_after=3)])',
            "wrong-struct",
            "Unable to deserialize",
        ),
        (
            'BackupPlan(self, "k", name="x", rule=BackupPlanRule(rule_name="a", target_vault_name="b"))',
            "wrong-struct",
            "Unable to deserialize",
        ),
        (
            'LambdaFunction(self, "k", function_name="x", role="r", vpc_config=[LambdaFunctionVpcConfig('
            "security_group_ids=[], subnet_ids=[])])",
            "wrong-struct",
            "type of argument vpc_config must be one of (cdktn_provider_aws.lambda_function.LambdaFunctionVpcConfig, "
            "Dict[str, Any], NoneType); got list instead",
        ),
        (
            'LambdaFunction(self, "k", function_name="x", role="r", tracing_config="Active")',
            "wrong-struct",
            "type of argument tracing_config must be one of (cdktn_provider_aws.lambda_function."
            "LambdaFunctionTracingConfig, Dict[str, Any], NoneType); got str instead",
        ),
        (
            'LambdaFunction(self, "k", function_name="x", role="r", layers="arn:aws")',
            "wrong-struct",
            "Unable to deserialize",
        ),
        (
            'LambdaFunction(self, "k", function_name="x", role="r", layers=("arn:aws",))',
            "wrong-struct",
            "type object 'tuple' has no attribute '__jsii_type__'",
        ),
        (
            'LambdaFunction(self, "k", function_name="x", role="r", layers={"arn:aws"})',
            "wrong-struct",
            "type of argument layers must be one of (Sequence[str], NoneType); got set instead",
        ),
        (
            'LambdaFunction(self, "k", function_name="x", role="r", tags="Active")',
            "wrong-struct",
            "type of argument tags must be one of (Mapping[str, str], NoneType); got str instead",
        ),
        (
            'LambdaFunction(self, "k", function_name="x", role="r", tags={"a": 1})',
            "wrong-struct",
            "Unable to deserialize",
        ),
        (
            'LambdaFunction(self, "k", function_name="x", role="r", environment=LambdaFunctionEnvironment('
            'variables={"a": True}))',
            "wrong-struct",
            "Unable to deserialize",
        ),
        (
            'KmsKey(self, "k", provider="aws.x")',
            "wrong-struct",
            "type of argument provider must be one of (cdktn.TerraformProvider, NoneType); got str instead",
        ),
        ('KmsKey(self, "k", depends_on="aws_vpc.v")', "wrong-struct", "Unable to deserialize"),
        ('KmsKey(self, "k", depends_on=["aws_vpc.v"])', "wrong-struct", "Unable to deserialize"),
        ('TerraformOutput(self, "o", values="x")', "unknown-argument", "unexpected keyword argument 'values'"),
    ],
)
def test_arguments_that_the_bindings_refuse(call, rule, error, check_body):
    found = check_body(call)
    assert f"program-{rule}" in said(found)
    assert any(error in (one.aws_error or "") for one in found)
    assert all(one.address == "main.py:Stack.__init__" for one in found)


@pytest.mark.parametrize(
    "body",
    [
        'Subnet(self, "k", vpc_id=vpc.id, tags={"a": "b", "c": options["d"]}, depends_on=[vpc])',
        'Subnet(self, "k", vpc_id=f"{vpc.id}", cidr_block="10." + "0")',
        'KmsKey(self, "k", **options)',
        "KmsKey(*options)",
        "S3Backend(self, **options)",
        'RdsCluster(self, "k", engine="e", backtrack_window=2.5, storage_encrypted=True, kms_key_id=key.arn)',
        'RdsCluster(self, "k", engine="e", backtrack_window=Token.as_number(variable.value))',
        'RdsCluster(self, "k", engine="e", availability_zones=zones.names, port=None)',
        'RdsCluster(self, "k", engine="e", availability_zones=Fn.slice(zones.names, 0, 3))',
        'BackupPlan(self, "k", name="x", rule=[{"ruleName": "a", "targetVaultName": "b"}, {**options}])',
        'BackupPlan(self, "k", name="x", rule=[*options])',
        'BackupPlan(self, "k", name="x", rule=[BackupPlanRule(rule_name=n, target_vault_name="b") for n in options])',
        'BackupPlan(self, "k", name="x", rule=Token.as_any(options))',
        'LambdaFunction(self, "k", function_name="x", role="r", vpc_config={"subnet_ids": [], "security_group_ids": []'
        "})",
        'KmsKey(self, "k", policy=json.dumps({"a": key.arn}), lifecycle={"prevent_destroy": True})',
        'TerraformOutput(self, "o", value=[vpc.id, 1, {"a": True}])',
        'TerraformVariable(self, "w", type="number", default=3)',
        'KmsKey(self, "k", description=options)',
        'value = "x"\nif options:\n    value = 3\nKmsKey(self, "k", description=value)',
        'value = None\nfor one in options:\n    value = one\nKmsKey(self, "k", description=value)',
        "KmsKey = options\nKmsKey(primary=1)",
    ],
)
def test_arguments_that_may_be_right(body, check_body):
    assert check_body(body) == []


def test_what_only_an_older_provider_has_is_left_to_cdktf(check):
    program = (
        "from cdktn_provider_aws.api_gateway_deployment import ApiGatewayDeployment\n\n"
        "def deploy(scope):\n    ApiGatewayDeployment(scope, 'd', rest_api_id='r', stage_name='prod')\n"
    )
    assert said(check(program)) == {"program-unknown-argument"}
    assert check(of_cdktf(program)) == []


# -- ids --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "if options:\n    KmsKey(self, 'k')\nelse:\n    KmsKey(self, 'k')",
        "try:\n    KmsKey(self, 'k')\nexcept ValueError:\n    KmsKey(self, 'k')",
        "KmsKey(self, 'k')\nKmsKey(vpc, 'k')",
        "KmsKey(self, 'k')\ndef other():\n    KmsKey(self, 'k')",
        "options and KmsKey(self, 'k')\nKmsKey(self, 'k')",
        "one = vpc\nKmsKey(one, 'k')\none = self.zones\nKmsKey(one, 'k')",
        "KmsKey(self, 'k')\nif options:\n    return\nKmsKey(self, 'k')",
        "KmsKey(self, 'k' if options else 'l')\nKmsKey(self, f'k')",
    ],
)
def test_ids_that_may_be_right(body, check_body):
    assert check_body(body) == []


def test_an_id_that_is_taken(check_body):
    [found] = check_body("KmsKey(self, 'vpc')")
    assert found.rule == "program-duplicate-id"
    assert "`Vpc` of line" in found.message


# -- dicts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "severity", "words"),
    [
        # Seen with these very calls: refused, refused, left out, left out, refused.
        (
            'BackupPlan(self, "k", name="x", rule=[{"rule_name": "a", "target_vault_name": "b"}])',
            "apply-fails",
            "ruleName",
        ),
        ('BackupPlan(self, "k", name="x", rule=[{"ruleName": "a"}])', "apply-fails", "targetVaultName"),
        (
            'rule = {"ruleName": "a", "targetVaultName": "b", "start_window": 60}\n'
            'BackupPlan(self, "k", name="x", rule=[rule])',
            "silent-outage",
            "JavaScript's `startWindow`",
        ),
        (
            'BackupPlan(self, "k", name="x", rule=[{"ruleName": "a", "targetVaultName": "b", "nonsense": 60}])',
            "silent-outage",
            "`nonsense` is no key",
        ),
        (
            'LambdaFunction(self, "k", function_name="x", role="r", vpc_config={"subnet_ids": []})',
            "apply-fails",
            "without `security_group_ids`",
        ),
        (
            'LambdaFunction(self, "k", function_name="x", role="r", vpc_config={"subnetIds": [], "subnet_ids": [], '
            '"security_group_ids": []})',
            "apply-fails",
            "`subnetIds`, which `LambdaFunctionVpcConfig` does not have",
        ),
    ],
)
def test_dicts_whose_keys_are_not_read(body, severity, words, check_body):
    [found] = check_body(body)
    assert found.rule == "program-dict-for-struct"
    assert str(found.severity) == severity
    assert words in found.message


# -- attributes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "error", "fix"),
    [
        ("print(key.primary_key_arn)", "'KmsKey' object has no attribute 'primary_key_arn'", "has"),
        ("print(self.key.arnn)", "'KmsKey' object has no attribute 'arnn'", "`arn`"),
        ("print(cluster.endpont)", "'RdsCluster' object has no attribute 'endpont'", "`endpoint`"),
        (
            "print(cluster.master_user_secret[0])",
            "'RdsClusterMasterUserSecretList' object is not subscriptable",
            "`cluster.master_user_secret.get(0)`",
        ),
        ("print(TerraformOutput(self, 'o', value=1).values)", "'TerraformOutput' object has no attribute", "`value`"),
    ],
)
def test_attributes_that_there_are_not(body, error, fix, check_body):
    [found] = check_body(body)
    assert found.rule == "program-unknown-attribute"
    assert error in found.aws_error
    assert fix in found.fix


@pytest.mark.parametrize(
    "body",
    [
        "print(given.anything, given.node.path, key.node.id, key.to_string(), key.add_override('a', 1))",
        "print(key.fqn, key.friendly_unique_id, key.TF_RESOURCE_TYPE, key.arn, key.policy_input, key.__class__)",
        "key.extra = 1\nprint(key.extra)",
        "print(key.extra if hasattr(key, 'extra') else 1)",
        "print(cluster.master_user_secret.get(0).secret_arn)",
        "print(self.anything, self.node, options.arn[0])",
    ],
)
def test_attributes_that_may_be_right(body, check_body):
    assert check_body(body) == []


# -- tokens -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "severity"),
    [
        ('print(url.function_url.split("/")[2])', "silent-outage"),
        ('text = url.function_url\ntext = text.replace("https://", "")', "silent-outage"),
        ('print(f"{url.function_url}".removeprefix("https://"))', "silent-outage"),
        ("print(str(key.arn).upper())", "silent-outage"),
        ('print(self.key.arn.startswith("arn:"))', "silent-outage"),
        ("print(given.id.upper())", "silent-outage"),
        ("print(vpc.id[4:])", "silent-outage"),
        ("print(len(key.arn))", "silent-outage"),
        ('print("aws" in key.arn)', "silent-outage"),
        ('print(key.arn == "x")', "silent-outage"),
        ("print(key.arn != vpc.arn)", "silent-outage"),
        ('print(Fn.trim(key.arn, "/").upper())', "silent-outage"),
        ('print(variable.string_value.split(","))', "silent-outage"),
        ("print(cluster.endpoint.lower())", "silent-outage"),
        ("print(cluster.master_user_secret.get(0).secret_arn.upper())", "silent-outage"),
        ("print(len(zones.names))", "silent-outage"),
        ('print("a" in zones.names)', "silent-outage"),
        ("print(json.loads(key.arn))", "apply-fails"),
        ("print(int(variable.string_value))", "apply-fails"),
        ("print(zones.names[0])", "apply-fails"),
        ("print(self.zones.names[1])", "apply-fails"),
        ('print(Fn.split(":", key.arn)[5])', "apply-fails"),
        ("for one in zones.names:\n    print(one)", "apply-fails"),
        ("for index, one in enumerate(zones.names):\n    print(one)", "apply-fails"),
        ("print([one for one in zones.names])", "apply-fails"),
        ("if key.arn:\n    print()", "advice"),
        ("print(key.arn.strip())", "advice"),
        ("print(key.arn[:63])", "advice"),
    ],
)
def test_operations_on_what_is_known_after_apply(body, severity, check_body):
    [found] = check_body(body)
    assert found.rule == "program-string-operation-on-token"
    assert str(found.severity) == severity


@pytest.mark.parametrize(
    "body",
    [
        'print(f"https://{url.function_url}/path", "arn:" + key.arn, key.arn + "/*")',
        'print(f"{key.arn}/*".replace("/*", ""))',
        'print(",".join([key.arn, vpc.id]), "{}".format(key.arn), "%s" % key.arn)',
        'print(Fn.replace(url.function_url, "https://", ""), Fn.element(zones.names, 0))',
        'print(cluster.engine_input.upper(), vpc.cidr_block_input.split("/"))',
        "print(key.node.path.split('/'), key.friendly_unique_id.upper())",
        'print(variable.description.upper(), variable.node.id == "v")',
        "assert key.arn == 'x'",
        'text = options["x"]\nprint(text.replace("a", "b"))',
        "key = options\nprint(key.arn.upper())",
        "text = key.arn\nif options:\n    text = 'literal'\nprint(text.upper())",
        "text = key.arn\nfor _ in options:\n    print(text.upper())\n    text = 'literal'",
        "print(json.dumps({'a': key.arn}), options.get(key.arn), {key.arn: 1}[key.arn])",
        "print(Token.as_string(key.arn), zones.names, [*options])",
        "if key is not None and key.arn is not None:\n    print()",
    ],
)
def test_operations_that_may_be_right(body, check_body):
    assert check_body(body) == []


def test_the_functions_that_are_recommended_exist():
    from tercet.preflight.programs import tokens

    functions = Bindings().module("cdktn").find("Fn")
    named = {*tokens._METHODS.values(), *tokens._FUNCTIONS.values()}
    words = {word.partition("(")[0] for text in named for word in text.split("Fn.")[1:]}
    words |= {"length_of", "conditional", "strcontains", "contains", "element", "slice", "substr"}
    for word in words:
        assert word in functions.all_members, word


# -- passwords and handlers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        'RdsCluster(self, "k", engine="e", master_password="hunter22")',
        'RdsCluster(self, "k", engine="e", master_password=options or "hunter22")',
        'secret = "hunter22"\nRdsCluster(self, "k", engine="e", master_password=secret)',
        'options.get("db_password", "hunter22")',
        'TerraformVariable(self, "db_password", type="string", default="hunter22", sensitive=True)',
        "import os\nos.getenv('MASTER_PASSWORD', default='hunter22')",
        'def database(self, pwd="hunter22"):\n    RdsCluster(self, "k", engine="e", master_password=pwd)',
        'def database(self, *, given="hunter22"):\n    RdsCluster(self, "k", engine="e", master_password=given)',
        'class Settings:\n    db_password: str = "hunter22"',
        'class Database:\n    def __init__(self):\n        self.secret = "hunter22"\n'
        '        RdsCluster(self, "k", engine="e", master_password=self.secret)',
    ],
)
def test_passwords(body, check_body):
    [found] = check_body(body)
    assert found.rule == "program-password-in-code"
    assert found.severity is Severity.SECURITY
    assert "hunter22" not in repr(found)


@pytest.mark.parametrize(
    "body",
    [
        'RdsCluster(self, "k", engine="e", master_password=options)',
        'RdsCluster(self, "k", engine="e", master_password=variable.string_value)',
        'options.get("DB_PASSWORD", "")',
        'options.get("password_length", "16")',
        'options.get("db_password_parameter", "/app/db")',
        'options.get("DB_PASSWORD")',
        'TerraformVariable(self, "db_password", type="string", sensitive=True)',
        'def database(self, db_password: str, region="us-east-1", password=None):\n'
        '    RdsCluster(self, "k", engine="e", master_password=db_password)',
        'class Settings:\n    db_password: str\n    password_length: str = "16"\n    db_password_name: str = "/app/db"',
    ],
)
def test_what_is_no_password(body, check_body):
    assert check_body(body) == []


@pytest.mark.parametrize(
    "body",
    [
        "    try:\n        return show(event)\n    except Exception:\n        return {'statusCode': 500}",
        "    try:\n        charge(event)\n    except ValueError:\n        return {'statusCode': 500}",
        "    try:\n        charge(event)\n    except Exception:\n        raise",
        "    key = event['idempotency_key']\n    try:\n        charge(event, key)\n    except Exception:\n"
        "        return {'statusCode': 500}",
    ],
)
def test_handlers_that_may_be_right(body, check):
    assert check(f"from x import charge, show\n\ndef handler(event, context):\n{body}\n") == []


def test_a_handler_whose_code_stands_in_a_string(check):
    code = "import x\ndef handler(event, context):\n  try:\n    x.charge(event)\n  except Exception:\n"
    [found] = check(f'import cdktn\n\nCODE = """\n{code}    return {{"statusCode": 500}}\n"""\n')
    assert (found.rule, found.source.line) == ("program-catches-everything", 3)


def test_a_handler_that_answers_through_a_function(check):
    text = (
        "def handler(event, context):\n    try:\n        charge(event)\n    except:\n        return answer(500, 'x')\n"
    )
    [found] = check(f"from x import charge, answer\n\n{text}")
    assert (found.rule, found.source.line) == ("program-catches-everything", 6)


# -- folders ----------------------------------------------------------------------------------------------------------


def test_what_is_passed_over(tmp_path: Path):
    for name in (".venv/a.py", "node_modules/a.py", "cdktf.out/a.py", "imports/aws/a.py", ".hidden/a.py", "x/.a.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("nope\n")
    (tmp_path / "big.py").write_bytes(b"#" * (5 * 1024 * 1024 + 1))
    outside = tmp_path.parent / f"{tmp_path.name}-outside.py"
    outside.write_text("nope\n")
    (tmp_path / "link.py").symlink_to(outside)
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "odd.py").write_bytes(b"# coding: punycode\nx\n")
    (tmp_path / "template.py").write_text("{% if x %}\n")
    (tmp_path / "deep.py").write_text("-" * 100_000 + "1\n")
    (tmp_path / "main.py").write_text("from cdktn import App\nApp()\n")
    report = check_programs(tmp_path)
    assert report.findings == []
    for name in ("big.py", "link.py", "odd.py", "template.py", "deep.py"):
        assert sum(name in warning for warning in report.warnings) == 1, name
    assert len(report.warnings) == 5


def test_nothing_to_check(tmp_path: Path):
    with pytest.raises(PreflightError, match="neither"):
        check_programs(tmp_path / "missing")
    assert check_programs(tmp_path).files == 0


def test_without_bindings_names_are_still_looked_for(tmp_path: Path):
    file = tmp_path / "main.py"
    file.write_text("from cdktn import Nope\nprint(S3Backend)\n")
    report = check_programs(file, bindings=Bindings([]))
    assert said(report.findings) == {"program-undefined-name"}
    assert len(report.warnings) == 1
    assert "not installed" in report.warnings[0]


def test_an_app_of_the_time_when_modules_were_others(tmp_path: Path):
    (tmp_path / "requirements.txt").write_text("cdktf==0.12.0\ncdktf-cdktf-provider-aws~=9.0\n")
    (tmp_path / "main.py").write_text("from cdktf_cdktf_provider_aws.s3 import S3Bucket\nS3Bucket\n")
    report = check_programs(tmp_path)
    assert report.findings == []
    assert "pinned to version 9" in report.warnings[0]


def test_the_bindings_of_the_app_come_first(tmp_path: Path):
    package = tmp_path / ".venv" / "lib" / "python3.12" / "site-packages" / "cdktn"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        "import jsii\n\n\nclass App(\n    metaclass=jsii.JSIIMeta,\n):\n"
        "    def __init__(\n        self,\n        *,\n        only_here: builtins.str,\n    ) -> None:\n"
        "        pass\n\n\n"
    )
    (tmp_path / "main.py").write_text("from cdktn import App\nApp(only_here='x')\n")
    assert check_programs(tmp_path).findings == []


def test_no_part_of_an_app_is_imported(tmp_path: Path):
    (tmp_path / "main.py").write_text("from cdktn import App\nraise SystemExit(3)\n")
    code = (
        "import sys; from pathlib import Path; from tercet.preflight.programs import check_programs; "
        f"check_programs(Path({str(tmp_path)!r})); "
        "assert not {'cdktn', 'cdktn_provider_aws', 'jsii', 'main'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("generation", [str, of_cdktf], ids=["cdktn", "cdktf"])
def test_nothing_is_said_of_a_program_that_is_right(generation, check):
    # With new bindings, run it: it synthesizes.
    text = Path(__file__).with_name("samples").joinpath("payments.py").read_text()
    assert check(generation(text)) == []


def test_nothing_is_said_of_the_platform_itself():
    report = check_programs(Path(tercet.stack.__file__).parent)
    assert report.findings == []
    assert report.warnings == []
    assert report.files > 20


@pytest.mark.slow
def test_nothing_is_said_of_the_rest_of_the_package():
    assert check_programs(Path(tercet.stack.__file__).parent.parent).findings == []


# -- hostile input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"\0",
        b"\xff\xfe",
        b"from cdktn import App\n\0\n",
        b"from cdktn import App\n" + b"(" * 10_000,
        b"from cdktn import App\nx = " + b"1+" * 50_000 + b"1",
        b"from cdktn import App\nx" + b".a" * 900,
        b"from cdktn import App\n" + b"x = x\n" * 3_000 + b"x.y\n",
        b"from cdktn import App\nif 1: pass\n" + b"elif 1: pass\n" * 5_000,
        b"from cdktn import App\nx = [" * 90,
        b"\xef\xbb\xbffrom cdktn import App\n",
        b"# coding: latin-1\nfrom cdktn import App\nx = '\xe9'\n",
        b"\r\rfrom cdktn import App\r",
        b"from cdktn import App\nx = '\\ud800'\nApp(y=x)\n",
        b"from cdktn import (App as x)\nx(x(x(x())))\n",
        "from cdktn import App\né = App\né(ü=1)\n".encode(),
    ],
    ids=range(15),
)
def test_any_file_is_answered(data, check):
    for finding in check(data):
        assert finding.message
        assert finding.fingerprint


def test_the_first_hundred_findings_are_enough(tmp_path: Path):
    file = tmp_path / "main.py"
    file.write_text("from cdktn import App\n" + "".join(f"name_{index}\n" for index in range(500)))
    report = check_programs(file)
    assert len(report.findings) == 100
    assert "more than 100" in report.warnings[0]


_PIECES = st.sampled_from(
    [
        "from cdktn import App, Fn\n", "from cdktn_provider_aws.vpc import Vpc\n", "vpc = Vpc(a, 'b', c=1)\n", "vpc.id",
        ".split('/')", "[0]", "(", ")", "\n", " ", "class A:\n", " def f(self):\n  ", "self.x = ", "x = ", "if ", ":\n",
        "for x in ", "lambda: ", "f'{vpc.id}'", "{**a}", "*", "App", "import os\n", "global x\n", "del x\n", "\0", "é",
        "try:\n pass\nexcept E as x:\n pass\n", "match x:\n case {**r}: pass\n", "@", "await ", "yield ", "=",
        "Fn.split(1, 2)",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    data=st.one_of(st.binary(max_size=400), st.lists(_PIECES, max_size=30).map(lambda parts: "".join(parts).encode()))
)
@example(data=b"from cdktn import *\nfrom cdktn_provider_aws import *\nx=App();x=x.x")
def test_random_bytes_never_raise(data, tmp_path_factory):
    file = tmp_path_factory.getbasetemp() / "random.py"
    file.write_bytes(data)
    check_programs(file)


# -- methods, scopes and classes of the program -----------------------------------------------------------------------

_STACK = """\
from cdktn import App, AssetType, Fn, TerraformIterator, TerraformOutput, TerraformStack, TerraformVariable, Token
from cdktn_provider_aws.data_aws_availability_zones import DataAwsAvailabilityZones
from cdktn_provider_aws.db_instance import DbInstance
from cdktn_provider_aws.provider import AwsProvider
from cdktn_provider_aws.s3_bucket import S3Bucket


class Payments(TerraformStack):
    def __init__(self, scope, id):
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        bucket = S3Bucket(self, "bucket")
        zones = DataAwsAvailabilityZones(self, "zones")
        number = TerraformVariable(self, "number", type="number")
        db = DbInstance(self, "db", instance_class="db.t4g.small")
{body}

app = App()
Payments(app, "payments")
app.synth()
"""


def in_stack(*lines: str) -> str:
    return _STACK.format(body="".join(f"        {line}\n" for line in lines))


@pytest.mark.parametrize("generation", [str, of_cdktf], ids=["cdktn", "cdktf"])
@pytest.mark.parametrize(
    ("line", "rule", "words"),
    [
        ("print(Fn.joins(',', ['a']))", "program-unknown-attribute", "Did you mean `join`?"),
        ("print(Fn.jsonEncode({}))", "program-unknown-attribute", "Did you mean `jsonencode`?"),
        ("print(AssetType.ZIP)", "program-unknown-attribute", "AttributeError: ZIP"),
        ("print(Fn.join(','))", "program-missing-argument", "Fn.join() missing 1 required positional argument: 'list'"),
        ("print(Fn.base64encode('a', 'b'))", "program-unknown-argument", "takes 2 positional arguments but 3 were"),
        ("print(Fn.join(',', 'a'))", "program-wrong-struct", "`list` of `Fn.join`"),
        ("print(TerraformIterator.from_list(['a'], items=['a']))", "program-unknown-argument", "'items'"),
        ("bucket.add_override('tags')", "program-missing-argument", "TerraformElement.add_override() missing 1"),
        ("S3Bucket(self, 'other', bucket=number)", "program-wrong-struct", "Pass its value"),
        ("S3Bucket(self, 'bucket')", "program-duplicate-id", "already"),
        ("for name in ('a', 'b'): S3Bucket(self, 'one', bucket=name)", "program-duplicate-id", "for each of"),
        ("print([S3Bucket(self, 'one', bucket=str(n)) for n in range(2)])", "program-duplicate-id", "for each of"),
        ("print(('a-' + bucket.id).upper())", "program-string-operation-on-token", ".upper()"),
        ("print(','.join(zones.names))", "program-string-operation-on-token", "Fn.join"),
        ("a, b = zones.names", "program-string-operation-on-token", "expected 2, got 1"),
        ("print(db.port + 1)", "program-string-operation-on-token", "Op.add"),
        ("print(db.port > 1024)", "program-string-operation-on-token", "Op.add"),
        ("print(range(number.number_value))", "program-string-operation-on-token", "TerraformCount"),
        ("print(bucket.bucket or 'none')", "program-string-operation-on-token", "always true"),
    ],
)
def test_methods_ids_and_numbers(line, rule, words, generation, check):
    found = check(generation(in_stack(line)))
    assert said(found) == {rule}
    assert words in " ".join(f"{one.message} {one.fix} {one.aws_error}" for one in found)


@pytest.mark.parametrize("generation", [str, of_cdktf], ids=["cdktn", "cdktf"])
@pytest.mark.parametrize(
    "line",
    [
        "print(Fn.join(',', zones.names), Fn.join(separator=',', list=['a']))",
        "print(Token.as_string(bucket.id), Token().as_string(bucket.id), AssetType.FILE)",
        "bucket.add_override('tags', {}); bucket.move_to_id('x')",
        "for name in ('a', 'b'): S3Bucket(self, f'one-{name}', bucket=name)",
        "for name in ('a',): S3Bucket(self, 'one', bucket=name)",
        "for name in ('a', 'b'):\n            S3Bucket(self, 'one', bucket=name)\n            break",
        "for scope in (self, app): S3Bucket(scope, 'one')",
        "print(('a-' + bucket.id).replace('a', 'b'), list(zones.names), [*zones.names])",
        "first, *rest = zones.names",
        "print(f'{db.port}', TerraformIterator.from_list(zones.names))",
        "S3Bucket(self, 'other', bucket=Fn.lower(bucket.id))",
    ],
)
def test_methods_ids_and_numbers_that_may_be_right(line, generation, check):
    assert check(generation(in_stack(line))) == []


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ('Payments(app, "payments")', "Payments(app)", "Payments.__init__() missing 1 required positional"),
        ('Payments(app, "payments")', 'Payments(app, "payments", region="x")', "unexpected keyword argument 'region'"),
        ("super().__init__(scope, id)", "super().__init__(id)", "TerraformStack.__init__() missing 1"),
        ("super().__init__(scope, id)", "super().__init__(scope, id, env='x')", "unexpected keyword argument 'env'"),
        ("super().__init__(scope, id)", "pass", "Don't know how to convert object to JSON"),
        ('Payments(app, "payments")', 'Payments(app, "a")\nPayments(app, "a")', "There is already a Construct"),
    ],
)
def test_classes_of_the_program(old, new, error, check):
    found = check(in_stack().replace(old, new))
    assert len(found) == 1
    assert error in (found[0].aws_error or "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("super().__init__(scope, id)", "TerraformStack.__init__(self, scope, id)"),
        (
            "def __init__(self, scope, id):\n        super().__init__(scope, id)",
            "def _begin(self, scope, id):\n        super().__init__(scope, id)\n\n"
            "    def __init__(self, scope, id):\n        self._begin(scope, id)",
        ),
        ("super().__init__(scope, id)", "self.name = id\n        super(Payments, self).__init__(scope, id)"),
        ("class Payments(TerraformStack)", "class Mixin: ...\nclass Payments(TerraformStack, Mixin)"),
        ('Payments(app, "payments")', 'Payments(app, "a")\nPayments(app, "b")'),
        ('Payments(app, "payments")', 'Payments(*[app, "a"])'),
    ],
)
def test_classes_of_the_program_that_may_be_right(old, new, check):
    assert check(in_stack().replace(old, new)) == []


_TYPED = """\
from __future__ import annotations

from typing import TYPE_CHECKING

from cdktn import App, TerraformStack

if {condition}:
    from cdktn_provider_aws.vpc import Vpc

app = App()
stack = TerraformStack(app, "payments")
{use}
app.synth()
"""


def test_a_name_that_only_a_type_checker_imports(check):
    (found,) = check(_TYPED.format(condition="TYPE_CHECKING", use='Vpc(stack, "vpc", cidr_block="10.0.0.0/16")'))
    assert found.rule == "program-undefined-name"
    assert "TYPE_CHECKING" in found.message


@pytest.mark.parametrize(
    ("condition", "use"),
    [
        ("TYPE_CHECKING", "def first(vpc: Vpc) -> Vpc: return vpc"),
        ("TYPE_CHECKING", "if TYPE_CHECKING: print(Vpc)"),
        ("not TYPE_CHECKING", "print(Vpc)"),
    ],
)
def test_names_for_type_checkers_that_may_be_right(condition, use, check):
    assert check(_TYPED.format(condition=condition, use=use)) == []


def test_a_library_may_be_given_such_names_from_outside(check):
    text = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from shapes import Circle\n\nprint(Circle)\n"
    assert check(text) == []


def test_all_names_of_a_module(check):
    text = "from cdktn import *\nfrom cdktn_provider_aws.s3_bucket import *\n\n"
    text += "stack = TerraformStack(App(), 'payments')\nS3Bucket(stack, 'bucket', buket='x')\n"
    assert said(check(text)) == {"program-unknown-argument"}
    assert check(text.replace("buket", "bucket")) == []
    # A module that nobody sees may have an `S3Bucket` too.
    assert check(f"from shapes import *\n{text}") == []
