"""Records the plans of the cases, with real Terraform and its AWS provider against an embedded AWS.

``python -m tests.preflight.requirements.plans [CASE…]`` renews those beside the cases. What Terraform refuses before
there is a plan (an argument that the schema does not know) has none, and neither has what a plan does not hold (the
backend).
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from tercet import terraform
from tercet.errors import TercetError
from tercet.local import environment
from tercet.local.emulator import serve

CASES = Path(__file__).parent / "cases"
KEPT = ("format_version", "terraform_version", "variables", "planned_values", "resource_changes", "configuration")
"""Parts of a plan that are read; the rest holds times and the provider's schema of what was there before."""


def plan(folder: Path, endpoint: str) -> dict[str, Any]:
    """Plan a configuration, and give the plan in JSON."""
    with tempfile.TemporaryDirectory() as copied:
        work = Path(copied)
        shutil.copytree(folder, work, dirs_exist_ok=True)
        chosen = environment.for_terraform(endpoint=endpoint, region="us-east-1")
        runner = terraform.Terraform(
            terraform.find(), work, {**chosen, "TF_VAR_password": "x" * 12, "TF_VAR_database_password": "x" * 12}
        )
        runner.init()
        shown = runner.show(runner.plan())
    return {name: shown[name] for name in KEPT if name in shown}


def main() -> int:
    """Record every plan that there can be."""
    wanted = set(sys.argv[1:])
    with serve("127.0.0.1", 0, Path(tempfile.mkdtemp())) as emulator:
        for folder in sorted(CASES.glob("*/*/")):
            if folder.parent.name.startswith("f3_") or (wanted and folder.parent.name not in wanted):
                continue
            file = folder.parent / f"{folder.name}.plan.json"
            try:
                document = plan(folder, emulator.url)
            except TercetError as error:
                print(f"{folder.parent.name}/{folder.name}: {str(error).splitlines()[0][:200]}")
                continue
            file.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            print(file.relative_to(CASES))
    return 0


if __name__ == "__main__":
    sys.exit(main())
