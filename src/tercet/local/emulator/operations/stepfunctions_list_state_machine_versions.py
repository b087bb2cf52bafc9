"""ListStateMachineVersions of Step Functions.

Plain moto answers 500, which the AWS provider retries. The provider lists the versions of every state machine that it
reads. Delete this module when moto serves the operation.
"""

from __future__ import annotations

from moto.stepfunctions.responses import get_backend

from tercet.local.emulator.extension import Answer, Call, Extension

EXTENSION = Extension()


@EXTENSION.operation("stepfunctions", "ListStateMachineVersions")
def list_state_machine_versions(call: Call) -> Answer:
    """List the published versions, the newest first."""
    machine = get_backend(call.account, call.region).describe_state_machine(call.params["stateMachineArn"])
    versions = [
        {"stateMachineVersionArn": version.arn, "creationDate": version.creation_date}
        for version in sorted(machine.versions.values(), key=lambda each: int(each.version), reverse=True)
    ]
    return {"stateMachineVersions": versions}
