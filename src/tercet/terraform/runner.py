"""Run Terraform or OpenTofu in one folder."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tercet.errors import TerraformError
from tercet.terraform import providers
from tercet.terraform.binary import Binary
from tercet.terraform.events import (
    Diagnostic,
    Event,
    Heartbeat,
    OnEvent,
    Outputs,
    Planned,
    ResourceCompleted,
    ResourceErrored,
    ResourceStarted,
    Stopping,
    Summary,
    Unstructured,
    ignore,
    parse,
    parse_diagnostic,
)
from tercet.terraform.failure import TerraformCommandError, TerraformInterruptedError, describe_first, signal_name
from tercet.terraform.process import Captured, Followed, cannot_start, capture, follow

PARALLELISM = 10
"""Resources worked on at once: Terraform's own default."""

_INIT_TIMEOUT_S = 15 * 60.0  # a download of some 150 MB, packed, over a slow line
_PLAN_TIMEOUT_S = 15 * 60.0
_APPLY_TIMEOUT_S = 60 * 60.0  # an Aurora cluster with three instances takes about 20 minutes
_ASK_TIMEOUT_S = 5 * 60.0
_LOCK_TIMEOUT_S = 60
_GRACE_S = 120.0

_NO_CHANGES, _CHANGES = 0, 2
_NEARLY_FULL_BYTES = 1 << 20
_LAST_WORDS = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """What is going to be done, saved so that exactly this is done.

    ``changes`` are the planned actions on resources, in Terraform's order. ``has_changes`` is also true if only an
    output changes. ``path`` is the saved plan; it can hold secrets, and only its owner can read it.
    """

    path: Path
    add: int
    change: int
    destroy: int
    changes: tuple[Planned, ...]
    has_changes: bool
    warnings: tuple[Diagnostic, ...]

    def __str__(self) -> str:
        return f"{self.add} to add, {self.change} to change, {self.destroy} to destroy"


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done. ``outputs`` lacks the sensitive ones; `Terraform.output` gives all."""

    add: int
    change: int
    destroy: int
    outputs: Mapping[str, object]
    warnings: tuple[Diagnostic, ...]

    def __str__(self) -> str:
        return f"{self.add} added, {self.change} changed, {self.destroy} destroyed"


@dataclass(slots=True)
class _Transcript:
    """What matters of a command's events once it has ended."""

    on_event: OnEvent
    diagnostics: list[Diagnostic] = field(default_factory=list)
    planned: list[Planned] = field(default_factory=list)
    summary: Summary | None = None
    outputs: Mapping[str, object] = field(default_factory=dict)
    active: dict[str, str] = field(default_factory=dict)
    unfinished: tuple[str, ...] = ()
    last_words: list[str] = field(default_factory=list)

    def line(self, text: str) -> None:
        if event := parse(text):
            self.take(event)

    def take(self, event: Event) -> None:
        match event:
            case Diagnostic():
                self.diagnostics.append(event)
            case Planned():
                self.planned.append(event)
            case Summary():
                self.summary = event
            case Outputs():
                self.outputs = event.values
            case ResourceStarted():
                self.active[event.address] = event.action
            case ResourceCompleted() | ResourceErrored():
                self.active.pop(event.address, None)
            case Stopping():
                self.unfinished = tuple(self.active)  # noted now, because a stop makes each of them end
            case Unstructured():
                self.last_words = [*self.last_words, event.text][-_LAST_WORDS:]
        self.on_event(event)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(diagnostic for diagnostic in self.diagnostics if diagnostic.is_error)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        return tuple(diagnostic for diagnostic in self.diagnostics if not diagnostic.is_error)


class Terraform:
    """Terraform, or OpenTofu, in one folder.

    Every command is bounded in time, asks nothing, and reports what it does through a callback. On SIGINT, SIGTERM or
    SIGHUP it lets Terraform finish what it has begun and record it, and raises `TerraformInterruptedError`.

    A state lock left behind by a killed run needs no care if the state is a local file: the lock is the operating
    system's and ends with its process; the file ``.terraform.tfstate.lock.info`` that stays is a note, which the next
    run replaces. A lock in S3 stays; the error then says how to remove it.

    Parameters
    ----------
    binary
        From `tercet.terraform.find`.
    folder
        The folder with the configuration. Plans, logs and ``.terraform`` are put there too.
    environment
        Variables to set for Terraform on top of the process's own; None as value removes one.
    parallelism
        How many resources are worked on at once.
    lock_timeout_s
        How long to wait for a state that another run has locked, in whole seconds.
    grace_s
        How long Terraform may take to finish what it has begun when it is interrupted, in seconds.
    """

    def __init__(
        self,
        binary: Binary,
        folder: Path,
        environment: Mapping[str, str | None] | None = None,
        *,
        parallelism: int = PARALLELISM,
        lock_timeout_s: int = _LOCK_TIMEOUT_S,
        grace_s: float = _GRACE_S,
    ) -> None:
        self.binary = binary
        self.folder = folder.absolute()
        self._parallelism = parallelism
        self._lock_timeout_s = lock_timeout_s
        self._grace_s = grace_s
        self._given_environment = _child_environment(self.folder, environment or {})
        self._environment = self._given_environment

    def init(
        self,
        backend_config: Mapping[str, str | bool] | None = None,
        *,
        upgrade: bool = False,
        reconfigure: bool = False,
        on_event: OnEvent = ignore,
        timeout_s: float = _INIT_TIMEOUT_S,
    ) -> providers.Installation:
        """Prepare the folder: backend, provider.

        Parameters
        ----------
        backend_config
            Settings of the backend that the configuration leaves open, such as bucket and key.
        upgrade
            Choose provider versions anew instead of the ones in ``.terraform.lock.hcl``.
        reconfigure
            Forget the backend that the folder used before, without moving its state.
        on_event, timeout_s
            Where to report; how long it may take, in seconds.

        Returns
        -------
        Installation
            Where the provider came from.

        Raises
        ------
        TerraformError
            If it fails; if the provider could not be had, with the places that were searched.
        """
        try:
            installation = providers.prepare(self.binary, self.folder, self._given_environment)
        except OSError as error:
            raise cannot_start(self.binary.command, self.folder, error) from error
        self._environment = {**self._given_environment, **installation.environment}
        arguments = ["-input=false", f"-lock-timeout={self._lock_timeout_s}s"]
        arguments += [flag for flag, wanted in (("-upgrade", upgrade), ("-reconfigure", reconfigure)) if wanted]
        arguments += [f"-backend-config={key}={_word(value)}" for key, value in (backend_config or {}).items()]
        try:
            self._stream("init", arguments, on_event, timeout_s)
        except TerraformCommandError as failure:
            if any(providers.is_about_the_provider(error.summary) for error in failure.diagnostics):
                raise self._no_provider(failure, installation) from failure
            raise
        return installation

    def validate(self, *, timeout_s: float = _ASK_TIMEOUT_S) -> tuple[Diagnostic, ...]:
        """Check the configuration against the provider's schema.

        Returns
        -------
        tuple of Diagnostic
            The warnings.

        Raises
        ------
        TerraformError
            If the configuration is not valid.
        """
        answer = self._capture(["validate", "-json"], timeout_s)
        result = self._read_json("validate", answer)
        found = tuple(parse_diagnostic(diagnostic) for diagnostic in result.get("diagnostics", ()))
        errors = [diagnostic for diagnostic in found if diagnostic.is_error]
        if errors:
            raise TerraformCommandError(
                f"The configuration in {self.folder} is not valid: {describe_first(errors)}", errors
            )
        return found

    def plan(
        self,
        *,
        destroy: bool = False,
        refresh: bool = True,
        on_event: OnEvent = ignore,
        timeout_s: float = _PLAN_TIMEOUT_S,
    ) -> Plan:
        """Work out what is to be done, and save it.

        Parameters
        ----------
        destroy
            Plan to destroy everything.
        refresh
            Read the real state of what exists first.
        on_event, timeout_s
            Where to report; how long it may take, in seconds.

        Raises
        ------
        TerraformError
            If it fails.
        """
        path = self.folder / ("terraform-destroy.tfplan" if destroy else "terraform.tfplan")
        arguments = [*self._changing(), "-detailed-exitcode", f"-out={path}"]
        arguments += [flag for flag, wanted in (("-destroy", destroy), ("-refresh=false", not refresh)) if wanted]
        ended, transcript = self._stream("plan", arguments, on_event, timeout_s, succeeded=(_NO_CHANGES, _CHANGES))
        counts = transcript.summary or Summary("plan", 0, 0, 0)
        return Plan(
            path=path,
            add=counts.add,
            change=counts.change,
            destroy=counts.destroy,
            changes=tuple(transcript.planned),
            has_changes=ended.returncode == _CHANGES,
            warnings=transcript.warnings,
        )

    def apply(self, plan: Plan, on_event: OnEvent = ignore, *, timeout_s: float = _APPLY_TIMEOUT_S) -> Applied:
        """Do exactly what a plan says.

        Parameters
        ----------
        plan
            From `plan`. It can be applied once, and only while nobody else has changed the state.
        on_event, timeout_s
            Where to report; how long it may take, in seconds.

        Raises
        ------
        TerraformError
            If it fails. What had been made until then is in the state, and the next plan goes on from there.
        """
        _, transcript = self._stream("apply", [*self._changing(), str(plan.path)], on_event, timeout_s)
        counts = transcript.summary or Summary("apply", 0, 0, 0)
        return Applied(counts.add, counts.change, counts.destroy, transcript.outputs, transcript.warnings)

    def destroy(self, on_event: OnEvent = ignore, *, timeout_s: float = _APPLY_TIMEOUT_S) -> Applied:
        """Destroy everything in the state: `plan` with ``destroy``, then `apply`."""
        return self.apply(self.plan(destroy=True, on_event=on_event), on_event, timeout_s=timeout_s)

    def show(self, plan: Plan | None = None, *, timeout_s: float = _ASK_TIMEOUT_S) -> dict[str, Any]:
        """Give a plan, or the state, in the format of "JSON Output Format" in Terraform's documentation."""
        answer = self._capture(["show", "-json", *([str(plan.path)] if plan else [])], timeout_s)
        return self._read_json("show", answer)

    def output(self, *, timeout_s: float = _ASK_TIMEOUT_S) -> dict[str, object]:
        """Give the values of all outputs in the state, the sensitive ones too."""
        answer = self._capture(["output", "-json"], timeout_s)
        return {name: output["value"] for name, output in self._read_json("output", answer).items()}

    def state_list(self, *, timeout_s: float = _ASK_TIMEOUT_S) -> tuple[str, ...]:
        """Give the addresses of everything in the state; nothing if there is no state yet."""
        answer = self._capture(["state", "list"], timeout_s)
        if answer.returncode != 0 and "No state file was found" not in answer.stderr:
            raise self._refused("state list", answer)
        return tuple(answer.stdout.split("\n")[:-1])

    def _changing(self) -> list[str]:
        return ["-input=false", f"-lock-timeout={self._lock_timeout_s}s", f"-parallelism={self._parallelism}"]

    def _stream(
        self,
        name: str,
        arguments: Sequence[str],
        on_event: OnEvent,
        timeout_s: float,
        succeeded: Iterable[int] = (0,),
    ) -> tuple[Followed, _Transcript]:
        transcript = _Transcript(on_event)
        ended = follow(
            [*self.binary.command, name, "-json", "-no-color", *arguments],
            folder=self.folder,
            environment=self._environment,
            log=self._logs() / f"{name}.jsonl",
            timeout_s=timeout_s,
            grace_s=self._grace_s,
            on_line=transcript.line,
            on_beat=lambda elapsed_s: transcript.take(Heartbeat(elapsed_s)),
            on_stopping=lambda reason: transcript.take(Stopping(reason, self._grace_s)),
        )
        if ended.signal_number is None and not ended.timed_out and ended.returncode in succeeded:
            return ended, transcript
        raise self._failure(name, ended, transcript, timeout_s)

    def _failure(self, name: str, ended: Followed, transcript: _Transcript, timeout_s: float) -> TerraformError:
        command = f"{self.binary.flavour.product} {name} in {self.folder}"
        again = "What had been made until then is in the state; the same command goes on from there."
        if ended.signal_number is not None:
            how = "was killed, since it did not stop in time" if ended.returncode < 0 else "stopped in order"
            return TerraformInterruptedError(
                f"{command} was interrupted ({signal_name(ended.signal_number)}) and {how}. {again}",
                ended.signal_number,
            )
        if ended.timed_out:
            busy = ", ".join(transcript.unfinished) or "nothing that it named"
            return TerraformCommandError(
                f"{command} did not end within {timeout_s:g} s and was stopped; it was working on: {busy}. {again}",
                transcript.errors,
            )
        if transcript.errors:
            return TerraformCommandError(self._explain(command, transcript.errors), transcript.errors)
        if ended.returncode < 0:
            return TerraformCommandError(f"{command} was ended by {_death(-ended.returncode)}. {again}")
        return TerraformCommandError(
            f"{command} failed with exit code {ended.returncode} {self._last_words(transcript)}"
        )

    def _explain(self, command: str, errors: Sequence[Diagnostic]) -> str:
        text = f"{command} failed: {describe_first(errors)}"
        if any("acquiring the state lock" in error.summary and "Lock Info" in error.detail for error in errors):
            text += (
                " Another run is at work on this state: wait for its end. If there is none, because it was killed, "
                f"`{self.binary.flavour.value} force-unlock ID` in {self.folder} removes the lock."
            )
        return f"{text} Everything it said is in {self._logs()}.{self._if_disk_is_full()}"

    def _last_words(self, transcript: _Transcript) -> str:
        # On a full disk nothing that it says reaches its log, so the reason has to be found by looking.
        if full := self._if_disk_is_full():
            return f"and could not say why.{full}"
        said = " ".join(" ".join(transcript.last_words).split())[-600:]
        return f"and said: {said}" if said else f"and said nothing. Its log is in {self._logs()}."

    def _if_disk_is_full(self) -> str:
        free_bytes = shutil.disk_usage(self.folder).free
        if free_bytes >= _NEARLY_FULL_BYTES:
            return ""
        return f" The disk that holds {self.folder} is full ({free_bytes} bytes are free): make room and try again."

    def _no_provider(
        self, failure: TerraformCommandError, installation: providers.Installation
    ) -> TerraformCommandError:
        return TerraformCommandError(
            f"{failure} The provider was to come from {installation.source}; searched for a mirror in: "
            f"{', '.join(installation.searched)}. {providers.how_to_get_a_mirror(self.binary)}",
            failure.diagnostics,
        )

    def _capture(self, arguments: Sequence[str], timeout_s: float) -> Captured:
        subcommand, *rest = arguments
        # Only "state" has a second word before its options.
        words = [subcommand, *rest] if subcommand == "state" else [subcommand, "-no-color", *rest]
        try:
            return capture(
                [*self.binary.command, *words],
                folder=self.folder,
                environment=self._environment,
                timeout_s=timeout_s,
            )
        except TimeoutError as error:
            raise TerraformCommandError(
                f"{self.binary.flavour.product} {subcommand} in {self.folder} did not end within {timeout_s:g} s."
            ) from error
        except OSError as error:
            raise cannot_start(self.binary.command, self.folder, error) from error

    def _read_json(self, name: str, answer: Captured) -> dict[str, Any]:
        # A configuration that is not valid makes `validate` end with 1, with its reasons in JSON.
        if answer.returncode not in (0, 1):
            raise self._refused(name, answer)
        try:
            result = json.loads(answer.stdout)
        except ValueError as error:
            raise self._refused(name, answer) from error
        if not isinstance(result, dict):
            raise self._refused(name, answer)
        return result

    def _refused(self, name: str, answer: Captured) -> TerraformCommandError:
        how = f"exit code {answer.returncode}" if answer.returncode >= 0 else _death(-answer.returncode)
        said = " ".join(answer.stderr.split())[:600] or "it said nothing"
        return TerraformCommandError(f"{self.binary.flavour.product} {name} in {self.folder} ended with {how}: {said}")

    def _logs(self) -> Path:
        return self.folder / "terraform-logs"


def _child_environment(folder: Path, given: Mapping[str, str | None]) -> dict[str, str]:
    environment = {
        **os.environ,
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        "CHECKPOINT_DISABLE": "1",
        "TF_DATA_DIR": str(folder / ".terraform"),
        **{name: value for name, value in given.items() if value is not None},
    }
    for name in (name for name, value in given.items() if value is None):
        environment.pop(name, None)
    return providers.effective_environment(environment)


def _death(number: int) -> str:
    name = signal_name(number)
    why = {
        "SIGKILL": ": somebody, or the kernel for want of memory, killed it",
        "SIGXFSZ": ": a file reached the size that this system allows (see `ulimit -f`)",
        "SIGPIPE": ": nobody read what it wrote",
    }
    return name + why.get(name, "")


def _word(value: str | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else value
