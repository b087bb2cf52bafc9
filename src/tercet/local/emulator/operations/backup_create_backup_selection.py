"""CreateBackupSelection, GetBackupSelection, ListBackupSelections and DeleteBackupSelection of AWS Backup.

Plain moto answers 500, which the AWS provider retries; without a selection no plan backs up anything. Delete this
module when moto serves the operations.
"""

from __future__ import annotations

import uuid
from typing import Any

from moto.core.utils import utcnow

from tercet.local.emulator.extension import Answer, Call, Extension, State, refuse

EXTENSION = Extension()
SELECTIONS: State[dict[str, Any]] = State()


@EXTENSION.operation("backup", "CreateBackupSelection")
def create_backup_selection(call: Call) -> Answer:
    """Remember the selection under a new id."""
    selection = {
        "SelectionId": str(uuid.uuid4()),
        "BackupPlanId": call.params["BackupPlanId"],
        "CreationDate": utcnow(),
        "BackupSelection": call.params["BackupSelection"],
    }
    SELECTIONS.of(call)[selection["SelectionId"]] = selection
    return selection


@EXTENSION.operation("backup", "GetBackupSelection")
def get_backup_selection(call: Call) -> Answer:
    """Return the selection, or refuse as AWS Backup does."""
    selection = SELECTIONS.of(call).get(call.params["SelectionId"])
    if selection is None:
        # The AWS provider recognises a deleted selection by this code and text.
        raise refuse("InvalidParameterValueException", "Cannot find Backup selection with ID")
    return selection


@EXTENSION.operation("backup", "ListBackupSelections")
def list_backup_selections(call: Call) -> Answer:
    """List the selections of a plan."""
    listed = [
        {**each, **each["BackupSelection"]}
        for each in SELECTIONS.of(call).values()
        if each["BackupPlanId"] == call.params["BackupPlanId"]
    ]
    return {"BackupSelectionsList": listed}


@EXTENSION.operation("backup", "DeleteBackupSelection")
def delete_backup_selection(call: Call) -> Answer:
    """Forget the selection."""
    SELECTIONS.of(call).pop(call.params["SelectionId"], None)
    return {}
