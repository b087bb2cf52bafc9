"""Deploys to the user's own AWS account: says whose account it is and what will change before anything does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tercet import account, soundness, terraform
from tercet.account import Account
from tercet.errors import AccountError, SettingsError
from tercet.settings import Settings
from tercet.synth.app import synthesize

WORK_FOLDER: Final = Path(".tercet")

Progress = Callable[[str], AbstractContextManager[terraform.OnEvent]]
"""Given what is being done, shows it: :func:`tercet.terraform.progress`."""


@dataclass(frozen=True)
class Prepared:
    """A plan that was made and not yet carried out.

    Parameters
    ----------
    account
        The account that it is for.
    bucket
        Where its state is kept.
    """

    account: Account
    bucket: str
    plan: terraform.Plan
    _runner: terraform.Terraform

    def carry_out(self, progress: Progress, label: str) -> terraform.Applied:
        """Do exactly what the plan says."""
        with progress(label) as on_event:
            return self._runner.apply(self.plan, on_event)


def plan(settings: Settings, progress: Progress, *, destroy: bool = False) -> Prepared:
    """Work out what a deployment, or its end, would change.

    Raises
    ------
    SettingsError
        It is to be destroyed and is protected.
    AccountError
        The account cannot be asked, or has no bucket for the state yet.
    TerraformError
        Terraform refused.
    """
    if destroy and settings.protect:
        raise SettingsError(
            f"The deployment {settings.environment_suffix!r} is protected. To destroy it, set protect to false, "
            "`tercet deploy`, then `tercet destroy` again."
        )
    binary = terraform.find()
    owner = account.identify(settings)
    bucket = owner.state_bucket(settings)
    if not account.has_state_bucket(owner, settings):
        raise AccountError(
            f"There is no bucket {bucket} for the state in account {owner.number}: create it with `tercet bootstrap`."
        )
    folder = WORK_FOLDER.absolute()
    out = folder / "deployments" / owner.number / settings.environment_suffix
    synthesized = synthesize(settings, out=out, cache=folder / "cache")
    if not destroy:
        soundness.require_sound(settings, synthesized)
        functions = synthesized.configuration["resource"]["aws_lambda_function"].values()
        account.require_concurrency(
            owner, {each["function_name"]: each["reserved_concurrent_executions"] for each in functions}
        )
    runner = terraform.Terraform(binary, synthesized.folder)
    with progress("preparing") as on_event:
        runner.init({"bucket": bucket}, reconfigure=True, on_event=on_event)
    with progress("planning") as on_event:
        made = runner.plan(destroy=destroy, on_event=on_event)
    return Prepared(owner, bucket, made, runner)
