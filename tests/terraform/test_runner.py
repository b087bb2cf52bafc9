from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from tercet.errors import TerraformError
from tercet.terraform import (
    Binary,
    Event,
    Flavour,
    Heartbeat,
    Outputs,
    Planned,
    ResourceCompleted,
    ResourceStarted,
    Stopping,
    Terraform,
    TerraformCommandError,
    TerraformInterruptedError,
    find,
    process,
)
from tests.terraform.conftest import STUCK, TWO_STEPS, alive, wait_for

Initialised = Callable[..., Terraform]
Script = Callable[..., Path]


def when_stuck(folder: Path, act: Callable[[], None]) -> Callable[[Event], None]:
    """Make a callback that acts once the stuck resource's command has begun."""
    acted = []

    def on_event(_event: Event) -> None:
        if not acted and (folder / "pid").exists() and (folder / "pid").read_text():
            acted.append(True)
            act()

    return on_event


def stuck_pid(folder: Path) -> int:
    return int((folder / "pid").read_text())


def unstick(folder: Path) -> None:
    (folder / "main.tf").write_text(STUCK.replace("exec sleep 60", "true"))


def test_create_change_nothing_and_destroy(initialised: Initialised, folder: Path) -> None:
    terraform = initialised(TWO_STEPS)
    assert terraform.validate() == ()
    assert terraform.state_list() == ()

    plan = terraform.plan()
    assert (plan.add, plan.change, plan.destroy, plan.has_changes) == (2, 0, 0, True)
    assert plan.changes == (Planned("terraform_data.one", "create"), Planned("terraform_data.two", "create"))
    assert str(plan) == "2 to add, 0 to change, 0 to destroy"
    assert terraform.show(plan)["applyable"] is True
    assert plan.path.stat().st_mode & 0o077 == 0  # it can hold secrets

    events: list[Event] = []
    applied = terraform.apply(plan, events.append)
    assert (applied.add, applied.change, applied.destroy) == (2, 0, 0)
    assert applied.outputs == terraform.output() == {"value": "first"}
    assert terraform.state_list() == ("terraform_data.one", "terraform_data.two")
    kinds = [type(event) for event in events if not isinstance(event, Heartbeat)]
    assert kinds.count(ResourceStarted) == kinds.count(ResourceCompleted) == 2
    assert Outputs in kinds

    assert not terraform.plan().has_changes

    (folder / "main.tf").write_text(TWO_STEPS.replace("first", "second"))
    changed = terraform.apply(terraform.plan())
    assert (changed.add, changed.change, changed.destroy) == (0, 2, 0)
    assert changed.outputs == {"value": "second"}

    assert terraform.destroy().destroy == 2
    assert terraform.state_list() == ()


def test_an_output_alone_is_a_change(initialised: Initialised, folder: Path) -> None:
    terraform = initialised(TWO_STEPS)
    terraform.apply(terraform.plan())
    (folder / "main.tf").write_text(TWO_STEPS + 'output "new" { value = 1 }\n')
    plan = terraform.plan()
    assert plan.changes == ()
    assert plan.has_changes


def test_secrets_are_left_out_of_events_and_logs(initialised: Initialised, folder: Path) -> None:
    terraform = initialised('output "key" {\n  value = "hunter2"\n  sensitive = true\n}\n')
    assert terraform.apply(terraform.plan()).outputs == {}
    assert terraform.output() == {"key": "hunter2"}
    logs = list((folder / "terraform-logs").iterdir())
    assert {log.name for log in logs} == {"init.jsonl", "plan.jsonl", "apply.jsonl"}
    assert not [log for log in logs if "hunter2" in log.read_text() or log.stat().st_mode & 0o077]


def test_a_backends_open_settings_are_given_at_init(initialised: Initialised, binary: Binary, folder: Path) -> None:
    (folder / "main.tf").write_text('terraform {\n  backend "local" {}\n}\n' + TWO_STEPS)
    terraform = Terraform(binary, folder)
    terraform.init({"path": "elsewhere.tfstate"})
    terraform.apply(terraform.plan())
    assert (folder / "elsewhere.tfstate").exists()


def test_variables_are_set_and_removed(initialised: Initialised, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    terraform = initialised(
        """resource "terraform_data" "one" {
          provisioner "local-exec" { command = "env > variables" }
        }""",
        environment={"AWS_PROFILE": None, "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "TF_VAR_x": "y"},
    )
    terraform.apply(terraform.plan())
    variables = (folder / "variables").read_text().splitlines()
    assert "AWS_ENDPOINT_URL=http://127.0.0.1:1" in variables
    assert not [line for line in variables if line.startswith("AWS_PROFILE")]


def test_parallelism_and_lock_timeout_are_passed_on(script: Script, folder: Path) -> None:
    path = script('echo "$@" >> arguments')
    program = Binary((str(path),), Flavour.TERRAFORM, (1, 10, 0), "linux_amd64")
    terraform = Terraform(program, folder, parallelism=3, lock_timeout_s=7)
    terraform.apply(terraform.plan(destroy=True, refresh=False))
    plan, apply = (folder / "arguments").read_text().splitlines()
    for arguments in (plan, apply):
        for expected in ("-json", "-no-color", "-input=false", "-parallelism=3", "-lock-timeout=7s"):
            assert expected in arguments.split()
    assert {"-destroy", "-refresh=false", "-detailed-exitcode"} <= set(plan.split())
    assert apply.split()[-1] == str(folder / "terraform-destroy.tfplan")


# --- errors in the configuration and from resources


@pytest.mark.parametrize("command", ["validate", "plan"])
def test_an_error_names_file_line_and_reason(initialised: Initialised, folder: Path, command: str) -> None:
    terraform = initialised(TWO_STEPS)
    (folder / "main.tf").write_text('resource "terraform_data" "one" {\n  input = 1\n  inputs = 2\n}\n')
    with pytest.raises(TerraformCommandError, match=r'Unsupported argument \(main\.tf:3\).*"inputs"') as raised:
        getattr(terraform, command)()
    assert str(folder) in str(raised.value)
    assert [(error.file, error.line) for error in raised.value.diagnostics] == [("main.tf", 3)]


def test_a_configuration_that_cannot_be_read_fails_at_init(binary: Binary, folder: Path) -> None:
    (folder / "main.tf").write_text('resource "terraform_data" "one" {\n  input =\n}\n')
    with pytest.raises(TerraformCommandError, match=r"main\.tf:2"):
        Terraform(binary, folder).init()


def test_without_init_the_error_says_what_is_missing(binary: Binary, folder: Path) -> None:
    (folder / "main.tf").write_text('terraform {\n  backend "local" { path = "x" }\n}\n' + TWO_STEPS)
    with pytest.raises(TerraformCommandError, match="init"):
        Terraform(binary, folder).plan()


def test_a_failing_resource_is_named_and_repaired_by_the_next_run(initialised: Initialised, folder: Path) -> None:
    failing = STUCK.replace("exec sleep 60", "echo no capacity; exit 3")
    terraform = initialised(failing)
    with pytest.raises(TerraformCommandError, match=r"terraform_data\.two, main\.tf:\d.*exit status 3.*no capacity"):
        terraform.apply(terraform.plan())
    assert "terraform_data.one" in terraform.state_list()
    unstick(folder)
    terraform.apply(terraform.plan())
    assert not terraform.plan().has_changes


def test_a_plan_cannot_be_applied_twice(initialised: Initialised) -> None:
    terraform = initialised(TWO_STEPS)
    plan = terraform.plan()
    terraform.apply(plan)
    with pytest.raises(TerraformCommandError, match="stale"):
        terraform.apply(plan)


# --- ends that nobody planned


def test_killed_half_way_is_reported_and_repaired(script: Script, binary: Binary, folder: Path) -> None:
    path = script(f'echo $$ > {folder}/terraform.pid; exec {shlex.join(binary.command)} "$@"')
    terraform = Terraform(find({**os.environ, "TERCET_TERRAFORM": str(path)}), folder)
    (folder / "main.tf").write_text(STUCK)
    terraform.init()
    plan = terraform.plan()

    def kill() -> None:
        os.kill(int((folder / "terraform.pid").read_text()), signal.SIGKILL)

    with pytest.raises(TerraformCommandError, match=r"SIGKILL.*want of memory.*same command goes on"):
        terraform.apply(plan, when_stuck(folder, kill))
    assert wait_for(lambda: not alive(stuck_pid(folder)))  # what Terraform had started went with it
    assert (folder / ".terraform.tfstate.lock.info").exists()  # a note of the dead, which must not stop the living
    assert terraform.state_list() == ("terraform_data.one",)

    unstick(folder)
    applied = terraform.apply(terraform.plan())
    assert applied.add == 1
    assert not (folder / ".terraform.tfstate.lock.info").exists()
    assert not terraform.plan().has_changes


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interruption_lets_terraform_finish_and_record(
    initialised: Initialised, folder: Path, number: signal.Signals
) -> None:
    before = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    terraform = initialised(STUCK)
    seen: list[Event] = []
    interrupt = when_stuck(folder, lambda: os.kill(os.getpid(), number))
    with pytest.raises(TerraformInterruptedError, match=f"{number.name}.*stopped in order") as raised:
        terraform.apply(terraform.plan(), lambda event: (seen.append(event), interrupt(event))[1])
    assert raised.value.signal_number == number
    assert [event.reason for event in seen if isinstance(event, Stopping)] == [number.name]
    assert not alive(stuck_pid(folder))
    assert not (folder / ".terraform.tfstate.lock.info").exists()  # it went through its own end, not through ours
    assert before == [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]

    unstick(folder)
    terraform.apply(terraform.plan())
    assert not terraform.plan().has_changes


def test_one_that_will_not_stop_is_killed(script: Script, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_TERM_GRACE_S", 0.3)
    path = script("trap '' INT TERM; sh -c 'echo $$ > pid; exec sleep 60' & wait; wait; sleep 60")
    program = Binary((str(path),), Flavour.TERRAFORM, (1, 10, 0), "linux_amd64")
    terraform = Terraform(program, folder, grace_s=0.3)
    with pytest.raises(TerraformInterruptedError, match="was killed"):
        terraform.plan(on_event=when_stuck(folder, lambda: os.kill(os.getpid(), signal.SIGINT)))
    assert wait_for(lambda: not alive(stuck_pid(folder)))


def test_a_second_interruption_cuts_the_wait_short(script: Script, folder: Path) -> None:
    path = script("trap '' INT; trap 'exit 1' TERM; echo $$ > pid; while :; do sleep 0.1; done")
    program = Binary((str(path),), Flavour.TERRAFORM, (1, 10, 0), "linux_amd64")
    terraform = Terraform(program, folder, grace_s=60)

    def twice() -> None:
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)

    began = time.monotonic()
    with pytest.raises(TerraformInterruptedError):
        terraform.plan(on_event=when_stuck(folder, twice))
    assert time.monotonic() - began < 30


def test_a_run_out_of_time_is_stopped_and_says_what_it_was_at(initialised: Initialised, folder: Path) -> None:
    terraform = initialised(STUCK)
    with pytest.raises(TerraformCommandError, match=r"within 3 s.*working on: terraform_data\.two"):
        terraform.apply(terraform.plan(), timeout_s=3)
    assert not alive(stuck_pid(folder))


def test_a_failing_callback_leaves_no_terraform_behind(initialised: Initialised, folder: Path) -> None:
    terraform = initialised(STUCK)

    def break_off() -> None:
        raise BrokenPipeError("nobody reads")

    with pytest.raises(BrokenPipeError, match="nobody reads"):
        terraform.apply(terraform.plan(), when_stuck(folder, break_off))
    assert not alive(stuck_pid(folder))


def test_terraform_works_on_to_the_end_if_tercet_is_killed(initialised: Initialised, folder: Path) -> None:
    terraform = initialised(STUCK.replace("exec sleep 60", "sleep 1"))
    program = (
        "import sys; from pathlib import Path; from tercet.terraform import *\n"
        "t = Terraform(find(), Path(sys.argv[1])); t.apply(t.plan())\n"
    )
    tercet = subprocess.Popen([sys.executable, "-c", program, str(folder)])
    assert wait_for(lambda: (folder / "pid").exists())
    tercet.kill()
    tercet.wait()
    assert wait_for(lambda: terraform.state_list() == ("terraform_data.one", "terraform_data.two"))
    assert wait_for(lambda: not (folder / ".terraform.tfstate.lock.info").exists())
    assert not terraform.plan().has_changes


def test_a_state_in_use_is_not_touched(initialised: Initialised, binary: Binary, folder: Path) -> None:
    terraform = initialised(STUCK)
    other = Terraform(binary, folder, lock_timeout_s=0)
    refusals: list[str] = []

    def try_too() -> None:
        with pytest.raises(TerraformCommandError) as raised:
            other.plan()
        refusals.append(str(raised.value))
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(TerraformInterruptedError):
        terraform.apply(terraform.plan(), when_stuck(folder, try_too))
    assert "Another run is at work on this state" in refusals[0]


def test_it_works_outside_the_main_thread(initialised: Initialised) -> None:
    terraform = initialised(TWO_STEPS)
    plans: list[object] = []
    thread = threading.Thread(target=lambda: plans.append(terraform.plan().add))
    thread.start()
    thread.join(30)
    assert plans == [2]


# --- a machine that will not cooperate


def test_a_folder_that_cannot_be_written(binary: Binary, tmp_path: Path) -> None:
    # A file, a missing folder and /proc refuse even root, whom permissions do not stop.
    file = tmp_path / "file"
    file.write_text("")
    for place in (file, tmp_path / "absent", Path("/proc")):
        terraform = Terraform(binary, place)
        for command in (terraform.init, terraform.plan):
            with pytest.raises(TerraformError, match=f"could not be run in {place}.*must exist and be writable"):
                command()


def test_a_file_that_cannot_grow(script: Script, binary: Binary, folder: Path) -> None:
    # As on a full disk, no file can grow, be it the state, the plan or the log.
    limited = script(f'ulimit -f 0; exec {shlex.join(binary.command)} "$@"')
    (folder / "main.tf").write_text(TWO_STEPS)
    healthy = Terraform(binary, folder)
    healthy.init()
    plan = healthy.plan()
    program = Binary((str(limited),), Flavour.TERRAFORM, (1, 10, 0), "linux_amd64")
    with pytest.raises(TerraformCommandError, match=r"SIGXFSZ.*ulimit -f|failed"):
        Terraform(program, folder).apply(plan)
    again = healthy.apply(healthy.plan())
    assert again.outputs == {"value": "first"}


def test_a_full_disk_is_named(script: Script, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    no_lock = {"summary": "Error acquiring the state lock", "detail": "no space left on device"}
    no_lock_line = json.dumps({"type": "diagnostic", "diagnostic": {"severity": "error", **no_lock}})
    for body in ("exit 1", f"echo '{no_lock_line}'; exit 1"):
        program = Binary((str(script(body)),), Flavour.TERRAFORM, (1, 10, 0), "linux_amd64")
        with pytest.raises(TerraformCommandError, match=r"is full \(0 bytes are free\): make room") as raised:
            Terraform(program, folder).plan()
        assert "Another run" not in str(raised.value)


def test_a_crash_is_quoted(script: Script, folder: Path) -> None:
    path = script("echo 'panic: runtime error: index out of range' >&2; exit 11")
    program = Binary((str(path),), Flavour.TERRAFORM, (1, 10, 0), "linux_amd64")
    with pytest.raises(TerraformCommandError, match="exit code 11 and said: panic: runtime error"):
        Terraform(program, folder).plan()


def test_answers_that_are_no_json_are_quoted(script: Script, folder: Path) -> None:
    path = script("echo 'out of order' >&2; exit 1")
    program = Binary((str(path),), Flavour.TERRAFORM, (1, 10, 0), "linux_amd64")
    terraform = Terraform(program, folder)
    for command in (terraform.validate, terraform.output, terraform.show, terraform.state_list):
        with pytest.raises(TerraformCommandError, match="exit code 1: out of order"):
            command()


def test_a_question_that_is_never_answered_ends(script: Script, folder: Path) -> None:
    program = Binary((str(script("exec sleep 60")),), Flavour.TERRAFORM, (1, 10, 0), "linux_amd64")
    with pytest.raises(TerraformCommandError, match=r"did not end within 0\.3 s"):
        Terraform(program, folder).output(timeout_s=0.3)


def test_the_log_is_what_terraform_wrote(initialised: Initialised, folder: Path) -> None:
    terraform = initialised(TWO_STEPS)
    terraform.plan()
    lines = (folder / "terraform-logs" / "plan.jsonl").read_text().splitlines()
    assert [json.loads(line)["type"] for line in lines][-2:] == ["change_summary", "outputs"]
