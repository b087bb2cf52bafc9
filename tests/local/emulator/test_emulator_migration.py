"""A function that the deployment runs before another one goes live, and the secret that it fills in, by Terraform."""

from __future__ import annotations

import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from emulator_helpers import Connect
from test_emulator_terraform import environment, trusting

from tercet.terraform import Binary

MIGRATE = """
import boto3, json, os

def handler(event, context):
    if FAILS:
        raise RuntimeError("the schema could not be changed")
    client = boto3.client("secretsmanager")
    held = json.loads(client.get_secret_value(SecretId="database-user")["SecretString"])
    if held["password"] == "placeholder":
        made = json.dumps({**held, "password": "made-at-random"})
        client.put_secret_value(SecretId="database-user", SecretString=made)
    return {"version": VERSION, "told": os.environ["TERCET_TOLD"]}
"""

CONFIGURATION: dict[str, Any] = {
    "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": ">= 5.100, < 7"}}},
    "provider": {"aws": {"region": "us-east-1"}},
    "resource": {
        "aws_iam_role": {"lambda": trusting("lambda") | {"name": "migration-x"}},
        "aws_secretsmanager_secret": {"it": {"name": "database-user", "recovery_window_in_days": 0}},
        "aws_secretsmanager_secret_version": {
            "it": {
                "secret_id": "${aws_secretsmanager_secret.it.id}",
                "secret_string": json.dumps({"username": "payments", "password": "placeholder"}),
                "version_stages": ["placeholder"],
                "lifecycle": {"ignore_changes": ["secret_string", "version_stages"]},
            }
        },
        "aws_lambda_function": {
            name: {
                "function_name": f"{name}-x",
                "role": "${aws_iam_role.lambda.arn}",
                "handler": "app.handler",
                "runtime": "python3.13",
                "filename": "${path.module}/f.zip",
                "source_code_hash": '${filebase64sha256("${path.module}/f.zip")}',
                "environment": {"variables": {"TERCET_TOLD": "yes"}},
                "publish": True,
            }
            for name in ("migrate", "api")
        },
        "aws_lambda_invocation": {
            "it": {
                "function_name": "migrate-x",
                "qualifier": "${aws_lambda_function.migrate.version}",
                "input": "{}",
                "triggers": {"code": '${filebase64sha256("${path.module}/f.zip")}'},
                "depends_on": ["aws_secretsmanager_secret_version.it"],
            }
        },
        "aws_lambda_alias": {
            "api": {
                "name": "live",
                "function_name": "${aws_lambda_function.api.function_name}",
                "function_version": "${aws_lambda_function.api.version}",
                "depends_on": ["aws_lambda_invocation.it"],
            }
        },
    },
}


@pytest.mark.slow
def test_new_code_goes_live_after_the_migration_only(
    emulator_url: str, aws: Connect, program: Binary, tmp_path: Path
) -> None:
    (tmp_path / "main.tf.json").write_text(json.dumps(CONFIGURATION))
    variables = environment(emulator_url, tmp_path, program)

    def code(version: int, *, fails: bool = False) -> None:
        with zipfile.ZipFile(tmp_path / "f.zip", "w") as archive:
            archive.writestr("app.py", f"VERSION, FAILS = {version}, {fails}\n{MIGRATE}")

    def terraform(*arguments: str, fails: bool = False) -> str:
        run = subprocess.run(
            [*program.command, *arguments, "-no-color"],
            cwd=tmp_path,
            env=variables,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        assert (run.returncode != 0) is fails, run.stdout[-4000:] + run.stderr[-4000:]
        return run.stdout + run.stderr

    def live() -> str:
        return aws("lambda").get_alias(FunctionName="api-x", Name="live")["FunctionVersion"]

    def password() -> str:
        return json.loads(aws("secretsmanager").get_secret_value(SecretId="database-user")["SecretString"])["password"]

    terraform("init")
    code(1)
    terraform("apply", "-auto-approve")
    assert (live(), password()) == ("1", "made-at-random")
    assert "No changes." in terraform("plan", "-detailed-exitcode"), "Terraform would undo what the migration did"
    assert "made-at-random" not in (tmp_path / "terraform.tfstate").read_text()

    code(2, fails=True)
    assert "the schema could not be changed" in terraform("apply", "-auto-approve", fails=True)
    assert live() == "1", "the new code went live on a schema that was not migrated"

    code(3)
    terraform("apply", "-auto-approve")
    assert (live(), password()) == ("3", "made-at-random")
    assert "No changes." in terraform("plan", "-detailed-exitcode")
    terraform("destroy", "-auto-approve")
