"""How the front runs the function behind an operation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

from tercet.local import environment

INTEGRATION_TIMEOUT_S: Final = 29.0
"""After this API Gateway answers in the function's place ("Quotas", Amazon API Gateway Developer Guide)."""


class InvocationFailedError(Exception):
    """The function raised, could not be run, or answered something that is not JSON."""


class InvocationTimeoutError(Exception):
    """The function did not answer within API Gateway's time."""


class Invoke(Protocol):
    """Runs a function and waits for its answer."""

    def __call__(self, function_arn: str, event: Mapping[str, Any], /) -> Any:
        """Return what the handler returned.

        Parameters
        ----------
        function_arn
            With the qualifier of the integration, such as ``…:function:tercet-api-dev:live``.

        Raises
        ------
        InvocationFailedError, InvocationTimeoutError
            There is no answer.
        """


def through_lambda(endpoint_url: str, region: str) -> Invoke:
    """Run functions through the embedded Lambda's Invoke operation."""
    client = environment.client("lambda", endpoint=endpoint_url, region=region, read_timeout_s=INTEGRATION_TIMEOUT_S)

    def invoke(function_arn: str, event: Mapping[str, Any], /) -> Any:
        try:
            answer = client.invoke(FunctionName=function_arn, Payload=json.dumps(event).encode())
            payload = answer["Payload"].read()
        except ReadTimeoutError as error:
            raise InvocationTimeoutError(function_arn) from error
        except (BotoCoreError, ClientError) as error:
            raise InvocationFailedError(f"{function_arn}: {type(error).__name__}") from error
        if answer.get("FunctionError"):
            raise InvocationFailedError(f"{function_arn}: {answer['FunctionError']}")
        try:
            return json.loads(payload)
        except ValueError as error:
            raise InvocationFailedError(f"{function_arn}: no JSON") from error

    return invoke
