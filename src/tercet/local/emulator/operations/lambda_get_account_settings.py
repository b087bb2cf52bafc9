"""GetAccountSettings of AWS Lambda.

Plain moto answers 404. The limit is AWS's default of 1,000 concurrent executions; what functions reserve is taken off.
Delete this module when moto serves the operation.
"""

from __future__ import annotations

from typing import Final

from moto.awslambda.models import lambda_backends

from tercet.local.emulator.extension import Answer, Call, Extension

EXTENSION = Extension()

_CONCURRENT_EXECUTIONS: Final = 1_000
"""The default of an account in a region ("Lambda quotas", its Developer Guide)."""


@EXTENSION.operation("lambda", "GetAccountSettings")
def get_account_settings(call: Call) -> Answer:
    """Tell the limit, and what of it is left."""
    functions = list(lambda_backends[call.account][call.region].list_functions())
    reserved = sum(int(function.reserved_concurrency or 0) for function in functions)
    return {
        "AccountLimit": {
            "ConcurrentExecutions": _CONCURRENT_EXECUTIONS,
            "UnreservedConcurrentExecutions": _CONCURRENT_EXECUTIONS - reserved,
        },
        "AccountUsage": {"FunctionCount": len(functions)},
    }
