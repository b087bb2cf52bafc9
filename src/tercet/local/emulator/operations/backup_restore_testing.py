"""Restore testing plans and selections of AWS Backup: create, get, list, update, delete.

Plain moto answers 404 to all of them. Tags of a plan are kept where moto keeps all tags of AWS Backup. Nothing is ever
restored, as moto has no recovery points. Delete this module when moto serves the operations.
"""

from __future__ import annotations

import uuid
from typing import Any

from moto.backup.models import backup_backends
from moto.core.utils import utcnow

from tercet.local.emulator.extension import Answer, Call, Extension, State, refuse

EXTENSION = Extension()
PLANS: State[dict[str, Any]] = State()
SELECTIONS: State[dict[str, Any]] = State()


def _plan(call: Call, name: str) -> dict[str, Any]:
    plan = PLANS.of(call).get(name)
    if plan is None:
        raise refuse("ResourceNotFoundException", f"Restore testing plan {name} does not exist")
    return plan


def _selection(call: Call) -> dict[str, Any]:
    name = call.params["RestoreTestingSelectionName"]
    selection = SELECTIONS.of(call).get(_key(call.params["RestoreTestingPlanName"], name))
    if selection is None:
        raise refuse("ResourceNotFoundException", f"Restore testing selection {name} does not exist")
    return selection


def _key(plan_name: str, selection_name: str) -> str:
    return f"{plan_name}/{selection_name}"


@EXTENSION.operation("backup", "CreateRestoreTestingPlan")
def create_restore_testing_plan(call: Call) -> Answer:
    """Remember the plan, with the defaults that AWS Backup documents."""
    asked = call.params["RestoreTestingPlan"]
    name = asked["RestoreTestingPlanName"]
    if name in PLANS.of(call):
        raise refuse("AlreadyExistsException", f"Restore testing plan {name} already exists")
    now = utcnow()
    plan = {
        "ScheduleExpressionTimezone": "Etc/UTC",
        "StartWindowHours": 24,
        **asked,
        "CreationTime": now,
        "LastUpdateTime": now,
        "RestoreTestingPlanArn": call.arn("backup", f"restore-testing-plan:{name}-{uuid.uuid4()}"),
    }
    plan["RecoveryPointSelection"] = {
        "ExcludeVaults": [],
        "SelectionWindowDays": 30,
        **asked["RecoveryPointSelection"],
    }
    PLANS.of(call)[name] = plan
    if tags := call.params.get("Tags"):
        backup_backends[call.account][call.region].tag_resource(plan["RestoreTestingPlanArn"], tags)
    return plan


@EXTENSION.operation("backup", "GetRestoreTestingPlan")
def get_restore_testing_plan(call: Call) -> Answer:
    """Return the plan."""
    return {"RestoreTestingPlan": _plan(call, call.params["RestoreTestingPlanName"])}


@EXTENSION.operation("backup", "ListRestoreTestingPlans")
def list_restore_testing_plans(call: Call) -> Answer:
    """List all plans."""
    return {"RestoreTestingPlans": list(PLANS.of(call).values())}


@EXTENSION.operation("backup", "UpdateRestoreTestingPlan")
def update_restore_testing_plan(call: Call) -> Answer:
    """Replace what the caller names."""
    plan = _plan(call, call.params["RestoreTestingPlanName"])
    plan.update(call.params["RestoreTestingPlan"], LastUpdateTime=utcnow())
    return {**plan, "UpdateTime": plan["LastUpdateTime"]}


@EXTENSION.operation("backup", "DeleteRestoreTestingPlan")
def delete_restore_testing_plan(call: Call) -> Answer:
    """Forget the plan; AWS Backup refuses as long as it has selections."""
    name = call.params["RestoreTestingPlanName"]
    if any(each["RestoreTestingPlanName"] == name for each in SELECTIONS.of(call).values()):
        raise refuse("InvalidRequestException", f"Restore testing plan {name} has selections")
    PLANS.of(call).pop(name, None)
    return {}


@EXTENSION.operation("backup", "CreateRestoreTestingSelection")
def create_restore_testing_selection(call: Call) -> Answer:
    """Remember the selection within its plan."""
    plan = _plan(call, call.params["RestoreTestingPlanName"])
    asked = call.params["RestoreTestingSelection"]
    selection = {
        "ProtectedResourceArns": [],
        "RestoreMetadataOverrides": {},
        "ValidationWindowHours": 0,
        **asked,
        "RestoreTestingPlanName": plan["RestoreTestingPlanName"],
        "CreationTime": utcnow(),
    }
    key = _key(plan["RestoreTestingPlanName"], asked["RestoreTestingSelectionName"])
    SELECTIONS.of(call)[key] = selection
    return {**selection, "RestoreTestingPlanArn": plan["RestoreTestingPlanArn"]}


@EXTENSION.operation("backup", "GetRestoreTestingSelection")
def get_restore_testing_selection(call: Call) -> Answer:
    """Return the selection."""
    return {"RestoreTestingSelection": _selection(call)}


@EXTENSION.operation("backup", "ListRestoreTestingSelections")
def list_restore_testing_selections(call: Call) -> Answer:
    """List the selections of a plan."""
    name = _plan(call, call.params["RestoreTestingPlanName"])["RestoreTestingPlanName"]
    of_plan = [each for each in SELECTIONS.of(call).values() if each["RestoreTestingPlanName"] == name]
    return {"RestoreTestingSelections": of_plan}


@EXTENSION.operation("backup", "UpdateRestoreTestingSelection")
def update_restore_testing_selection(call: Call) -> Answer:
    """Replace what the caller names."""
    selection = _selection(call)
    selection.update(call.params["RestoreTestingSelection"])
    plan = _plan(call, selection["RestoreTestingPlanName"])
    return {**selection, "RestoreTestingPlanArn": plan["RestoreTestingPlanArn"], "UpdateTime": utcnow()}


@EXTENSION.operation("backup", "DeleteRestoreTestingSelection")
def delete_restore_testing_selection(call: Call) -> Answer:
    """Forget the selection."""
    key = _key(call.params["RestoreTestingPlanName"], call.params["RestoreTestingSelectionName"])
    SELECTIONS.of(call).pop(key, None)
    return {}
