"""An API that is imported from OpenAPI may have mock integrations.

Plain moto answers 500, because an integration without URI and method, as a mock one is, misses arguments of a function
of its own. Delete this module when moto imports such an API.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tercet.local.emulator.extension import Extension

EXTENSION = Extension()


@EXTENSION.around("moto.apigateway.models:APIGatewayBackend.put_integration")
def put_integration(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    """Pass what a mock integration leaves out, which moto's importer and nobody else does."""
    if not args and str(kwargs.get("integration_type")).upper() == "MOCK":
        kwargs = {"uri": None, "integration_method": None, **kwargs}
    return original(self, *args, **kwargs)
