"""The commands of the platform: deploy it here or for real, look at it, take it down.

What a command needs is imported when it is called: together these rooms take seconds to import, and `tercet check` has
no use for them.
"""

from __future__ import annotations

import dataclasses
import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tercet.cli.console import DECLINED, NOT_RUNNING, app, err, out

if TYPE_CHECKING:
    from tercet import account, deploy
    from tercet.local import platform

SettingsFile = Annotated[
    Path | None, typer.Option("--settings", metavar="FILE", help="Settings to read instead of tercet.toml.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command()
def up(settings_file: SettingsFile = None) -> None:
    """Deploy the whole platform onto an embedded AWS and leave it running."""
    from tercet import settings, terraform
    from tercet.local import platform

    deployed = platform.up(settings.load(settings_file), Path.cwd(), terraform.progress, _say)
    if deployed.changes is None:
        out.print("No changes: what stands is what the configuration says.")
    else:
        out.print(f"Deployed: {deployed.changes}.")
    out.print()
    _show(deployed.status)


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Tell what runs in this folder. Exit code 1: nothing does."""
    from tercet.local import platform

    found = platform.status(Path.cwd())
    if as_json:
        shown = dataclasses.asdict(found) if found else {}
        out.print_json(json.dumps({"running": found is not None, **shown}))
    elif found:
        _show(found)
    else:
        out.print("Nothing runs in this folder. Start it with `tercet up`.")
    if found is None:
        raise typer.Exit(NOT_RUNNING)


@app.command()
def token() -> None:
    """Print an access token for the embedded API, valid for an hour."""
    from tercet.local import platform

    sys.stdout.write(platform.token(Path.cwd()) + "\n")


@app.command()
def down() -> None:
    """Destroy everything on the embedded AWS through Terraform, and stop it."""
    from tercet import terraform
    from tercet.local import platform

    taken_down = platform.down(Path.cwd(), terraform.progress, _say)
    out.print("Everything is destroyed and stopped." if taken_down else "Nothing runs in this folder.")


@app.command()
def synth(
    settings_file: SettingsFile = None,
    folder: Annotated[Path, typer.Option("--out", help="Where to write.")] = Path("cdktf.out"),
) -> None:
    """Write the Terraform configuration and nothing else."""
    from tercet import settings
    from tercet.synth.app import synthesize

    written = synthesize(settings.load(settings_file), out=folder.absolute(), cache=Path(".tercet/cache").absolute())
    out.print(f"{len(written.addresses)} resources in {written.folder / 'cdk.tf.json'}", soft_wrap=True)


@app.command()
def bootstrap(settings_file: SettingsFile = None) -> None:
    """Create the S3 bucket for the state of real deployments. Safe to repeat."""
    from tercet import account, settings

    loaded = settings.load(settings_file)
    owner = account.identify(loaded)
    made = account.create_state_bucket(owner, loaded)
    _show_account(owner)
    out.print(f"Bucket {owner.state_bucket(loaded)}: {'created' if made else 'was there'}, protected.", soft_wrap=True)


@app.command()
def plan(settings_file: SettingsFile = None) -> None:
    """Show what a deployment to your AWS account would change."""
    from tercet import deploy, settings, terraform

    _show_plan(deploy.plan(settings.load(settings_file), terraform.progress))


@app.command("deploy")
def deploy_command(settings_file: SettingsFile = None, yes: Yes = False) -> None:
    """Show what a deployment to your AWS account changes, ask, and do it."""
    from tercet import deploy, settings, terraform

    _carry_out(deploy.plan(settings.load(settings_file), terraform.progress), "deploying", yes=yes)


@app.command()
def destroy(settings_file: SettingsFile = None, yes: Yes = False) -> None:
    """Show what would be destroyed in your AWS account, ask, and do it."""
    from tercet import deploy, settings, terraform

    _carry_out(deploy.plan(settings.load(settings_file), terraform.progress, destroy=True), "destroying", yes=yes)


def _say(step: str) -> None:
    err.print(step, markup=False)


def _show(found: platform.Status) -> None:
    from tercet.local import summary

    out.print(summary.table(found.counted, found.zones))
    program = shlex.quote(sys.argv[0])
    if found.resources < found.expected:
        out.print(f"\n{found.resources} of {found.expected} resources stand: `{program} up` deploys the rest.")
        return
    request = (
        f'curl -sS {found.api_url}/v1/payments -H "Authorization: Bearer $({program} token)" '
        "-H 'Idempotency-Key: order-1001' -H 'Content-Type: application/json' "
        """-d '{"amount_minor": 4200, "currency": "EUR", "card_token": "tok_visa"}'"""
    )
    out.print()
    for label, value in (
        ("API", found.api_url),
        ("AWS endpoint", f"{found.aws_endpoint}  (embedded: {found.region} exists only on this machine)"),
        ("database", found.database),
        ("state", found.state),
    ):
        out.print(f"{label:13}{value}", markup=False, soft_wrap=True)
    out.print("\nTake a payment:\n")
    out.print(f"  {request}\n", markup=False, soft_wrap=True)
    out.print(f"Stop: {program} down", markup=False, soft_wrap=True)


def _show_account(owner: account.Account) -> None:
    out.print(f"Account {owner.number} as {owner.caller_arn}, region {owner.region}", markup=False, soft_wrap=True)


def _show_plan(prepared: deploy.Prepared) -> None:
    for change in prepared.plan.changes:
        out.print(f"  {change.action:8} {change.address}", markup=False)
    _show_account(prepared.account)
    out.print(f"State in s3://{prepared.bucket}", markup=False, soft_wrap=True)
    out.print(f"Plan: {prepared.plan}." if prepared.plan.has_changes else "No changes.")


def _carry_out(prepared: deploy.Prepared, label: str, *, yes: bool) -> None:
    from tercet import terraform

    _show_plan(prepared)
    if not prepared.plan.has_changes:
        return
    if not yes and not typer.confirm("Do this?"):
        out.print("Nothing was done.")
        raise typer.Exit(DECLINED)
    applied = prepared.carry_out(terraform.progress, label)
    out.print(f"Done: {applied}.")
    for name, value in applied.outputs.items():
        out.print(f"{name} = {value}", markup=False, soft_wrap=True)
