"""Encrypted queues that refuse plain HTTP and name, in their policy, who may send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdktn_provider_aws.sqs_queue import SqsQueue
from cdktn_provider_aws.sqs_queue_policy import SqsQueuePolicy
from constructs import Construct

from tercet.stack.deployment import Deployment, Kind
from tercet.stack.encryption import Key
from tercet.stack.iam import Role, Statement, policy

_DEAD_LETTER_RETENTION_S = 14 * 24 * 60 * 60
"""The longest that SQS keeps a message (SetQueueAttributes, Amazon SQS API Reference)."""


class Queue(Construct):
    """A standard queue.

    Parameters
    ----------
    purpose
        Part of its name.
    visibility_timeout_s
        Seconds that a received message stays hidden. Lambda asks for at least six times the function's time-out
        ("Using Lambda with Amazon SQS", AWS Lambda Developer Guide).
    senders
        Which service may send, on behalf of what: service principal → ARN patterns of its resources.
    dead_letters, receives
        Where a message goes after so many receives; a queue without is itself one for dead letters.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        deployment: Deployment,
        key: Key,
        purpose: str,
        visibility_timeout_s: int = 30,
        senders: Mapping[str, Sequence[str]] | None = None,
        dead_letters: Queue | None = None,
        receives: int = 5,
    ) -> None:
        super().__init__(scope, construct_id)
        self._key = key
        redrive = (
            f'{{"deadLetterTargetArn":"{dead_letters.arn}","maxReceiveCount":{receives}}}' if dead_letters else None
        )
        self._queue = SqsQueue(
            self,
            "queue",
            name=deployment.name(purpose, Kind.QUEUE),
            kms_master_key_id=key.arn,
            visibility_timeout_seconds=visibility_timeout_s,
            message_retention_seconds=_DEAD_LETTER_RETENTION_S,
            redrive_policy=redrive,
        )
        self._policy = SqsQueuePolicy(
            self,
            "policy",
            queue_url=self._queue.url,
            policy=policy(
                Statement(
                    ["sqs:*"],
                    [self.arn],
                    principal="*",
                    effect="Deny",
                    conditions={"Bool": {"aws:SecureTransport": "false"}},
                ),
                *(
                    Statement(
                        ["sqs:SendMessage"],
                        [self.arn],
                        service=service,
                        conditions={"ArnLike": {"aws:SourceArn": source_arns}},
                    )
                    for service, source_arns in (senders or {}).items()
                ),
            ),
        )

    @property
    def arn(self) -> str:
        """ARN of the queue."""
        return self._queue.arn

    @property
    def name(self) -> str:
        """Name of the queue: the value of the ``QueueName`` dimension of its metrics."""
        return self._queue.name

    @property
    def url(self) -> str:
        """URL of the queue, which the SQS API takes."""
        return self._queue.url

    def grant_send(self, role: Role) -> None:
        """Let a role send."""
        role.grant(
            f"send-to-{self.node.id}",
            Statement(["sqs:SendMessage"], [self.arn]),
            self._key.usable_through("sqs"),
        )

    def grant_consume(self, role: Role) -> None:
        """Let a role receive, delete and change visibility: what an event source mapping does."""
        role.grant(
            f"consume-{self.node.id}",
            Statement(
                ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
                [self.arn],
            ),
            self._key.usable_through("sqs"),
        )
