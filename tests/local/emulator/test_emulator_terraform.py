"""Terraform on what the platform has in other profiles only: applied, planned clean, destroyed.

That the platform itself can be deployed, planned clean and destroyed is what tests/local/test_lifecycle.py is about.
"""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tercet.terraform import Binary, prepare

CERTIFICATE = {
    "domain_name": "payments.acme.io",
    "validation_method": "DNS",
    "lifecycle": {"create_before_destroy": True},
}
OPTION = "tolist(aws_acm_certificate.it.domain_validation_options)[0]"


def trusting(service: str) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {"name": f"{service}-x", "assume_role_policy": json.dumps({"Version": "2012-10-17", "Statement": [trust]})}


CONFIGURATION: dict[str, Any] = {
    "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": ">= 5.100, < 7"}}},
    "provider": {"aws": {"region": "us-east-1", "default_tags": {"tags": {"App": "tercet"}}}},
    "resource": {
        "aws_iam_role": {"lambda": trusting("lambda"), "fis": trusting("fis")},
        # A domain of the merchant's own.
        "aws_route53_zone": {"it": {"name": "acme.io"}},
        "aws_acm_certificate": {"it": CERTIFICATE},
        "aws_route53_record": {
            "validation": {
                "zone_id": "${aws_route53_zone.it.zone_id}",
                "name": f"${{{OPTION}.resource_record_name}}",
                "type": "CNAME",
                "ttl": 60,
                "records": [f"${{{OPTION}.resource_record_value}}"],
            },
            "address": {
                "zone_id": "${aws_route53_zone.it.zone_id}",
                "name": "payments.acme.io",
                "type": "A",
                "alias": {
                    "name": "${aws_api_gateway_domain_name.it.regional_domain_name}",
                    "zone_id": "${aws_api_gateway_domain_name.it.regional_zone_id}",
                    "evaluate_target_health": True,
                },
            },
        },
        "aws_acm_certificate_validation": {
            "it": {
                "certificate_arn": "${aws_acm_certificate.it.arn}",
                "validation_record_fqdns": ["${aws_route53_record.validation.fqdn}"],
            }
        },
        "aws_api_gateway_domain_name": {
            "it": {
                "domain_name": "payments.acme.io",
                "regional_certificate_arn": "${aws_acm_certificate_validation.it.certificate_arn}",
                "endpoint_configuration": {"types": ["REGIONAL"]},
                "security_policy": "TLS_1_2",
            }
        },
        # Production's locked vault, and its processors that are kept warm.
        "aws_backup_vault": {"it": {"name": "v-x"}},
        "aws_backup_vault_policy": {
            "it": {
                "backup_vault_name": "${aws_backup_vault.it.name}",
                "policy": json.dumps(
                    {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Deny",
                                "Principal": "*",
                                "Action": ["backup:DeleteRecoveryPoint"],
                                "Resource": ["*"],
                            }
                        ],
                    }
                ),
            }
        },
        "aws_backup_vault_lock_configuration": {
            "it": {
                "backup_vault_name": "${aws_backup_vault.it.name}",
                "min_retention_days": 7,
                "max_retention_days": 365,
            }
        },
        "aws_lambda_function": {
            "it": {
                "function_name": "f-x",
                "role": "${aws_iam_role.lambda.arn}",
                "handler": "app.handler",
                "runtime": "python3.13",
                "filename": "${path.module}/f.zip",
                "publish": True,
            }
        },
        "aws_lambda_alias": {
            "live": {
                "name": "live",
                "function_name": "${aws_lambda_function.it.function_name}",
                "function_version": "${aws_lambda_function.it.version}",
            }
        },
        "aws_lambda_provisioned_concurrency_config": {
            "it": {
                "function_name": "${aws_lambda_alias.live.function_name}",
                "qualifier": "${aws_lambda_alias.live.name}",
                "provisioned_concurrent_executions": 1,
            }
        },
        # The experiment that takes a zone away.
        "aws_vpc": {"it": {"cidr_block": "10.0.0.0/16"}},
        "aws_subnet": {"it": {"vpc_id": "${aws_vpc.it.id}", "cidr_block": "10.0.0.0/24"}},
        "aws_fis_experiment_template": {
            "it": {
                "description": "zone",
                "role_arn": "${aws_iam_role.fis.arn}",
                "stop_condition": {"source": "none"},
                "action": {
                    "name": "cut",
                    "action_id": "aws:network:disrupt-connectivity",
                    "parameter": [{"key": "duration", "value": "PT10M"}, {"key": "scope", "value": "all"}],
                    "target": {"key": "Subnets", "value": "subnets"},
                },
                "target": {
                    "name": "subnets",
                    "resource_type": "aws:ec2:subnet",
                    "selection_mode": "ALL",
                    "resource_arns": ["${aws_subnet.it.arn}"],
                },
            }
        },
    },
}


def environment(url: str, folder: Path, program: Binary) -> dict[str, str]:
    passed_on = ("PATH", "TERCET_PROVIDER_MIRROR", "TF_CLI_CONFIG_FILE")
    variables = {
        **{name: os.environ[name] for name in passed_on if name in os.environ},
        "HOME": str(folder),
        "AWS_ENDPOINT_URL": url,
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "CHECKPOINT_DISABLE": "1",
    }
    return {**variables, **prepare(program, folder, variables).environment}


@pytest.mark.slow
def test_it_applies_plans_clean_and_is_destroyed(emulator_url: str, program: Binary, tmp_path: Path) -> None:
    (tmp_path / "main.tf.json").write_text(json.dumps(CONFIGURATION))
    with zipfile.ZipFile(tmp_path / "f.zip", "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return event")
    variables = environment(emulator_url, tmp_path, program)

    def terraform(*arguments: str) -> str:
        run = subprocess.run(
            [*program.command, *arguments, "-no-color"],
            cwd=tmp_path,
            env=variables,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
        return run.stdout

    terraform("init")
    assert "Apply complete!" in terraform("apply", "-auto-approve", "-parallelism=30")
    assert "No changes." in terraform("plan", "-detailed-exitcode")
    assert "Destroy complete!" in terraform("destroy", "-auto-approve", "-parallelism=30")
