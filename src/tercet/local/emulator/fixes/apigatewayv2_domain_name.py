"""Domain names of API Gateway v2 become available, and return no mutual TLS unless they have it.

Plain moto returns no ``DomainNameStatus``, so that the AWS provider waits for ``AVAILABLE`` for ever, and an empty
``MutualTlsAuthentication``, which the provider shows as a change in every plan. Delete this module when moto returns
the one and omits the other.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from tercet.local.emulator.extension import Extension

EXTENSION = Extension()


@EXTENSION.around("moto.apigatewayv2.models:DomainName.to_json")
def to_json(original: Callable[[Any], dict[str, Any]], self: Any) -> dict[str, Any]:
    """Complete the description."""
    description = original(self)
    if not description.get("mutualTlsAuthentication"):
        description.pop("mutualTlsAuthentication", None)
    region = self.domain_name_arn.split(":")[3]
    target = f"d-{zlib.crc32(self.domain_name.encode()):08x}.execute-api.{region}.amazonaws.com"
    description["domainNameConfigurations"] = [
        {"domainNameStatus": "AVAILABLE", "apiGatewayDomainName": target, "hostedZoneId": "Z1UJRXOUMOOFQ8", **each}
        for each in description["domainNameConfigurations"]
    ]
    return description
