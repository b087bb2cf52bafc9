"""The commands for a real account, against the embedded AWS in that account's place: no test asks AWS itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from tests.deployed import tercet

pytestmark = pytest.mark.slow

SERVE = """
import sys, time
from pathlib import Path
from tercet.local import emulator
with emulator.serve("127.0.0.1", 0, Path(sys.argv[1])) as aws:
    print(aws.url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Environment variables by which the embedded AWS is taken for the user's account."""
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(tmp_path_factory.mktemp("account"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin
    assert server.stdout
    endpoint = server.stdout.readline().strip()
    yield {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "embedded",
        "AWS_SECRET_ACCESS_KEY": "embedded",
        "AWS_MAX_ATTEMPTS": "2",
        "AWS_REGION": "us-east-1",
        # A bucket's own host name would not resolve to loopback.
        "TF_CLI_ARGS_init": "-backend-config=use_path_style=true",
        "NO_PROXY": "127.0.0.1",
    }
    server.stdin.close()
    server.wait(30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deploy")


def s3(account: dict[str, str]):
    return boto3.client(
        "s3",
        endpoint_url=account["AWS_ENDPOINT_URL"],
        aws_access_key_id="embedded",
        aws_secret_access_key="embedded",
        region_name="us-east-1",
    )


def test_without_a_state_bucket_it_says_how_to_get_one(account: dict[str, str], folder: Path):
    answer = tercet("plan", folder=folder, **account)
    assert answer.returncode == 2
    assert "tercet-state-123456789012-us-east-1" in answer.stderr
    assert "tercet bootstrap" in answer.stderr


def test_bootstrap_makes_a_protected_bucket_and_may_be_repeated(account: dict[str, str], folder: Path):
    for said in ("created", "was there"):
        answer = tercet("bootstrap", folder=folder, **account)
        assert answer.returncode == 0, answer.stderr
        assert said in answer.stdout
        assert "123456789012" in answer.stdout
    bucket = "tercet-state-123456789012-us-east-1"
    client = s3(account)
    assert client.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert all(client.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    (rule,) = client.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"


def test_the_bucket_refuses_plain_http(account: dict[str, str], folder: Path):
    """The embedded AWS speaks nothing else, so the policy is in the way of all that follows, and is taken off."""
    bucket = "tercet-state-123456789012-us-east-1"
    answer = tercet("plan", folder=folder, **account)
    assert answer.returncode == 2
    assert "Forbidden" in answer.stderr
    policy = json.loads(s3(account).get_bucket_policy(Bucket=bucket)["Policy"])
    (statement,) = policy["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    s3(account).delete_bucket_policy(Bucket=bucket)


def test_plan_shows_account_region_and_changes_without_warnings(account: dict[str, str], folder: Path):
    answer = tercet("plan", folder=folder, **account)
    assert answer.returncode == 0, answer.stderr
    assert "Account 123456789012" in answer.stdout
    assert "region us-east-1" in answer.stdout
    assert re.search(r"Plan: \d{3} to add, 0 to change, 0 to destroy", answer.stdout)
    assert "aws_rds_cluster." in answer.stdout
    assert "arning" not in answer.stderr
    listed = s3(account).list_objects_v2(Bucket="tercet-state-123456789012-us-east-1")
    assert not [entry for entry in listed.get("Contents", []) if entry["Key"].endswith(".tflock")], "still locked"


def test_deploy_asks_and_does_nothing_when_declined(account: dict[str, str], folder: Path):
    program = Path(sys.executable).with_name("tercet")
    answer = subprocess.run(
        [program, "deploy"],
        input="n\n",
        cwd=folder,
        env={**os.environ, **account},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert answer.returncode == 1, answer.stderr
    assert "Do this?" in answer.stdout
    assert "Nothing was done" in answer.stdout


def test_destroy_of_nothing_says_so(account: dict[str, str], folder: Path):
    answer = tercet("destroy", "--yes", folder=folder, **account)
    assert answer.returncode == 0, answer.stderr
    assert "No changes" in answer.stdout


def test_a_deployment_beyond_the_lambda_quota_is_refused_before_anything_is_made(account: dict[str, str], folder: Path):
    answer = tercet("plan", folder=folder, TERCET_PROCESSOR_RESERVED_CONCURRENCY="600", **account)
    assert answer.returncode == 2
    assert "1212" in answer.stderr
    assert "processor_reserved_concurrency" in answer.stderr
