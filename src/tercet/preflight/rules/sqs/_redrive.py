"""Where a queue sends what it could not get rid of."""

from __future__ import annotations

from tercet.preflight.graph import Block, Resource
from tercet.preflight.rules._targets import the_one
from tercet.preflight.values import Unknown, Value

QUEUE = "aws_sqs_queue"


def redrives(resource: Resource) -> tuple[Resource | None, Block | None]:
    """Return the source queue and the redrive policy of a queue, or of a redrive policy that stands by itself.

    Raises
    ------
    Undecidable
        Nothing of the policy is known.
    """
    source = resource if resource.type == QUEUE else the_one(resource, "queue_url", QUEUE)
    value = resource.value("redrive_policy")
    if isinstance(value, Unknown) and the_one(resource, "redrive_policy", QUEUE) is not None:
        # A plan holds of it that one queue is named: that is the only queue that a redrive policy has.
        return source, Block(resource, "redrive_policy", {"deadLetterTargetArn": value})
    document = resource.document("redrive_policy")
    return source, Block(resource, "redrive_policy", document) if isinstance(document, dict) else None


def dead_letter_queue(policy: Block) -> Resource | None:
    """Return the queue that a redrive policy names, where it stands in the configuration."""
    return the_one(policy, "deadLetterTargetArn", QUEUE)


def literal_arn(policy: Block) -> str:
    """Return the ARN of a redrive policy where it is plain text."""
    value: Value = policy.value("deadLetterTargetArn")
    return str(value) if isinstance(value, str) else ""
