"""Lambda invocations of the handlers, against a real processor."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from tercet.payments.metrics import Metrics
from tests.payments.world import World


class Context:
    """What Lambda hands to a handler; its time passes only as told."""

    aws_request_id = "11111111-2222-3333-4444-555555555555"

    def __init__(self, remaining_ms: int = 50_000) -> None:
        self.remaining_ms = remaining_ms

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_ms


@dataclass
class Platform:
    """The processor's services, as a handler gets them, and the metrics it has written."""

    world: World
    lines: list[dict[str, Any]] = field(default_factory=list)

    def services(self) -> SimpleNamespace:
        return SimpleNamespace(
            processor=self.world.processor, store=self.world.store, outbox=self.world.outbox, metrics=self._metrics
        )

    def __post_init__(self) -> None:
        self._metrics = Metrics("test", write=lambda line: self.lines.append(json.loads(line)))
