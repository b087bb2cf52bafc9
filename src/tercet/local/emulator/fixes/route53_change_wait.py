"""Changes of Route 53 zones and records are in sync at once, and the AWS provider need not wait for them.

The provider sleeps 15 s before it first asks whether a change is in sync (``waitChangeInsync``), however fast the
answer would be; the real Route 53 needs about a minute, the emulator nothing. It does not wait for an answer without
``ChangeInfo``, so the provider, recognised by its ``User-Agent``, gets such an answer. Other clients get the
documented one. This module corrects nothing in moto: it can go when a provider stops sleeping.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from moto.core.responses import ActionResult

from tercet.local.emulator.extension import Extension

EXTENSION = Extension()
_PROVIDER: Final = "terraform-provider-aws"


def _without_change_info(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    answer = original(self, *args, **kwargs)
    if _PROVIDER not in self.headers.get("User-Agent", ""):
        return answer
    if isinstance(answer, ActionResult) and isinstance(answer.result, dict):
        answer.result.pop("ChangeInfo", None)
    return answer


for _operation in ("create_hosted_zone", "delete_hosted_zone", "change_resource_record_sets"):
    EXTENSION.around(f"moto.route53.responses:Route53.{_operation}")(_without_change_info)
