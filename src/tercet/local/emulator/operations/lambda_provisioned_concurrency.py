"""Provisioned concurrency of Lambda: put, get, list, delete.

Plain moto answers 404. The provisioned instances are reported ready at once; they are not kept warm, for workers stay
warm anyway. Delete this module when moto serves the operations.
"""

from __future__ import annotations

from typing import Any

from moto.awslambda.utils import get_backend
from moto.core.utils import utcnow

from tercet.local.emulator.extension import Answer, Call, Extension, State, refuse

EXTENSION = Extension()
CONFIGURATIONS: State[dict[str, Any]] = State()


def _arn(call: Call) -> str:
    """Name the version or alias; moto refuses one that does not exist."""
    name, qualifier = call.params["FunctionName"], call.params["Qualifier"]
    get_backend(call.account, call.region).get_function(name, qualifier)
    return call.arn("lambda", f"function:{name.rsplit(':', 1)[-1]}:{qualifier}")


@EXTENSION.operation("lambda", "PutProvisionedConcurrencyConfig")
def put_provisioned_concurrency_config(call: Call) -> Answer:
    """Remember the number, as allocated."""
    arn, asked = _arn(call), call.params["ProvisionedConcurrentExecutions"]
    CONFIGURATIONS.of(call)[arn] = {
        "FunctionArn": arn,
        "RequestedProvisionedConcurrentExecutions": asked,
        "AvailableProvisionedConcurrentExecutions": asked,
        "AllocatedProvisionedConcurrentExecutions": asked,
        "Status": "READY",
        "LastModified": utcnow().strftime("%Y-%m-%dT%H:%M:%S+0000"),
    }
    return CONFIGURATIONS.of(call)[arn]


@EXTENSION.operation("lambda", "GetProvisionedConcurrencyConfig")
def get_provisioned_concurrency_config(call: Call) -> Answer:
    """Return what was put."""
    configuration = CONFIGURATIONS.of(call).get(_arn(call))
    if configuration is None:
        raise refuse("ProvisionedConcurrencyConfigNotFoundException", "No Provisioned Concurrency Config found")
    return configuration


@EXTENSION.operation("lambda", "ListProvisionedConcurrencyConfigs")
def list_provisioned_concurrency_configs(call: Call) -> Answer:
    """List the configurations of all versions and aliases of a function."""
    prefix = call.arn("lambda", f"function:{call.params['FunctionName'].rsplit(':', 1)[-1]}:")
    found = [each for arn, each in CONFIGURATIONS.of(call).items() if arn.startswith(prefix)]
    return {"ProvisionedConcurrencyConfigs": found}


@EXTENSION.operation("lambda", "DeleteProvisionedConcurrencyConfig")
def delete_provisioned_concurrency_config(call: Call) -> Answer:
    """Forget what was put."""
    CONFIGURATIONS.of(call).pop(_arn(call), None)
    return {}
