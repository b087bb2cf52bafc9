"""Find Terraform or OpenTofu and run it, with progress, clear errors and no process left behind.

Example
-------
::

    from tercet.terraform import Terraform, find, progress

    terraform = Terraform(find(), Path("cdktf.out/stacks/tercet"))
    with progress("preparing") as on_event:
        terraform.init(on_event=on_event)
    with progress("planning") as on_event:
        plan = terraform.plan(on_event=on_event)
    with progress("deploying") as on_event:
        applied = terraform.apply(plan, on_event=on_event)
"""

from __future__ import annotations

from tercet.terraform.binary import MINIMUM_VERSION, Binary, Flavour, find
from tercet.terraform.events import (
    Diagnostic,
    Drifted,
    Event,
    Heartbeat,
    Message,
    OnEvent,
    Outputs,
    Planned,
    Refreshed,
    RefreshStarted,
    ResourceCompleted,
    ResourceErrored,
    ResourceProgress,
    ResourceStarted,
    Stopping,
    Summary,
)
from tercet.terraform.failure import TerraformCommandError, TerraformInterruptedError
from tercet.terraform.progress import progress
from tercet.terraform.providers import Installation, prepare
from tercet.terraform.runner import Applied, Plan, Terraform

__all__ = [
    "MINIMUM_VERSION",
    "Applied",
    "Binary",
    "Diagnostic",
    "Drifted",
    "Event",
    "Flavour",
    "Heartbeat",
    "Installation",
    "Message",
    "OnEvent",
    "Outputs",
    "Plan",
    "Planned",
    "RefreshStarted",
    "Refreshed",
    "ResourceCompleted",
    "ResourceErrored",
    "ResourceProgress",
    "ResourceStarted",
    "Stopping",
    "Summary",
    "Terraform",
    "TerraformCommandError",
    "TerraformInterruptedError",
    "find",
    "prepare",
    "progress",
]
