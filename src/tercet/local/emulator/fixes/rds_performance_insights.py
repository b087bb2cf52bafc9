"""Instances remember their Performance Insights settings.

Plain moto drops them, which the AWS provider shows as a change in every plan. Delete this module when moto returns
``PerformanceInsightsEnabled``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tercet.local.emulator.extension import Extension

EXTENSION = Extension()

_MEMBERS: Final = {
    "enable_performance_insights": "performance_insights_enabled",
    "performance_insights_kms_key_id": "performance_insights_kms_key_id",
    "performance_insights_retention_period": "performance_insights_retention_period",
}
"""Members of the request and what they are called in the answer."""


@EXTENSION.around("moto.rds.models:DBInstance.__init__")
def create(original: Callable[..., None], self: Any, *args: Any, **kwargs: Any) -> None:
    """Keep what the caller gives."""
    original(self, *args, **kwargs)
    for asked, answered in _MEMBERS.items():
        setattr(self, answered, kwargs.get(asked))
    self.performance_insights_enabled = bool(self.performance_insights_enabled)


@EXTENSION.around("moto.rds.models:RDSBackend.modify_db_instance")
def modify_db_instance(original: Callable[..., Any], self: Any, identifier: str, parameters: Any) -> Any:
    """Keep what the caller changes."""
    database = original(self, identifier, parameters)
    for asked, answered in _MEMBERS.items():
        if asked in parameters:
            setattr(database, answered, parameters[asked])
    return database
