"""Checks one generated configuration with the preflight and with checkov, in turn, and compares time and memory.

The configuration is a row of small payment services, each a VPC with subnets in three zones, a function with its role,
queues, a table, a bucket, a topic, a rule with its target, and alarms: 40 resources that refer to one another. It is
written once with 2,000 resources and once with 20,000. Each run is a process of its own that reads the file and prints
JSON, so starting Python and importing rules count; what is imported was compiled before, by a run of each that is not
counted, whatever the environment says about keeping bytecode. Memory is the largest resident set that the process had.

The last line printed is a JSON object: ``time_ratio`` and ``memory_ratio`` (preflight by checkov, of the medians, at
2,000 resources), ``growth_10x`` (the preflight's time for 20,000 by that for 2,000), and, unless ``--quick``, the same
two ratios at 20,000.

checkov has an environment of its own: ``make .venv-checkov/installed``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

ROOT: Final = Path(__file__).parent.parent
CHECKOV: Final = Path(os.environ.get("TERCET_CHECKOV", ROOT / ".venv-checkov" / "bin" / "checkov"))
SMALL: Final = 2_000
LARGE: Final = 20_000
TIME_LIMIT_S: Final = 3_600


class BenchmarkError(Exception):
    """A checker did not do what is measured."""


@dataclass(frozen=True)
class Run:
    """One check: its duration and its largest resident set."""

    wall_s: float
    memory_mb: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="pairs of runs at 2,000 resources (default: 3)")
    parser.add_argument("--quick", action="store_true", help="leave out checkov at 20,000 resources, which takes long")
    arguments = parser.parse_args()
    if not CHECKOV.exists():
        print(f"checkov is not at {CHECKOV}: `make .venv-checkov/installed` puts it there.", file=sys.stderr)
        return 1
    try:
        with tempfile.TemporaryDirectory(prefix="tercet-benchmark-") as folder:
            print(json.dumps(compare(Path(folder), max(1, arguments.runs), quick=arguments.quick)))
    except BenchmarkError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def compare(folder: Path, runs: int, *, quick: bool) -> dict[str, float]:
    """Measure both checkers."""
    small, large = write(folder / "small", SMALL), write(folder / "large", LARGE)
    for checker in ("preflight", "checkov"):
        check(checker, small)  # compiles what is imported
    pairs = [(check("preflight", small), check("checkov", small)) for _ in range(runs)]
    ours, theirs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    grown = [check("preflight", large) for _ in range(runs)]
    result = {
        "time_ratio": ratio([run.wall_s for run in ours], [run.wall_s for run in theirs]),
        "memory_ratio": ratio([run.memory_mb for run in ours], [run.memory_mb for run in theirs]),
        "growth_10x": ratio([run.wall_s for run in grown], [run.wall_s for run in ours]),
    }
    if not quick:
        their = check("checkov", large)
        result["time_ratio_20000"] = ratio([run.wall_s for run in grown], [their.wall_s])
        result["memory_ratio_20000"] = ratio([run.memory_mb for run in grown], [their.memory_mb])
    return result


def ratio(ours: list[float], theirs: list[float]) -> float:
    return round(median(ours) / median(theirs), 3)


def check(checker: str, file: Path) -> Run:
    """Run one checker on one file."""
    commands = {
        "preflight": [sys.executable, "-m", "tercet.cli", "check", str(file), "--format", "json"],
        "checkov": [str(CHECKOV), "-f", str(file), "-o", "json", "--framework", "terraform_json", "--skip-download"],
    }
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(file.parents[1] / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            commands[checker], stdout=output, stderr=subprocess.DEVNULL, cwd=file.parent, env=environment
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall_s = time.perf_counter() - started
        output.seek(0)
        seen = looked_at(checker, json.load(output))
    if process.returncode not in (0, 1) or not seen:
        raise BenchmarkError(f"{checker} ended with exit code {process.returncode}, having looked at {seen} resources.")
    memory_mb = usage.ru_maxrss / 1024
    print(f"{checker:9} {file.parent.name:5}  {wall_s:7.2f} s  {memory_mb:6.0f} MB", flush=True)
    return Run(wall_s, memory_mb)


def looked_at(checker: str, answer: Any) -> int:
    """Tell how many resources a checker says it has looked at: a run that read nothing is no run."""
    if checker == "preflight":
        return int(answer["summary"]["resources"])
    results = answer["results"]
    return len({one["resource"] for one in [*results["passed_checks"], *results["failed_checks"]]})


def write(folder: Path, resources: int) -> Path:
    """Write the configuration."""
    folder.mkdir()
    made: dict[str, dict[str, Any]] = {}
    number = 0
    while sum(len(named) for named in made.values()) < resources:
        for address, body in service(number).items():
            kind, name = address.split(".")
            made.setdefault(kind, {})[name] = body
        number += 1
    file = folder / "main.tf.json"
    document = {"provider": {"aws": [{"region": "us-east-1"}]}, "resource": made}
    file.write_text(json.dumps(document, indent=2), encoding="utf-8")
    return file


def service(number: int) -> dict[str, dict[str, Any]]:
    """Make one service: 40 resources."""
    name = f"svc{number}"
    made: dict[str, dict[str, Any]] = {
        f"aws_vpc.{name}": {"cidr_block": "10.0.0.0/16", "enable_dns_support": True, "enable_dns_hostnames": True},
        f"aws_internet_gateway.{name}": {"vpc_id": f"${{aws_vpc.{name}.id}}"},
        f"aws_route_table.{name}_public": {
            "vpc_id": f"${{aws_vpc.{name}.id}}",
            "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": f"${{aws_internet_gateway.{name}.id}}"}],
        },
        f"aws_security_group.{name}": {
            "name": f"{name}-function",
            "vpc_id": f"${{aws_vpc.{name}.id}}",
            "egress": [{"from_port": 443, "to_port": 443, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]}],
        },
        f"aws_kms_key.{name}": {"description": name, "enable_key_rotation": True},
        f"aws_cloudwatch_event_bus.{name}": {"name": name},
        f"aws_sns_topic.{name}": {"name": name, "kms_master_key_id": f"${{aws_kms_key.{name}.arn}}"},
        f"aws_s3_bucket.{name}": {"bucket": f"tercet-benchmark-{name}"},
        f"aws_s3_bucket_versioning.{name}": {
            "bucket": f"${{aws_s3_bucket.{name}.id}}",
            "versioning_configuration": {"status": "Enabled"},
        },
    }
    for at, zone in enumerate("abc"):
        made.update(subnets(name, zone, at))
    made.update(processing(name))
    return made


def subnets(name: str, zone: str, at: int) -> dict[str, dict[str, Any]]:
    """Make what a service has in one zone: 7 resources."""
    vpc = f"${{aws_vpc.{name}.id}}"
    public, private = f"{name}_public_{zone}", f"{name}_private_{zone}"
    return {
        f"aws_subnet.{public}": {
            "vpc_id": vpc,
            "cidr_block": f"10.0.{at}.0/24",
            "availability_zone": f"us-east-1{zone}",
        },
        f"aws_subnet.{private}": {
            "vpc_id": vpc,
            "cidr_block": f"10.0.{at + 10}.0/24",
            "availability_zone": f"us-east-1{zone}",
        },
        f"aws_eip.{public}": {"domain": "vpc"},
        f"aws_nat_gateway.{public}": {
            "subnet_id": f"${{aws_subnet.{public}.id}}",
            "allocation_id": f"${{aws_eip.{public}.id}}",
        },
        f"aws_route_table.{private}": {
            "vpc_id": vpc,
            "route": [{"cidr_block": "0.0.0.0/0", "nat_gateway_id": f"${{aws_nat_gateway.{public}.id}}"}],
        },
        f"aws_route_table_association.{private}": {
            "subnet_id": f"${{aws_subnet.{private}.id}}",
            "route_table_id": f"${{aws_route_table.{private}.id}}",
        },
        f"aws_route_table_association.{public}": {
            "subnet_id": f"${{aws_subnet.{public}.id}}",
            "route_table_id": f"${{aws_route_table.{name}_public.id}}",
        },
    }


def processing(name: str) -> dict[str, dict[str, Any]]:
    """Make a service's function and what is around it: 10 resources."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    queue = {"Effect": "Allow", "Action": actions, "Resource": f"${{aws_sqs_queue.{name}.arn}}"}
    network = {
        "Effect": "Allow",
        "Action": ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"],
        "Resource": "*",
    }
    key = {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": f"${{aws_kms_key.{name}.arn}}"}
    alarm = {
        "comparison_operator": "GreaterThanThreshold",
        "evaluation_periods": 1,
        "period": 60,
        "statistic": "Sum",
        "threshold": 0,
        "alarm_actions": [f"${{aws_sns_topic.{name}.arn}}"],
    }
    return {
        f"aws_iam_role.{name}": {"name": name, "assume_role_policy": policy([trust])},
        f"aws_iam_role_policy.{name}": {
            "role": f"${{aws_iam_role.{name}.id}}",
            "policy": policy([queue, network, key]),
        },
        f"aws_lambda_function.{name}": {
            "function_name": name,
            "role": f"${{aws_iam_role.{name}.arn}}",
            "handler": "app.handler",
            "runtime": "python3.13",
            "s3_bucket": "tercet-benchmark-code",
            "s3_key": f"{name}.zip",
            "timeout": 30,
            "vpc_config": {
                "subnet_ids": [f"${{aws_subnet.{name}_private_{zone}.id}}" for zone in "abc"],
                "security_group_ids": [f"${{aws_security_group.{name}.id}}"],
            },
        },
        f"aws_sqs_queue.{name}_dead": {"name": f"{name}-dead", "message_retention_seconds": 1209600},
        f"aws_sqs_queue.{name}": {
            "name": name,
            "visibility_timeout_seconds": 180,
            "redrive_policy": policy_text(
                {"deadLetterTargetArn": f"${{aws_sqs_queue.{name}_dead.arn}}", "maxReceiveCount": 5}
            ),
        },
        f"aws_lambda_event_source_mapping.{name}": {
            "event_source_arn": f"${{aws_sqs_queue.{name}.arn}}",
            "function_name": f"${{aws_lambda_function.{name}.arn}}",
        },
        f"aws_dynamodb_table.{name}": {
            "name": name,
            "billing_mode": "PAY_PER_REQUEST",
            "hash_key": "id",
            "attribute": [{"name": "id", "type": "S"}],
            "point_in_time_recovery": {"enabled": True},
            "server_side_encryption": {"enabled": True, "kms_key_arn": f"${{aws_kms_key.{name}.arn}}"},
        },
        f"aws_cloudwatch_log_group.{name}": {"name": f"/aws/lambda/{name}", "retention_in_days": 30},
        f"aws_cloudwatch_metric_alarm.{name}_errors": {
            **alarm,
            "alarm_name": f"{name}-errors",
            "namespace": "AWS/Lambda",
            "metric_name": "Errors",
            "dimensions": {"FunctionName": f"${{aws_lambda_function.{name}.function_name}}"},
        },
        f"aws_cloudwatch_metric_alarm.{name}_dead": {
            **alarm,
            "alarm_name": f"{name}-dead",
            "namespace": "AWS/SQS",
            "metric_name": "ApproximateNumberOfMessagesVisible",
            "dimensions": {"QueueName": f"${{aws_sqs_queue.{name}_dead.name}}"},
        },
    }


def policy(statements: list[dict[str, Any]]) -> str:
    return policy_text({"Version": "2012-10-17", "Statement": statements})


def policy_text(document: dict[str, Any]) -> str:
    """Write it as CDK Terrain does: JSON text with references inside."""
    return json.dumps(document)


if __name__ == "__main__":
    sys.exit(main())
