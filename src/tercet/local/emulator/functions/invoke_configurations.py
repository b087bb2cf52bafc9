"""What is configured for the asynchronous invocations of each function, version and alias."""

from __future__ import annotations

from typing import Any

from tercet.local.emulator.extension import Call, State

CONFIGURATIONS: State[dict[str, Any]] = State()
"""Event invoke configurations as ``PutFunctionEventInvokeConfig`` got them, by :func:`key`."""


def key(name_or_arn: str, qualifier: str | None) -> str:
    """Return ``name:qualifier`` for a name or an ARN, either of which may hold the qualifier."""
    name, _, named = name_or_arn.rsplit("function:", 1)[-1].partition(":")
    return f"{name}:{named or qualifier or '$LATEST'}"


def find(arn: str) -> dict[str, Any]:
    """Return the configuration that holds for an invocation under this ARN; empty if there is none."""
    _, _, _, region, account, _ = arn.split(":", 5)
    return CONFIGURATIONS.of(Call({}, account, region)).get(key(arn, None), {})
