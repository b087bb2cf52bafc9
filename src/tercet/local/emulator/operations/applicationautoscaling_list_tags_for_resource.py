"""ListTagsForResource, TagResource and UntagResource of Application Auto Scaling, and the tags given at registration.

Plain moto answers 500, which the AWS provider retries. The provider lists the tags of every scalable target that it
reads. Delete this module when moto serves the operations.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tercet.local.emulator.extension import Answer, Call, Extension, State

EXTENSION = Extension()
TAGS: State[dict[str, str]] = State()


@EXTENSION.around("moto.applicationautoscaling.responses:ApplicationAutoScalingResponse.register_scalable_target")
def register_scalable_target(original: Callable[[Any], str], self: Any) -> str:
    """Keep the tags that the caller gives, which moto drops."""
    answer = original(self)
    if tags := self._get_param("Tags"):
        call = Call({}, self.current_account, self.region)
        TAGS.of(call).setdefault(json.loads(answer)["ScalableTargetARN"], {}).update(tags)
    return answer


@EXTENSION.operation("application-autoscaling", "ListTagsForResource")
def list_tags_for_resource(call: Call) -> Answer:
    """Return the tags of a scalable target."""
    return {"Tags": TAGS.of(call).get(call.params["ResourceARN"], {})}


@EXTENSION.operation("application-autoscaling", "TagResource")
def tag_resource(call: Call) -> Answer:
    """Add or replace tags."""
    TAGS.of(call).setdefault(call.params["ResourceARN"], {}).update(call.params["Tags"])
    return {}


@EXTENSION.operation("application-autoscaling", "UntagResource")
def untag_resource(call: Call) -> Answer:
    """Remove tags."""
    tags = TAGS.of(call).get(call.params["ResourceARN"], {})
    for key in call.params["TagKeys"]:
        tags.pop(key, None)
    return {}
