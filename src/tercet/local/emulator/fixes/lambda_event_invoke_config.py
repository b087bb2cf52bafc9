"""Event invoke configurations belong to a version or alias, not to the whole function.

Plain moto ignores the qualifier, so that the configurations of two aliases are one, which the AWS provider shows as a
change in every plan. Delete this module when moto keeps them apart.
"""

from __future__ import annotations

from typing import Any

from moto.awslambda.utils import get_backend
from moto.core.utils import utcnow

from tercet.local.emulator.extension import Answer, Call, Extension, refuse
from tercet.local.emulator.functions.invocation import qualified_arn
from tercet.local.emulator.functions.invoke_configurations import CONFIGURATIONS, key

EXTENSION = Extension()


def _key(call: Call) -> str:
    return key(call.params["FunctionName"], call.params.get("Qualifier"))


def _found(call: Call) -> dict[str, Any]:
    configuration = CONFIGURATIONS.of(call).get(_key(call))
    if configuration is None:
        raise refuse("ResourceNotFoundException", f"The function {_key(call)} doesn't have an EventInvokeConfig")
    return configuration


def _put(call: Call, before: Answer) -> Answer:
    name, qualifier = call.params["FunctionName"], call.params.get("Qualifier") or "$LATEST"
    function = get_backend(call.account, call.region).get_function(name, qualifier)
    members = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")
    CONFIGURATIONS.of(call)[_key(call)] = {
        "DestinationConfig": {"OnSuccess": {}, "OnFailure": {}},
        **before,
        **{member: call.params[member] for member in members if member in call.params},
        "FunctionArn": qualified_arn(function, name, qualifier),
        "LastModified": utcnow(),
    }
    return CONFIGURATIONS.of(call)[_key(call)]


@EXTENSION.operation("lambda", "PutFunctionEventInvokeConfig")
def put_function_event_invoke_config(call: Call) -> Answer:
    """Replace the configuration."""
    return _put(call, {})


@EXTENSION.operation("lambda", "UpdateFunctionEventInvokeConfig")
def update_function_event_invoke_config(call: Call) -> Answer:
    """Replace what the caller names."""
    return _put(call, _found(call))


@EXTENSION.operation("lambda", "GetFunctionEventInvokeConfig")
def get_function_event_invoke_config(call: Call) -> Answer:
    """Return the configuration."""
    return _found(call)


@EXTENSION.operation("lambda", "ListFunctionEventInvokeConfigs")
def list_function_event_invoke_configs(call: Call) -> Answer:
    """List the configurations of all versions and aliases of the function."""
    prefix = key(call.params["FunctionName"], None).partition(":")[0] + ":"
    found = [each for name, each in CONFIGURATIONS.of(call).items() if name.startswith(prefix)]
    return {"FunctionEventInvokeConfigs": found}


@EXTENSION.operation("lambda", "DeleteFunctionEventInvokeConfig")
def delete_function_event_invoke_config(call: Call) -> Answer:
    """Forget the configuration."""
    _found(call)
    del CONFIGURATIONS.of(call)[_key(call)]
    return {}
