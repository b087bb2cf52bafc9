"""Which metrics the platform's resources have: every dimension is written here, once, from the resource itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tercet.stack.acquirer_sandbox import SandboxJournal
from tercet.stack.api import Api
from tercet.stack.backup import Backup
from tercet.stack.database import Database
from tercet.stack.deployment import Deployment
from tercet.stack.events import Events
from tercet.stack.function import Function
from tercet.stack.monitoring.metrics import Source
from tercet.stack.processor import Processor
from tercet.stack.queue import Queue
from tercet.stack.sessions import Sessions
from tercet.stack.workflow import Workflow

PAYMENTS_NAMESPACE: Final = "Tercet/Payments"
"""Where the processor writes, with the dimension ``Environment``; how long a step takes has ``Step`` beside it."""

STEPS: Final = ("begin", "acquirer", "finish", "publish")
"""What the time of a payment goes into, in the processor's words."""


@dataclass(frozen=True)
class FunctionSource:
    """A function's metrics.

    Parameters
    ----------
    live
        Of the alias, which is all that anybody invokes. Lambda publishes them under the function *and* the resource
        ``<function>:<alias>`` together ("Viewing CloudWatch metrics", AWS Lambda Developer Guide).
    whole
        Of the function: concurrency is reserved for it, not for its alias, so that throttling shows here.
    timeout_s
        Seconds after which Lambda ends an invocation.
    """

    live: Source
    whole: Source
    timeout_s: int

    @classmethod
    def of(cls, function: Function) -> FunctionSource:
        """Name the metrics of a function."""
        whole = Source("AWS/Lambda", {"FunctionName": function.name})
        return cls(whole.part(Resource=f"{function.name}:{function.alias_name}"), whole, function.timeout_s)


@dataclass(frozen=True)
class Sources:
    """Everything of the platform that has metrics, in the order in which a payment meets it."""

    api: Source
    functions: Mapping[str, FunctionSource]
    workflow: Source
    rules: Sequence[Source]
    queue: Source
    dead_letters: Mapping[str, Source]
    payments: Source
    cluster: Source
    instances: Sequence[Source]
    proxy: Source
    sessions: Source
    acquirer: Source
    backups: Source

    @property
    def writer_through_proxy(self) -> Source:
        """What the proxy says of the writer. A proxy has one target group, which is called ``default``."""
        return self.proxy.part(TargetGroup="default", TargetRole="READ_WRITE")

    @property
    def writer(self) -> Source:
        """The instance that writes at the time, whichever it is."""
        return self.cluster.part(Role="WRITER")

    @property
    def readers(self) -> Source:
        """Both other instances."""
        return self.cluster.part(Role="READER")


def _queue(queue: Queue) -> Source:
    return Source("AWS/SQS", {"QueueName": queue.name})


def sources(
    *,
    deployment: Deployment,
    database: Database,
    sessions: Sessions,
    acquirer: SandboxJournal,
    events: Events,
    processor: Processor,
    workflow: Workflow,
    api: Api,
    backup: Backup,
    failover_rule: str,
) -> Sources:
    """Name the metrics of the platform.

    Parameters
    ----------
    failover_rule
        Name of the rule on the default bus that hears of a failover. Rules of the default bus are named by
        ``RuleName`` alone, others by their bus too ("Monitoring Amazon EventBridge", its User Guide).
    """
    bus = Source("AWS/Events", {"EventBusName": events.bus_name})
    return Sources(
        api=Source("AWS/ApiGateway", {"ApiName": api.api_name, "Stage": api.stage_name}),
        functions={
            "api": FunctionSource.of(processor.api),
            "steps": FunctionSource.of(processor.steps),
            "consumer": FunctionSource.of(processor.consumer),
            "sweeper": FunctionSource.of(processor.sweeper),
        },
        workflow=Source("AWS/States", {"StateMachineArn": workflow.state_machine_arn}),
        rules=[
            *(bus.part(RuleName=rule) for rule in events.rule_names),
            Source("AWS/Events", {"RuleName": failover_rule}),
        ],
        queue=_queue(events.queue),
        dead_letters={
            "undelivered-events": _queue(events.undelivered),
            "unprocessed-events": _queue(events.unprocessed),
            "failed-invocations": _queue(processor.failures),
        },
        payments=Source(PAYMENTS_NAMESPACE, {"Environment": deployment.settings.environment_suffix}),
        cluster=Source("AWS/RDS", {"DBClusterIdentifier": database.cluster_identifier}),
        instances=[
            Source("AWS/RDS", {"DBInstanceIdentifier": identifier}) for identifier in database.instance_identifiers
        ],
        proxy=Source("AWS/RDS", {"ProxyName": database.proxy_name}),
        sessions=Source("AWS/DynamoDB", {"TableName": sessions.table_name}),
        acquirer=Source("AWS/DynamoDB", {"TableName": acquirer.table_name}),
        backups=Source("AWS/Backup", {"BackupVaultName": backup.vault_name}),
    )
