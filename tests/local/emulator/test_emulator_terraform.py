"""Terraform itself: everything applies, a second plan finds nothing to do, everything is destroyed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import emulator_drift as drift
import pytest

PROVIDER = "registry.terraform.io/hashicorp/aws"
MIRRORS = [found.parents[2] for found in Path("/opt").glob(f"*/{PROVIDER}")]


def environment(url: str, folder: Path) -> dict[str, str]:
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "AWS_ENDPOINT_URL": url,
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "CHECKPOINT_DISABLE": "1",
    }
    if MIRRORS:
        configuration = folder / "terraform.rc"
        configuration.write_text(
            f'provider_installation {{\n  filesystem_mirror {{\n    path = "{MIRRORS[0]}"\n'
            f'    include = ["{PROVIDER}"]\n  }}\n  direct {{\n    exclude = ["{PROVIDER}"]\n  }}\n}}\n'
        )
        variables["TF_CLI_CONFIG_FILE"] = str(configuration)
    return variables


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
def test_it_applies_plans_clean_and_is_destroyed(emulator_url: str, tmp_path: Path) -> None:
    drift.write(tmp_path)
    variables = environment(emulator_url, tmp_path)

    def terraform(*arguments: str) -> str:
        run = subprocess.run(
            ["terraform", *arguments, "-no-color"],
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
