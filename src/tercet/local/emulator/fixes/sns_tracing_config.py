"""Topics remember whether they pass traces on.

Plain moto takes ``TracingConfig`` and does not give it back, which the AWS provider shows as a change in every plan.
Delete this module when GetTopicAttributes returns it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult

from tercet.local.emulator.extension import Extension

EXTENSION = Extension()


@EXTENSION.around("moto.sns.responses:SNSResponse.get_topic_attributes")
def get_topic_attributes(original: Callable[[Any], ActionResult], self: Any) -> ActionResult:
    """Add what was set."""
    answer = original(self)
    topic = self.backend.get_topic(self._get_param("TopicArn"))
    if tracing := getattr(topic, "tracing_config", None):
        answer.result["Attributes"]["TracingConfig"] = tracing
    return answer
