"""Every alarm, one function per concern, in the order in which a payment meets them."""

from __future__ import annotations

from typing import Final

from tercet.settings import Settings
from tercet.stack.monitoring import failover
from tercet.stack.monitoring.alarm import Alarm, Breach, Missing
from tercet.stack.monitoring.metrics import Source, percentage, share, total
from tercet.stack.monitoring.sources import Sources

_GIB: Final = 2**30
_HOUR_S: Final = 60 * 60

_GIB_PER_VCPU: Final = {"r": 8, "x": 16}
"""Memory of the instance classes that the settings allow ("Hardware specifications for DB instance classes")."""

_TOLERATED_ERRORS: Final = {
    "api": (1, 3),
    # A declined card ends the first step with an error that the workflow expects, and an approved payment takes three
    # steps: only when nearly all cards are declined, or something is wrong, do so many fail.
    "steps": (90, 3),
    "consumer": (10, 3),
    # One invocation a minute: one error is all of them.
    "sweeper": (50, 1),
}
"""Percentage of a function's invocations from which on errors are too many, and the fewest that say anything."""

_PAYMENTS_NEED: Final = frozenset({"api", "steps"})
"""Functions without which no payment is taken or moves on; the others may be late."""

_TABLE_OPERATIONS: Final = ("GetItem", "TransactWriteItems")
"""What the functions do with the tables; DynamoDB counts its own errors by operation."""


def alarms(sources: Sources, settings: Settings) -> list[Alarm]:
    """List all of them."""
    return [
        *_api(sources),
        *_payments(sources),
        *_functions(sources),
        *_workflow(sources),
        *_events(sources),
        *_queues(sources),
        *_database(sources, settings),
        *_lost_instances(sources, settings),
        *_tables(sources),
        *_backups(sources),
    ]


def _api(sources: Sources) -> list[Alarm]:
    return [
        Alarm(
            "api-errors",
            "The API answers over 1 % of requests with a server error: customers cannot pay.",
            "api-errors",
            percentage(
                "5xx answers, % of requests",
                part=sources.api.metric("5XXError", "Sum"),
                whole=sources.api.metric("Count", "Sum"),
                at_least=3,
            ),
            threshold=1,
            datapoints=3,
            periods=5,
            impairs=True,
        ),
        Alarm(
            "api-latency",
            "One request in a hundred takes over 2 s: customers wait, and some give up and try again.",
            "api-latency",
            sources.api.metric("Latency", "p99"),
            threshold=2_000,
            datapoints=3,
            periods=5,
        ),
    ]


def _payments(sources: Sources) -> list[Alarm]:
    return [
        Alarm(
            "approval-rate",
            "The acquirer has declined over half of the payments for 15 min: customers, or we, do something wrong.",
            "approval-rate",
            share(
                "Approved, % of payments",
                part=sources.payments.metric("Approved", "Sum", period_s=900),
                rest=sources.payments.metric("Declined", "Sum", period_s=900),
                at_least=20,
            ),
            threshold=50,
            breach=Breach.BELOW,
            datapoints=1,
            periods=1,
        ),
        Alarm(
            "payments-unknown",
            "The acquirer has not told for 15 min what became of a payment: money may have moved that nobody knows of.",
            "payments-unknown",
            sources.payments.metric("OldestUnknownAge", "Maximum"),
            threshold=900,
            datapoints=3,
            periods=5,
        ),
    ]


def _functions(sources: Sources) -> list[Alarm]:
    found = []
    for name, function in sources.functions.items():
        percent, fewest = _TOLERATED_ERRORS[name]
        found += [
            Alarm(
                f"function-{name}-errors",
                f"The {name} function fails in {percent} % or more of its invocations.",
                "function-errors",
                percentage(
                    "Failed invocations, %",
                    part=function.live.metric("Errors", "Sum"),
                    whole=function.live.metric("Invocations", "Sum"),
                    at_least=fewest,
                ),
                threshold=percent,
                datapoints=3,
                periods=5,
                impairs=name in _PAYMENTS_NEED,
            ),
            Alarm(
                f"function-{name}-throttles",
                f"Lambda turns invocations of the {name} function away: its reserved concurrency is used up.",
                "function-throttles",
                function.whole.metric("Throttles", "Sum"),
                threshold=1,
                datapoints=3,
                periods=5,
                # Step Functions calls again later, but a customer is turned away.
                impairs=name == "api",
            ),
            Alarm(
                f"function-{name}-duration",
                f"The {name} function comes near its time-out of {function.timeout_s} s, which would cut it off.",
                "function-duration",
                function.live.metric("Duration", "p99"),
                threshold=800 * function.timeout_s,
                datapoints=3,
                periods=5,
            ),
        ]
    return found


def _workflow(sources: Sources) -> list[Alarm]:
    return [
        Alarm(
            "workflow-failures",
            "A payment's workflow failed or timed out: a payment stands still, and its customer does not know.",
            "workflow-failures",
            total(
                "Executions that failed or timed out",
                sources.workflow.metric("ExecutionsFailed", "Sum", period_s=300),
                sources.workflow.metric("ExecutionsTimedOut", "Sum", period_s=300),
            ),
            threshold=1,
            datapoints=1,
            periods=1,
        )
    ]


def _events(sources: Sources) -> list[Alarm]:
    def delivery(purpose: str, why: str, metric: str) -> Alarm:
        counts = [rule.metric(metric, "Sum", period_s=300) for rule in sources.rules]
        return Alarm(purpose, why, purpose, total(metric, *counts), threshold=1, datapoints=1, periods=1)

    return [
        delivery("events-failed", "EventBridge could not invoke a target, for good.", "FailedInvocations"),
        delivery("events-set-aside", "Undelivered events went to the dead-letter queue.", "InvocationsSentToDlq"),
        delivery(
            "events-lost",
            "An undelivered event did not even reach the dead-letter queue: only the archive has it.",
            "InvocationsFailedToBeSentToDlq",
        ),
    ]


def _queues(sources: Sources) -> list[Alarm]:
    return [
        *(
            Alarm(
                name,
                f"There is something in the queue of {name.replace('-', ' ')}: nobody will process it by itself.",
                name,
                queue.metric("ApproximateNumberOfMessagesVisible", "Maximum", period_s=300),
                threshold=1,
                datapoints=1,
                periods=1,
            )
            for name, queue in sources.dead_letters.items()
        ),
        Alarm(
            "events-age",
            "Payment events wait over 5 min for the consumer: sessions fall behind what the database knows.",
            "events-age",
            sources.queue.metric("ApproximateAgeOfOldestMessage", "Maximum"),
            threshold=300,
            datapoints=3,
            periods=5,
        ),
        Alarm(
            "outbox-age",
            "Events wait over 5 min to be published, or the sweeper is silent: accepted payments do not move on.",
            "outbox-age",
            sources.payments.metric("OldestUnpublishedEventAge", "Maximum"),
            threshold=300,
            datapoints=5,
            periods=5,
            # The sweeper writes every minute, a zero too: silence means that it does not run.
            missing=Missing.BAD,
            impairs=True,
        ),
    ]


def memory_bytes(instance_class: str) -> int:
    """Work out the memory of a class such as ``db.r5.large`` (2 vCPU) or ``db.x2g.4xlarge`` (16 vCPU)."""
    family, size = instance_class.removeprefix("db.").split(".")
    vcpus = 2 if size == "large" else 4 * int(size.removesuffix("xlarge") or 1)
    return vcpus * _GIB_PER_VCPU[family[0]] * _GIB


def max_connections(instance_class: str) -> int:
    """Work out how many connections Aurora MySQL takes by default, rounded down to a thousand.

    The default of ``max_connections`` is ``log2(DBInstanceClassMemory / 8187281408) * 1000`` for all but the smallest
    classes, hence a thousand more with each doubling ("Maximum connections to an Aurora MySQL DB instance", Amazon
    Aurora User Guide, whose table has 1,000 for db.r5.large). Nothing here sets the parameter.
    """
    return 1_000 * ((memory_bytes(instance_class) // (8 * _GIB)).bit_length() - 1)


def _database(sources: Sources, settings: Settings) -> list[Alarm]:
    instance_class = settings.database_instance_class
    return [
        Alarm(
            "database-availability",
            "The proxy cannot reach the database's writer: no payment can be written.",
            "database-availability",
            # The mean over the proxy's nodes, each of which asks ("Monitoring RDS Proxy metrics", Aurora User Guide).
            sources.writer_through_proxy.metric("AvailabilityPercentage", "Average"),
            threshold=90,
            breach=Breach.BELOW,
            datapoints=2,
            periods=3,
            impairs=True,
        ),
        Alarm(
            "database-cpu",
            "The writer's CPU has been over 80 % for five minutes: what asks it begins to queue.",
            "database-cpu",
            sources.writer.metric("CPUUtilization", "Average"),
            threshold=80,
            datapoints=5,
            periods=5,
        ),
        Alarm(
            "database-memory",
            f"An instance has less than 5 % of the memory of {instance_class} left: it may restart.",
            "database-memory",
            sources.cluster.metric("FreeableMemory", "Minimum"),
            threshold=memory_bytes(instance_class) // 20,
            breach=Breach.BELOW,
            datapoints=5,
            periods=5,
        ),
        Alarm(
            "database-connections",
            f"The writer has 80 % of the connections that {instance_class} takes; the proxy stops at 90 %.",
            "database-connections",
            sources.writer.metric("DatabaseConnections", "Maximum"),
            threshold=max_connections(instance_class) * 8 // 10,
            datapoints=3,
            periods=5,
        ),
        Alarm(
            "database-pinned",
            "Connections of the proxy are pinned, each to one client: they run out long before the database does.",
            "database-pinned",
            # Each node of the proxy reports its own.
            sources.proxy.metric("DatabaseConnectionsCurrentlySessionPinned", "Sum"),
            threshold=max_connections(instance_class) // 10,
            datapoints=5,
            periods=5,
        ),
        Alarm(
            "database-replica-lag",
            "A reader is over 1 s behind the writer: a failover to it takes longer.",
            "database-replica-lag",
            sources.readers.metric("AuroraReplicaLag", "Maximum"),
            threshold=1_000,
            datapoints=5,
            periods=5,
        ),
        Alarm(
            "database-backtrack",
            f"Aurora cannot be rewound by the whole {settings.backtrack_window_s // _HOUR_S} h any more.",
            "database-backtrack",
            sources.cluster.metric("BacktrackWindowAlert", "Sum", period_s=300),
            threshold=1,
            datapoints=12,
            periods=12,
        ),
        Alarm(
            "database-failover",
            "The database fails over: nobody can write to it for up to a minute, and then its writer is elsewhere.",
            failover.RUNBOOK,
            # Of the rule, not of its target: it counts the event even where the notice cannot be delivered.
            sources.rules[-1].metric("TriggeredRules", "Sum"),
            threshold=1,
            datapoints=1,
            periods=1,
            impairs=True,
        ),
    ]


def _lost_instances(sources: Sources, settings: Settings) -> list[Alarm]:
    """List one alarm per zone: each running instance reports its CPU every minute, so that silence is its loss."""
    return [
        Alarm(
            f"database-instance-{number}",
            f"The database instance in {zone} is silent: until it is back, fewer instances are left to fail over to.",
            "database-instance",
            instance.metric("CPUUtilization", "SampleCount"),
            threshold=1,
            breach=Breach.BELOW,
            datapoints=5,
            periods=5,
            missing=Missing.BAD,
        )
        for number, (instance, zone) in enumerate(
            zip(sources.instances, settings.availability_zones, strict=True), start=1
        )
    ]


def _tables(sources: Sources) -> list[Alarm]:
    return [
        *_table(
            "sessions",
            sources.sessions,
            throttled="DynamoDB throttles the session table: checkouts wait, and follow their payments late.",
            failing="DynamoDB fails by itself: checkouts can neither be made nor read. Payments go on.",
        ),
        *_table(
            "acquirer",
            sources.acquirer,
            throttled="DynamoDB throttles the sandbox acquirer's journal: payments wait, and some become unknown.",
            failing="DynamoDB fails by itself: the sandbox acquirer does not answer, and payments become unknown.",
            impairs=True,
        ),
    ]


def _table(purpose: str, table: Source, *, throttled: str, failing: str, impairs: bool = False) -> list[Alarm]:
    # Alarms ignore missing data of DynamoDB whatever they are told (PutMetricAlarm, CloudWatch's API Reference), and
    # it writes nothing when all is well: without a zero for what is missing, none would ever be well again.
    return [
        Alarm(
            f"{purpose}-throttles",
            throttled,
            f"{purpose}-throttles",
            total(
                "Throttled reads and writes",
                *(table.metric(name, "Sum") for name in ("ReadThrottleEvents", "WriteThrottleEvents")),
            ),
            threshold=1,
            datapoints=3,
            periods=5,
        ),
        Alarm(
            f"{purpose}-errors",
            failing,
            f"{purpose}-errors",
            total(
                "System errors",
                *(table.part(Operation=operation).metric("SystemErrors", "Sum") for operation in _TABLE_OPERATIONS),
            ),
            threshold=1,
            datapoints=3,
            periods=5,
            impairs=impairs,
        ),
    ]


def _backups(sources: Sources) -> list[Alarm]:
    return [
        Alarm(
            "backup-failures",
            "A backup of the database failed, was stopped, or did not start in time.",
            "backup-failures",
            total(
                "Jobs that failed, were aborted or expired",
                *(
                    sources.backups.metric(f"NumberOfBackupJobs{state}", "Sum", period_s=_HOUR_S)
                    for state in ("Failed", "Aborted", "Expired")
                ),
            ),
            threshold=1,
            datapoints=1,
            periods=1,
        ),
        Alarm(
            "backup-absent",
            "No backup of the database has been completed for 26 h. A new deployment has none before its first night.",
            "backup-absent",
            # With a period of an hour or more, an alarm looks back up to seven days (PutMetricAlarm).
            sources.backups.metric("NumberOfBackupJobsCompleted", "Sum", period_s=_HOUR_S),
            threshold=1,
            breach=Breach.BELOW,
            datapoints=26,
            periods=26,
            missing=Missing.BAD,
        ),
    ]
