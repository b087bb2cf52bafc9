"""Deploys the platform onto the embedded AWS, tells what stands, and takes it down again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tercet import soundness, terraform
from tercet.errors import LocalError
from tercet.local import database, environment, recovery, summary
from tercet.local.front import clients
from tercet.local.session import Endpoints, Session
from tercet.settings import Settings
from tercet.synth.app import Synthesized, synthesize

DEMO_CLIENT: Final = "demo"
"""The merchant that ``tercet token`` speaks for."""

SCOPES: Final = ("payments/read", "payments/write", "payments/refund", "payments/notify")
"""What it may do. The last is the acquirer's: nobody else is there to play the acquirer and tell of a dispute."""

PARALLELISM: Final = 24
"""The provider mostly waits for states that the embedded AWS reaches at once: more at a time is less waiting."""

Progress = Callable[[str], AbstractContextManager[terraform.OnEvent]]
"""Given what is being done, shows it: :func:`tercet.terraform.progress`."""


@dataclass(frozen=True)
class Status:
    """What runs in a work folder.

    Parameters
    ----------
    api_url
        The payment API, as requests reach it.
    aws_endpoint
        The embedded AWS, for any AWS client.
    region, suffix
        What it was deployed for.
    resources, expected
        How many resources stand, and how many would if it were deployed to the end.
    state
        Path of Terraform's state.
    database
        What stands in for Aurora, in words.
    zones
        The availability zones, in order.
    counted
        Concern → zone (or ``regional``) → resources.
    """

    api_url: str
    aws_endpoint: str
    region: str
    suffix: str
    resources: int
    expected: int
    state: str
    database: str
    zones: tuple[str, ...]
    counted: dict[str, dict[str, int]]


@dataclass(frozen=True)
class Deployed:
    """What ``up`` did, and what stands after it."""

    changes: str | None
    status: Status


def up(settings: Settings, work_folder: Path, progress: Progress, say: Callable[[str], None]) -> Deployed:
    """Deploy onto the embedded AWS, starting it if it does not run, and leave it running.

    Parameters
    ----------
    work_folder
        The folder to keep everything in, below ``.tercet``.
    progress, say
        How to show Terraform's progress, and a step that is not Terraform's.

    Raises
    ------
    TercetError
        It could not be done. What was made until then is kept, and the next ``up`` goes on from there.
    """
    session = Session(work_folder)
    database.check()
    binary = terraform.find()
    with session.exclusive():
        endpoints = _running(session, settings, say)
        session.settings.write_text(settings.model_dump_json())
        say("synthesizing the stack")
        synthesized = synthesize(settings, out=session.out, cache=session.cache)
        checked = soundness.require_sound(settings, synthesized)
        say(f"the preflight asked {checked.rules} rules about {checked.resources} resources: nothing stands against it")
        _keep_state_here(session, synthesized)
        runner = _runner(binary, session, endpoints)
        with progress("preparing") as on_event:
            runner.init(reconfigure=True, on_event=on_event)
        if settings.hosted_zone:
            _delegate(settings.hosted_zone, endpoints)
        with progress("planning") as on_event:
            plan = runner.plan(on_event=on_event)
        changes = None
        if plan.has_changes:
            with progress("deploying") as on_event:
                changes = str(runner.apply(plan, on_event))
        _admit_demo_client(runner, endpoints)
        return Deployed(changes, _status(session, endpoints, runner))


def status(work_folder: Path) -> Status | None:
    """Tell what runs; ``None`` if nothing does."""
    session = Session(work_folder)
    endpoints = session.endpoints()
    if endpoints is None or not session.state.exists():
        return None
    return _status(session, endpoints, _runner(terraform.find(), session, endpoints))


def down(work_folder: Path, progress: Progress, say: Callable[[str], None]) -> bool:
    """Destroy everything through Terraform, stop the embedded AWS, and discard the session.

    Returns
    -------
    bool
        Whether there was anything to take down.
    """
    session = Session(work_folder)
    if not session.root.exists():
        return False
    with session.exclusive():
        if not session.folder.exists():
            return False
        endpoints = session.endpoints()
        if endpoints is None:
            say("the embedded AWS was not running, so nothing stands: discarding what it left")
        elif not session.state.exists():
            pass
        elif _deployed_settings(session).protect:
            say("the deployment is protected, so Terraform would refuse: discarding the embedded AWS as a whole")
        else:
            recovery.wait_for_earlier_run(session.state, say)
            try:
                _destroy(session, endpoints, progress)
            except terraform.TerraformCommandError as error:
                session.stop()
                raise LocalError(
                    "Terraform could not destroy everything, so the embedded AWS was discarded as a whole: nothing "
                    f"stands any more. {error}"
                ) from error
        session.stop()
        return True


def token(work_folder: Path) -> str:
    """Get an access token for the embedded API, by the demo merchant's client credentials.

    Raises
    ------
    LocalError
        Nothing runs here, or it is not deployed to the end.
    """
    session = Session(work_folder)
    found = status(work_folder)
    endpoints = session.endpoints()
    if found is None or endpoints is None:
        raise LocalError(f"No platform runs in {work_folder.absolute()}: start one with `tercet up`.")
    if found.resources < found.expected:
        raise LocalError(f"{found.resources} of {found.expected} resources stand: `tercet up` deploys the rest.")
    client = _demo_client(_output(_runner(terraform.find(), session, endpoints), "user_pool_id"), endpoints)
    return clients.token(endpoints.front, client, SCOPES)


def _running(session: Session, settings: Settings, say: Callable[[str], None]) -> Endpoints:
    """Find the session's server, or start one; what a dead one left means nothing any more."""
    recovery.wait_for_earlier_run(session.state, say)
    cut_short = recovery.was_cut_short(_folder(session) / "terraform-logs" / "apply.jsonl")
    if not cut_short and (endpoints := session.endpoints()):
        running, wanted = (endpoints.region, endpoints.suffix), (settings.region, settings.environment_suffix)
        if running != wanted:
            # Another deployment, with a state of its own, and not a change of this one.
            raise LocalError(
                f"The platform that runs here is {running[1]!r} in {running[0]}, and the settings say {wanted[1]!r} in "
                f"{wanted[0]}: `tercet down` first, or use another folder."
            )
        return endpoints
    if session.folder.exists():
        say("discarding what an earlier deployment left that did not end in order")
        session.stop()
    say("starting the embedded AWS")
    started = session.start(region=settings.region, suffix=settings.environment_suffix)
    say(f"payments are kept in {started.database}")
    return started


def _keep_state_here(session: Session, synthesized: Synthesized) -> None:
    """Let Terraform keep its state in the session, whatever the configuration says of S3.

    Terraform reads ``*_override.tf.json`` last ("Override Files", its documentation), so that the configuration itself
    stays, byte for byte, the one that would go to AWS.
    """
    override = {"terraform": {"backend": {"local": {"path": str(session.state)}}}}
    (synthesized.folder / "embedded_override.tf.json").write_text(json.dumps(override))


def _folder(session: Session) -> Path:
    return session.out / "stacks" / "tercet"


def _runner(binary: terraform.Binary, session: Session, endpoints: Endpoints) -> terraform.Terraform:
    overlay = environment.for_terraform(endpoint=endpoints.aws_endpoint, region=endpoints.region)
    return terraform.Terraform(binary, _folder(session), overlay, parallelism=PARALLELISM)


def _delegate(hosted_zone: str, endpoints: Endpoints) -> None:
    """Make the public hosted zone that a real account would have, and the embedded one lacks."""
    route53 = environment.client("route53", endpoint=endpoints.aws_endpoint, region=endpoints.region)
    if not route53.list_hosted_zones_by_name(DNSName=hosted_zone, MaxItems="1")["HostedZones"]:
        route53.create_hosted_zone(Name=hosted_zone, CallerReference=hosted_zone)


def _demo_client(user_pool_id: str, endpoints: Endpoints) -> clients.Client:
    return clients.ensure_client(endpoints.aws_endpoint, user_pool_id, DEMO_CLIENT, SCOPES)


def _admit_demo_client(runner: terraform.Terraform, endpoints: Endpoints) -> None:
    _demo_client(_output(runner, "user_pool_id"), endpoints)


def _output(runner: terraform.Terraform, name: str) -> str:
    outputs = runner.output()
    if name not in outputs:
        raise LocalError("The platform here is not deployed to the end: `tercet up` goes on from where it stopped.")
    return str(outputs[name])


def _deployed_settings(session: Session) -> Settings:
    """Read what the session was deployed with, which the settings of today may no longer say."""
    return Settings.model_validate_json(session.settings.read_text())


def _status(session: Session, endpoints: Endpoints, runner: terraform.Terraform) -> Status:
    configuration = json.loads((_folder(session) / "cdk.tf.json").read_text(encoding="utf-8"))
    standing = {address for address in runner.state_list() if not address.startswith("data.")}
    settings = _deployed_settings(session)
    return Status(
        api_url=f"{endpoints.front}/{runner.output().get('stage', '')}",
        aws_endpoint=endpoints.aws_endpoint,
        region=endpoints.region,
        suffix=settings.environment_suffix,
        resources=len(standing),
        expected=sum(len(resources) for resources in configuration["resource"].values()),
        state=str(session.state),
        database=endpoints.database,
        zones=settings.availability_zones,
        counted=summary.count(configuration, settings.availability_zones, standing),
    )


def _destroy(session: Session, endpoints: Endpoints, progress: Progress) -> None:
    runner = _runner(terraform.find(), session, endpoints)
    with progress("planning") as on_event:
        plan = runner.plan(destroy=True, refresh=False, on_event=on_event)
    if not plan.has_changes:
        return
    with progress("destroying") as on_event:
        runner.apply(plan, on_event)
    shutil.rmtree(_folder(session), ignore_errors=True)
