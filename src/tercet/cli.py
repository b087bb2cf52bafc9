"""The command line: reads arguments, calls the rooms, prints, and turns errors into exit codes."""

from __future__ import annotations

import dataclasses
import json
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tercet import account, deploy, settings, terraform
from tercet.errors import TercetError
from tercet.local import platform, summary
from tercet.synth.app import synthesize

NOT_RUNNING = 1
DECLINED = 1
CANNOT = 2
INTERRUPTED = 130

app = typer.Typer(
    name="tercet",
    help="A payment platform for one AWS region that goes on when an availability zone is lost.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

SettingsFile = Annotated[
    Path | None, typer.Option("--settings", metavar="FILE", help="Settings to read instead of tercet.toml.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command()
def up(settings_file: SettingsFile = None) -> None:
    """Deploy the whole platform onto an embedded AWS and leave it running."""
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
    sys.stdout.write(platform.token(Path.cwd()) + "\n")


@app.command()
def down() -> None:
    """Destroy everything on the embedded AWS through Terraform, and stop it."""
    taken_down = platform.down(Path.cwd(), terraform.progress, _say)
    out.print("Everything is destroyed and stopped." if taken_down else "Nothing runs in this folder.")


@app.command()
def synth(
    settings_file: SettingsFile = None,
    folder: Annotated[Path, typer.Option("--out", help="Where to write.")] = Path("cdktf.out"),
) -> None:
    """Write the Terraform configuration and nothing else."""
    written = synthesize(settings.load(settings_file), out=folder.absolute(), cache=Path(".tercet/cache").absolute())
    out.print(f"{len(written.addresses)} resources in {written.folder / 'cdk.tf.json'}", soft_wrap=True)


@app.command()
def bootstrap(settings_file: SettingsFile = None) -> None:
    """Create the S3 bucket for the state of real deployments. Safe to repeat."""
    loaded = settings.load(settings_file)
    owner = account.identify(loaded)
    made = account.create_state_bucket(owner, loaded)
    _show_account(owner)
    out.print(f"Bucket {owner.state_bucket(loaded)}: {'created' if made else 'was there'}, protected.", soft_wrap=True)


@app.command()
def plan(settings_file: SettingsFile = None) -> None:
    """Show what a deployment to your AWS account would change."""
    _show_plan(deploy.plan(settings.load(settings_file), terraform.progress))


@app.command("deploy")
def deploy_command(settings_file: SettingsFile = None, yes: Yes = False) -> None:
    """Show what a deployment to your AWS account changes, ask, and do it."""
    _carry_out(deploy.plan(settings.load(settings_file), terraform.progress), "deploying", yes=yes)


@app.command()
def destroy(settings_file: SettingsFile = None, yes: Yes = False) -> None:
    """Show what would be destroyed in your AWS account, ask, and do it."""
    _carry_out(deploy.plan(settings.load(settings_file), terraform.progress, destroy=True), "destroying", yes=yes)


def main() -> None:
    """Run the command line; every error that a user can cause or cure is a sentence and exit code 2."""
    try:
        app()
    except TercetError as error:
        err.print(f"tercet: {error}", markup=False, soft_wrap=True)
        sys.exit(CANNOT)
    except OSError as error:  # a full disk, a folder that may not be written: whichever file it hit
        err.print(
            f"tercet: {error.filename or 'A file'} cannot be used: {error.strerror or error}.",
            markup=False,
            soft_wrap=True,
        )
        sys.exit(CANNOT)
    except KeyboardInterrupt:
        err.print("tercet: interrupted; the same command goes on from here.", markup=False)
        sys.exit(INTERRUPTED)


def _say(step: str) -> None:
    err.print(step, markup=False)


def _show(found: platform.Status) -> None:
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


if __name__ == "__main__":
    main()
