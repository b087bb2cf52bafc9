"""Functions remember their dead-letter queue.

Plain moto drops ``DeadLetterConfig``, which the AWS provider shows as a change in every plan; and a function's failed
asynchronous invocations would be lost. Delete this module when moto returns it.
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
    self.dead_letter_config = spec.get("DeadLetterConfig")
    original(self, account_id, spec, *args, **kwargs)


@EXTENSION.around("moto.awslambda.models:LambdaFunction.update_configuration")
def update_configuration(original: Callable[..., Any], self: Any, config_updates: dict[str, Any]) -> Any:
    """Keep what the caller changes."""
    self.dead_letter_config = config_updates.get("DeadLetterConfig", self.dead_letter_config)
    return original(self, config_updates)


@EXTENSION.around("moto.awslambda.models:LambdaFunction.get_configuration")
def get_configuration(original: Callable[..., dict[str, Any]], self: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Return it, if it names a queue: an empty one means that there is none."""
    configuration = original(self, *args, **kwargs)
    if (self.dead_letter_config or {}).get("TargetArn"):
        configuration["DeadLetterConfig"] = self.dead_letter_config
    return configuration
