"""ValidateStateMachineDefinition of Step Functions.

Plain moto answers 500, which the AWS provider retries. The provider validates every definition before it creates or
updates a state machine. Delete this module when moto serves the operation.
"""

from __future__ import annotations

from moto.stepfunctions.parser.api import InvalidDefinition
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from tercet.local.emulator.extension import Answer, Call, Extension

EXTENSION = Extension()


@EXTENSION.operation("stepfunctions", "ValidateStateMachineDefinition")
def validate_state_machine_definition(call: Call) -> Answer:
    """Parse the definition with the same parser that executes it."""
    try:
        StepFunctionsParserBackend._validate_definition(call.params["definition"])
    except InvalidDefinition as error:
        problem = {"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": str(error)}
        return {"result": "FAIL", "diagnostics": [problem], "truncated": False}
    return {"result": "OK", "diagnostics": [], "truncated": False}
