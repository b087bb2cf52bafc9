"""The rules for Python programs, described as all rules are; their examples are Python, and `check` runs them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.rule import Rule

_PYTHON_ERRORS: Final = "https://docs.python.org/3/library/exceptions.html"
_CDKTN: Final = "https://cdktn.io/docs"
_TYPE_CHECKS: Final = "https://github.com/aws/jsii/pull/3660"

_HEAD: Final = """\
from cdktn import App, TerraformStack
from cdktn_provider_aws.provider import AwsProvider
"""

_BACKUP: Final = """\
from cdktn_provider_aws.backup_plan import (
    BackupPlan,
    BackupPlanRule,
    BackupPlanRuleCopyAction,
    BackupPlanRuleCopyActionLifecycle,
    BackupPlanRuleLifecycle,
)


def daily(scope, vault, copy):
    BackupPlan(
        scope,
        "plan",
        name="daily",
        rule=[
            BackupPlanRule(
                rule_name="daily",
                target_vault_name=vault,
                lifecycle=BackupPlanRuleLifecycle(delete_after=7),
                copy_action=[
                    BackupPlanRuleCopyAction(
                        destination_vault_arn=copy,
                        lifecycle=%s(delete_after=7),
                    )
                ],
            )
        ],
    )
"""

_URL: Final = """\
from cdktn import Fn, TerraformOutput
from cdktn_provider_aws.lambda_function_url import LambdaFunctionUrl


def endpoint(scope, function_name):
    url = LambdaFunctionUrl(scope, "url", function_name=function_name, authorization_type="AWS_IAM")
    TerraformOutput(scope, "host", value=%s)
"""

_INDEX: Final = """\
from cdktn_provider_aws.dynamodb_table import DynamodbTable, DynamodbTableGlobalSecondaryIndex

print(DynamodbTableGlobalSecondaryIndex)


def payments(scope):
    indexes = [
        %s
    ]
    return DynamodbTable(scope, "payments", name="payments", hash_key="id", global_secondary_index=indexes)
"""

_VPC: Final = """\
from cdktn import TerraformOutput
from cdktn_provider_aws.vpc import Vpc


def network(scope):
    vpc = Vpc(scope, "vpc", cidr_block="10.0.0.0/16")
    TerraformOutput(scope, "%s", value=vpc.id)
"""

_STACK: Final = """\
from cdktn import TerraformStack
from cdktn_provider_aws.vpc import Vpc


class Network(TerraformStack):
    def __init__(self, scope, id):
%s        Vpc(self, "vpc", cidr_block="10.0.0.0/16")
"""

_REGIONS: Final = (
    _HEAD
    + """

class Payments(TerraformStack):
    def __init__(self, scope, id):
        super().__init__(scope, id)
        AwsProvider(self, "east", region="us-east-1")
        AwsProvider(self, "west", region="us-west-2"%s)


app = App()
Payments(app, "payments")
app.synth()
"""
)

_COPY: Final = """\
from cdktn_provider_aws.s3_bucket import S3Bucket


def buckets(scope, name):
    main = S3Bucket(scope, "main", bucket=name)
    return S3Bucket(scope, f"copy-of-{%s}", force_destroy=main.force_destroy_input)
"""

_PARTS: Final = """\
from cdktn import App, TerraformStack
from cdktn_provider_aws.provider import AwsProvider
from cdktn_provider_aws.vpc import Vpc
from constructs import Construct


class Network(%s):
    def __init__(self, scope, id):
        super().__init__(scope, id)
        Vpc(self, "vpc", cidr_block="10.0.0.0/16")


class Payments(TerraformStack):
    def __init__(self, scope, id):
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        Network(self, "network")


print(Construct)
app = App()
Payments(app, "payments")
app.synth()
"""

_CERTIFICATE: Final = """\
from cdktn_provider_aws.acm_certificate import AcmCertificate


def validation(scope, domain):
    certificate = AcmCertificate(scope, "certificate", domain_name=domain, validation_method="DNS")
    return certificate.domain_validation_options%s
"""

_HANDLER: Final = """\
import json

import boto3

table = boto3.resource("dynamodb").Table("payments")


def handler(event, context):
    body = json.loads(event["body"])
%s
"""

PROGRAM_RULES: Final[tuple[Rule, ...]] = (
    Rule(
        id="program-syntax-error",
        title="A file that Python cannot parse",
        severity=Severity.APPLY_FAILS,
        rationale="Python reads a whole file before it runs the first line of it, so nothing is synthesized.",
        sources=(f"{_PYTHON_ERRORS}#SyntaxError",),
        failing="from cdktn import App\n\napp = App(\napp.synth()\n",
        passing="from cdktn import App\n\napp = App()\napp.synth()\n",
        aws_error="SyntaxError: <what Python says>",
        confirmed=True,
    ),
    Rule(
        id="program-undefined-name",
        title="A name that is used and never imported or defined",
        severity=Severity.APPLY_FAILS,
        rationale="Python notices a missing import when it comes to the name: at synth, or in a branch that runs once "
        "a year. pyflakes sees it in all branches. In a file that is no part of the app, such as a Lambda handler, the "
        "deployment succeeds and the function fails: there the severity is silent-outage.",
        sources=(f"{_PYTHON_ERRORS}#NameError", "https://pypi.org/project/pyflakes/"),
        failing="from cdktn import App, TerraformStack\n\napp = App()\nstack = TerraformStack(app, 'payments')\n"
        "S3Backend(stack, bucket='state', key='payments.tfstate', region='us-east-1', encrypt=True)\napp.synth()\n",
        passing="from cdktn import App, S3Backend, TerraformStack\n\napp = App()\n"
        "stack = TerraformStack(app, 'payments')\n"
        "S3Backend(stack, bucket='state', key='payments.tfstate', region='us-east-1', encrypt=True)\napp.synth()\n",
        aws_error="NameError: name '<name>' is not defined",
        confirmed=True,
    ),
    Rule(
        id="program-unknown-import",
        title="A module or name that the bindings do not have",
        severity=Severity.APPLY_FAILS,
        rationale="The bindings' names are made from Terraform's, with surprises: where a resource and one of its "
        "blocks would be named alike, the resource gets an `A` at its end, as `S3BucketVersioningA`.",
        sources=(f"{_PYTHON_ERRORS}#ImportError", f"{_CDKTN}/concepts/providers"),
        failing="from cdktn_provider_aws.s3_bucket_versioning import S3BucketVersioning\n\nprint(S3BucketVersioning)\n",
        passing="from cdktn_provider_aws.s3_bucket_versioning import S3BucketVersioningA\n\n"
        "print(S3BucketVersioningA)\n",
        aws_error="ImportError: cannot import name '<name>' from '<module>'",
        confirmed=True,
    ),
    Rule(
        id="program-unknown-argument",
        title="An argument that a class of the bindings does not take",
        severity=Severity.APPLY_FAILS,
        rationale="The arguments of a construct are those of the Terraform resource. What Terraform does not know, "
        "Python refuses: the replica of a KMS key is a resource of its own, and no argument of the key.",
        sources=(f"{_PYTHON_ERRORS}#TypeError", f"{_CDKTN}/concepts/resources"),
        failing="from cdktn_provider_aws.kms_key import KmsKey\n\n\ndef replica(scope, primary_arn):\n"
        '    return KmsKey(scope, "replica", primary_key_arn=primary_arn)\n',
        passing="from cdktn_provider_aws.kms_replica_key import KmsReplicaKey\n\n\ndef replica(scope, primary_arn):\n"
        '    return KmsReplicaKey(scope, "replica", primary_key_arn=primary_arn)\n',
        aws_error="TypeError: <class>.__init__() got an unexpected keyword argument '<argument>'",
        confirmed=True,
    ),
    Rule(
        id="program-missing-argument",
        title="An argument that a class of the bindings needs",
        severity=Severity.APPLY_FAILS,
        rationale="What a Terraform resource requires, its construct requires.",
        sources=(f"{_PYTHON_ERRORS}#TypeError", f"{_CDKTN}/concepts/resources"),
        failing=_HEAD + '\nstack = TerraformStack(App(), "payments")\nAwsProvider(stack)\n',
        passing=_HEAD + '\nstack = TerraformStack(App(), "payments")\nAwsProvider(stack, "aws", region="us-east-1")\n',
        aws_error="TypeError: <class>.__init__() missing 1 required positional argument: '<argument>'",
        confirmed=True,
    ),
    Rule(
        id="program-wrong-struct",
        title="A value of another type than the bindings want",
        severity=Severity.APPLY_FAILS,
        rationale="Two structs of the same fields are two types: the lifecycle of a backup rule is none of a copy "
        "action. The same goes for text in place of a number, a construct in place of its id, and one struct in place "
        "of a list of them. The bindings check it when the construct is made, or node does when it gets it.",
        sources=(_TYPE_CHECKS, "https://github.com/aws/jsii/issues/4283"),
        failing=_BACKUP % "BackupPlanRuleLifecycle",
        passing=_BACKUP % "BackupPlanRuleCopyActionLifecycle",
        aws_error="TypeError: type of argument <argument> must be one of (<types>); got <type> instead",
        confirmed=True,
    ),
    Rule(
        id="program-dict-for-struct",
        title="A dict whose keys the bindings do not read",
        severity=Severity.SILENT_OUTAGE,
        rationale="A dict passed for a struct becomes one. In a list it does not: it is handed to node as it is, where "
        "`hash_key` is no key, but `hashKey`. What is required is then missed and the program stops; what is optional "
        "is left out, so that a security group has a rule without ports, or an index has no range key.",
        sources=(f"{_CDKTN}/concepts/resources", "https://github.com/aws/jsii/pull/591"),
        failing=_INDEX % '{"name": "by-day", "hashKey": "day", "projectionType": "ALL", "range_key": "at"}',
        passing=_INDEX
        % 'DynamodbTableGlobalSecondaryIndex(name="by-day", hash_key="day", projection_type="ALL", range_key="at")',
    ),
    Rule(
        id="program-unknown-attribute",
        title="An attribute that an object of the bindings does not have",
        severity=Severity.APPLY_FAILS,
        rationale="What a construct offers are the attributes of the Terraform resource. A list of blocks, such as a "
        "certificate's validation options, is an object of the bindings, whose elements `get` returns.",
        sources=(f"{_PYTHON_ERRORS}#AttributeError", f"{_CDKTN}/concepts/resources"),
        failing=_CERTIFICATE % "[0]",
        passing=_CERTIFICATE % ".get(0)",
        aws_error="TypeError: '<class>' object is not subscriptable",
        confirmed=True,
    ),
    Rule(
        id="program-duplicate-id",
        title="Two constructs of one scope with the same id",
        severity=Severity.APPLY_FAILS,
        rationale="A construct's id is its name among its siblings, whatever their types: an output and a data source "
        "cannot both be `zones`. Said only of two that are made by the same function, in any case.",
        sources=(f"{_CDKTN}/concepts/constructs",),
        failing=_VPC % "vpc",
        passing=_VPC % "vpc-id",
        aws_error="RuntimeError: There is already a Construct with name '<id>' in <class> [<id>]",
        confirmed=True,
    ),
    Rule(
        id="program-stack-without-provider",
        title="A stack whose resources have no provider",
        severity=Severity.APPLY_FAILS,
        rationale="Each stack is a configuration of its own, with its own providers: also one that is made in another "
        "stack. The bindings check it at synth. What should share a provider is a `Construct`, not a stack.",
        sources=(
            f"{_CDKTN}/concepts/stacks",
            "https://github.com/hashicorp/terraform-cdk/issues/473",
        ),
        failing=_PARTS % "TerraformStack",
        passing=_PARTS % "Construct",
        aws_error="Validation failed with the following errors: [<stack>] Found resources without a matching provider "
        "construct. Please make sure to add provider constructs …",
        confirmed=True,
    ),
    Rule(
        id="program-provider-twice",
        title="Two configurations of a provider without an alias",
        severity=Severity.APPLY_FAILS,
        rationale="At most one configuration of a provider in a stack may be without an alias: it is the one that "
        "resources get that name none. The bindings write both, and Terraform refuses them.",
        sources=("https://developer.hashicorp.com/terraform/language/providers/configuration",),
        failing=_REGIONS % "",
        passing=_REGIONS % ', alias="west"',
        aws_error="Error: Duplicate provider configuration",
        confirmed=True,
    ),
    Rule(
        id="program-token-as-id",
        title="A construct's id that is known after apply",
        severity=Severity.APPLY_FAILS,
        rationale="The id of a construct becomes the name in Terraform's configuration, which is written before "
        "anything is created. An attribute of another resource is a placeholder then.",
        sources=(f"{_CDKTN}/concepts/tokens", f"{_CDKTN}/concepts/constructs"),
        failing=_COPY % "main.bucket",
        passing=_COPY % "name",
        aws_error="RuntimeError: You cannot use a token (e.g., a reference to an attribute) as the id of a construct. "
        "Ids of constructs must be known at synthesis time, and token values are only known when Terraform runs.",
        confirmed=True,
    ),
    Rule(
        id="program-never-synthesized",
        title="An app that is never synthesized",
        severity=Severity.APPLY_FAILS,
        rationale="The stacks are written when `synth` is called, and not before. Without it the program ends without "
        "an error, and there is no configuration to deploy.",
        sources=("https://github.com/hashicorp/terraform-cdk/pull/2714",),
        failing="from cdktn import App, TerraformStack\n\napp = App()\nTerraformStack(app, 'payments')\n",
        passing="from cdktn import App, TerraformStack\n\napp = App()\nTerraformStack(app, 'payments')\napp.synth()\n",
        aws_error="ERROR: synthesis failed, because app was expected to call 'synth()', but didn't.",
        confirmed=False,
    ),
    Rule(
        id="program-outside-of-stack",
        title="A resource in the app, and in no stack",
        severity=Severity.SILENT_OUTAGE,
        rationale="Synth writes stacks. A resource whose scope is the app itself belongs to none, so it is in no "
        "configuration, and is never created.",
        sources=("https://github.com/open-constructs/cdk-terrain/issues/57",),
        failing=_HEAD
        + 'from cdktn_provider_aws.vpc import Vpc\n\napp = App()\nstack = TerraformStack(app, "payments")\n'
        'AwsProvider(stack, "aws", region="us-east-1")\nVpc(app, "vpc", cidr_block="10.0.0.0/16")\napp.synth()\n',
        passing=_HEAD
        + 'from cdktn_provider_aws.vpc import Vpc\n\napp = App()\nstack = TerraformStack(app, "payments")\n'
        'AwsProvider(stack, "aws", region="us-east-1")\nVpc(stack, "vpc", cidr_block="10.0.0.0/16")\napp.synth()\n',
    ),
    Rule(
        id="program-scope-not-initialised",
        title="A construct in a scope that has not called super().__init__",
        severity=Severity.APPLY_FAILS,
        rationale="Until `super().__init__` has run, only Python knows the object: nothing can be made in it.",
        sources=(f"{_CDKTN}/concepts/constructs", "https://github.com/aws/jsii/pull/1724"),
        failing=_STACK % "",
        passing=_STACK % "        super().__init__(scope, id)\n",
        aws_error="TypeError: Don't know how to convert object to JSON: <object>",
        confirmed=True,
    ),
    Rule(
        id="program-string-operation-on-token",
        title="An operation of Python on a value that is known after apply",
        severity=Severity.SILENT_OUTAGE,
        rationale="An attribute of a resource is a placeholder, `${TfToken[TOKEN.0]}`, until Terraform has created "
        "it. `replace` finds nothing in it, `upper` breaks it, `==` is always false; a record then holds `https://…` "
        "where a host name belongs. f-strings and concatenation keep it whole, and the functions of `Fn` work on the "
        "value. A list holds one placeholder, so that an index or a loop stops the synth.",
        sources=(f"{_CDKTN}/concepts/tokens", "https://github.com/hashicorp/terraform-cdk/issues/2254"),
        failing=_URL % 'url.function_url.replace("https://", "")',
        passing=_URL % 'Fn.trimsuffix(Fn.trimprefix(url.function_url, "https://"), "/")',
    ),
    Rule(
        id="program-password-in-code",
        title="A password that stands in the code",
        severity=Severity.SECURITY,
        rationale="Whoever reads the repository has it, and a default is what runs where nobody set anything.",
        sources=(
            "https://docs.aws.amazon.com/secretsmanager/latest/userguide/hardcoded.html",
            "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html",
        ),
        failing="import os\n\nfrom cdktn_provider_aws.rds_cluster import RdsCluster\n\n\ndef cluster(scope):\n"
        '    password = os.environ.get("DB_PASSWORD", "ChangeMe123!")\n'
        '    return RdsCluster(scope, "db", engine="aurora-mysql", master_password=password)\n',
        passing="from cdktn_provider_aws.rds_cluster import RdsCluster\n\n\ndef cluster(scope):\n"
        '    return RdsCluster(scope, "db", engine="aurora-mysql", master_username="admin", '
        "manage_master_user_password=True)\n",
    ),
    Rule(
        id="program-catches-everything",
        title="A handler that answers every exception with a 500",
        severity=Severity.ADVICE,
        rationale="After money has moved, a 500 says that it has not: the caller tries again and it moves twice. "
        "Lambda counts the invocation as a success, so that no alarm sees it and no event is retried. Whether "
        "something else makes the second try harmless cannot be seen in one file: where it speaks of idempotency, or "
        "writes on a condition, nothing is said.",
        sources=("https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html",),
        failing=_HANDLER % "    try:\n        charge_card(body)\n        table.put_item(Item=body)\n"
        '        return {"statusCode": 200}\n    except Exception as error:\n'
        '        return {"statusCode": 500, "body": str(error)}\n\n\ndef charge_card(body):\n    ...',
        passing=_HANDLER % '    if "amount" not in body:\n        return {"statusCode": 400}\n    charge_card(body)\n'
        '    table.put_item(Item=body)\n    return {"statusCode": 200}\n\n\ndef charge_card(body):\n    ...',
    ),
)


@lru_cache(maxsize=64)
def rule(id_: str) -> Rule:
    """Return a rule by its id."""
    return next(one for one in PROGRAM_RULES if one.id == id_)
