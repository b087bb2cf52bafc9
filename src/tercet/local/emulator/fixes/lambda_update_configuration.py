"""UpdateFunctionConfiguration changes everything that it may, and functions remember their logging configuration.

Plain moto drops ``LoggingConfig`` always, and ``TracingConfig``, ``KMSKeyArn`` and ``EphemeralStorage`` in updates,
which the AWS provider shows as changes in every plan. Delete this module when moto keeps all four.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tercet.local.emulator.extension import Extension

EXTENSION = Extension()


@EXTENSION.around("moto.awslambda.models:LambdaFunction.__init__")
def create(
    original: Callable[..., None], self: Any, account_id: str, spec: dict[str, Any], *args: Any, **kwargs: Any
) -> None:
    """Keep what the caller gives."""
    original(self, account_id, spec, *args, **kwargs)
    self.logging_config = _with_defaults(self, spec.get("LoggingConfig"))


@EXTENSION.around("moto.awslambda.models:LambdaFunction.update_configuration")
def update_configuration(original: Callable[..., Any], self: Any, config_updates: dict[str, Any]) -> Any:
    """Keep what the caller changes."""
    if "LoggingConfig" in config_updates:
        self.logging_config = _with_defaults(self, config_updates["LoggingConfig"])
    self.tracing_config = config_updates.get("TracingConfig", self.tracing_config)
    self.kms_key_arn = config_updates.get("KMSKeyArn", self.kms_key_arn)
    self.ephemeral_storage = config_updates.get("EphemeralStorage", {}).get("Size", self.ephemeral_storage)
    return original(self, config_updates)


@EXTENSION.around("moto.awslambda.models:LambdaFunction.get_configuration")
def get_configuration(original: Callable[..., dict[str, Any]], self: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Return the logging configuration, too."""
    return {**original(self, *args, **kwargs), "LoggingConfig": self.logging_config}


def _with_defaults(function: Any, given: dict[str, Any] | None) -> dict[str, Any]:
    """Fill in what Lambda documents; the levels have defaults in JSON format only."""
    defaults = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function.function_name}"}
    if given and given.get("LogFormat") == "JSON":
        defaults |= {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"}
    return {**defaults, **(given or {})}
