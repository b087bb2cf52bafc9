"""The fast start of node: what it writes is what the plain one writes, and it stands back when it must."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tercet.synth import jsii_runtime

CACHE = Path(__file__).parents[2] / ".tercet" / "cache"
"""Shared with the other tests, because unpacking the packages takes most of a test's time."""

STACK = """
from __future__ import annotations
import os, sys
from pathlib import Path
from tercet.synth import jsii_runtime

{before}
jsii_runtime.prepare(Path(sys.argv[1]))
import importlib
from cdktn import App, Fn, LocalBackend, TerraformOutput, TerraformStack
from cdktn_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktn_provider_aws.dynamodb_table import DynamodbTable, DynamodbTableAttribute
from cdktn_provider_aws.lambda_function import LambdaFunction, LambdaFunctionTracingConfig
from cdktn_provider_aws.provider import AwsProvider

TYPES = {{
    "cloudwatch_event_bus": "CloudwatchEventBus", "cloudwatch_log_group": "CloudwatchLogGroup", "sns_topic": "SnsTopic",
    "sqs_queue": "SqsQueue", "backup_vault": "BackupVault", "cognito_user_pool": "CognitoUserPool",
    "api_gateway_rest_api": "ApiGatewayRestApi", "scheduler_schedule_group": "SchedulerScheduleGroup",
    "ecr_repository": "EcrRepository", "efs_file_system": "EfsFileSystem", "kms_key": "KmsKey",
    "iam_group": "IamGroup", "iam_user": "IamUser", "secretsmanager_secret": "SecretsmanagerSecret",
    "vpc": "Vpc", "internet_gateway": "InternetGateway", "eip": "Eip", "security_group": "SecurityGroup",
    "ecs_cluster": "EcsCluster", "athena_workgroup": "AthenaWorkgroup",
    "route53_zone": "Route53Zone", "s3_bucket": "S3Bucket", "kinesis_stream": "KinesisStream",
}}
NEEDS_NAME = {{"cloudwatch_event_bus", "backup_vault", "cognito_user_pool", "api_gateway_rest_api", "ecr_repository",
               "iam_group", "iam_user", "ecs_cluster", "athena_workgroup", "route53_zone", "kinesis_stream"}}


class Stack(TerraformStack):
    def __init__(self, scope):
        super().__init__(scope, "stack")
        LocalBackend(self, path="stack.tfstate")  # the default holds the current folder
        AwsProvider(self, "aws", region="us-east-1")
        account = DataAwsCallerIdentity(self, "account").account_id
        for module, name in TYPES.items():
            made = getattr(importlib.import_module("cdktn_provider_aws." + module), name)
            arguments = {{"name": f"{{module}}-{{account}}"}} if module in NEEDS_NAME else {{}}
            made(self, module, **arguments)
        table = DynamodbTable(self, "table", name="t", hash_key="id", billing_mode="PAY_PER_REQUEST",
                              attribute=[DynamodbTableAttribute(name="id", type="S")])
        LambdaFunction(self, "function", function_name="f", role=table.arn,
                       tracing_config=LambdaFunctionTracingConfig(mode="Active"))
        TerraformOutput(self, "out", value=Fn.join("-", [table.arn, "x"]), static_id=True)


app = App(outdir=sys.argv[2], stack_traces=False)
Stack(app)
app.synth()
from jsii._runtime import kernel
print("KERNEL", type(kernel.provider).__qualname__)
{after}
"""


def synthesize(
    cache: Path,
    out: Path,
    *,
    before: str = "",
    after: str = "",
    way: str | None = None,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Synthesize a small stack in a Python of its own: there is one kernel per process."""
    environment = os.environ | ({"TERCET_SYNTH": way} if way else {})
    finished = subprocess.run(
        [sys.executable, "-c", STACK.format(before=before, after=after), str(cache), str(out)],
        env=environment,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished


def is_fast(finished: subprocess.CompletedProcess[str]) -> bool:
    return "KERNEL _start.<locals>.Provider" in finished.stdout


def written(out: Path) -> dict[str, bytes]:
    return {str(file.relative_to(out)): file.read_bytes() for file in out.rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("plain")
    finished = synthesize(CACHE, out, way="plain")
    assert not is_fast(finished)
    assert finished.stderr == ""
    return written(out)


@pytest.mark.slow
def test_writes_what_the_plain_synth_writes(plain: dict[str, bytes], tmp_path: Path) -> None:
    finished = synthesize(CACHE, tmp_path / "out")
    assert is_fast(finished)
    assert finished.stderr == ""
    assert len(re.findall(rb'"uniqueId"', plain["stacks/stack/cdk.tf.json"])) > 20
    assert written(tmp_path / "out") == plain


@pytest.mark.slow
@pytest.mark.parametrize(
    "before",
    [
        "jsii_runtime.WRITTEN_FOR = {'cdktn-provider-aws': '25.9.0'}",
        "jsii_runtime.WRITTEN_FOR = {'no-such-package': '1'}",
        "jsii_runtime._API_CHANNEL = 'readFD:7'",
    ],
    ids=["other version", "not installed", "other kernel"],
)
def test_falls_back_with_a_warning(before: str, plain: dict[str, bytes], tmp_path: Path) -> None:
    finished = synthesize(CACHE, tmp_path / "out", before=before)
    assert not is_fast(finished)
    assert "Synth is correct, but takes three times as long as it could" in finished.stderr
    assert written(tmp_path / "out") == plain


@pytest.mark.slow
def test_falls_back_when_the_kernel_is_already_running(tmp_path: Path) -> None:
    finished = synthesize(
        CACHE,
        tmp_path / "out",
        before=f"os.environ['JSII_RUNTIME_PACKAGE_CACHE_ROOT'] = {str(CACHE / 'packages')!r}\nimport constructs",
    )
    assert not is_fast(finished)
    assert "constructs was imported" in finished.stderr


def test_leaves_an_index_that_it_does_not_understand_to_node(tmp_path: Path) -> None:
    """The provider's index holds a require in another form: nothing of it may be skipped."""
    launcher = Path(jsii_runtime.__file__).with_suffix(".js").read_text(encoding="utf-8")
    package = tmp_path / "node_modules" / "@cdktn" / "provider-aws" / "lib"
    (package / "a").mkdir(parents=True)
    (package / "a" / "index.js").write_text("exports.loaded = true;")
    (package / "index.js").write_text(
        "const __importStar = (m) => m;\n"
        'exports.a = __importStar(require("./a/index"));\n'
        'exports.b = require("./a/index");\n'
    )
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "program.js").write_text(
        f"const index = require({str(package / 'index.js')!r});\n"
        "require('fs').writeSync(1, String(index.a.loaded && index.b.loaded));\n"
    )
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "launcher.js").write_text(launcher)
    finished = subprocess.run(
        [jsii_runtime._bundled_node(), tmp_path / "bin" / "launcher.js"], capture_output=True, text=True, check=True
    )
    assert finished.stdout == "true"
    assert "stderr" in finished.stderr


def test_later_children_see_no_change_of_their_environment(tmp_path: Path) -> None:
    names = ("NODE_OPTIONS", "TMPDIR", "TEMP", "TMP")
    finished = synthesize(
        CACHE,
        tmp_path / "out",
        before="os.environ['NODE_OPTIONS'] = '--no-warnings'; os.environ.pop('TMPDIR', None)",
        after=f"print('LEFT', [os.environ.get(name) for name in {names!r}])",
    )
    assert is_fast(finished)
    assert f"LEFT {['--no-warnings', None, os.environ.get('TEMP'), os.environ.get('TMP')]!r}" in finished.stdout


@pytest.mark.slow
def test_uses_only_the_cache_folder(tmp_path: Path, plain: dict[str, bytes]) -> None:
    """With blanks in its path, from another folder, and with nothing in it at first."""
    cache, elsewhere, temporary, home = (tmp_path / name for name in ("a cache", "else where", "tmp", "home"))
    for folder in (elsewhere, temporary, home):
        folder.mkdir()
    before = f"os.environ.update(TMPDIR={str(temporary)!r}, HOME={str(home)!r})"
    for attempt in ("first", "second"):
        finished = synthesize(cache, tmp_path / attempt, before=before, cwd=elsewhere)
        assert is_fast(finished)
        assert written(tmp_path / attempt) == plain
    assert not [*elsewhere.iterdir(), *temporary.iterdir(), *home.iterdir(), *(cache / "temporary").iterdir()]
    # The first synth has to leave the index of types, or each later one parses all types again.
    assert list(cache.glob("packages/@cdktn/provider-aws/*/*/.jsii.runtime.v1.json"))


def test_removes_what_a_killed_node_left_behind(tmp_path: Path) -> None:
    old, new = tmp_path / "jsii-kernel-old", tmp_path / "jsii-kernel-new"
    old.mkdir()
    new.mkdir()
    os.utime(old, (0, 0))
    jsii_runtime._remove_leftovers(tmp_path)
    assert [folder.name for folder in tmp_path.iterdir()] == ["jsii-kernel-new"]


def test_an_error_of_a_construct_is_raised_in_python(tmp_path: Path) -> None:
    finished = synthesize(
        CACHE,
        tmp_path / "out",
        after="""
try:
    Stack(app)
except RuntimeError as error:
    print("RAISED", str(error)[:60])
try:
    EipOfNumber = importlib.import_module("cdktn_provider_aws.eip").Eip(app, "e", domain=7)
except TypeError as error:
    print("REFUSED")
""",
    )
    assert "RAISED There is already a Construct with name 'stack'" in finished.stdout
    assert "REFUSED" in finished.stdout
