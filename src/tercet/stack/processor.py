"""The payment functions: one zip, four handlers, each allowed only what its own job needs."""

from __future__ import annotations

from cdktn_provider_aws.lambda_event_source_mapping import (
    LambdaEventSourceMapping,
    LambdaEventSourceMappingScalingConfig,
)
from cdktn_provider_aws.scheduler_schedule import (
    SchedulerSchedule,
    SchedulerScheduleFlexibleTimeWindow,
    SchedulerScheduleTarget,
    SchedulerScheduleTargetDeadLetterConfig,
    SchedulerScheduleTargetRetryPolicy,
)
from constructs import Construct

from tercet.stack.database import Database
from tercet.stack.deployment import Deployment, Kind
from tercet.stack.encryption import Encryption
from tercet.stack.events import CONSUMER_TIMEOUT_S, Events
from tercet.stack.function import Code, Function
from tercet.stack.iam import Role
from tercet.stack.network import Network
from tercet.stack.parameters import Parameters
from tercet.stack.queue import Queue
from tercet.stack.sessions import Sessions

MEMORY_MIB = 1024
API_TIMEOUT_S = 25
"""Below the 29 s after which API Gateway answers in the function's place ("Quotas", its Developer Guide)."""


class Processor(Construct):
    """``api`` takes payments, ``steps`` moves them on, ``consumer`` follows, ``sweeper`` finishes what a crash left.

    Parameters
    ----------
    code
        The zip that holds all four handlers.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        deployment: Deployment,
        code: Code,
        encryption: Encryption,
        network: Network,
        database: Database,
        sessions: Sessions,
        events: Events,
        parameters: Parameters,
    ) -> None:
        super().__init__(scope, construct_id)
        self.failures = Queue(
            self,
            "failures",
            deployment=deployment,
            key=encryption.messages,
            purpose="failed-invocations",
        )

        def function(purpose: str, handler: str) -> Function:
            return Function(
                self,
                purpose,
                deployment=deployment,
                encryption=encryption,
                network=network,
                failures=self.failures,
                purpose=purpose,
                handler=f"tercet.payments.{handler}.handler",
            )

        environment = {
            "TERCET_ENVIRONMENT": deployment.settings.environment_suffix,
            "TERCET_PARAMETERS": parameters.path,
            "TERCET_SESSIONS_TABLE": sessions.table_name,
            "TERCET_SESSION_TTL_S": str(deployment.settings.session_ttl_s),
            "TERCET_EVENT_BUS": events.bus_name,
        }
        settings = deployment.settings

        self.api = function("api", "http")
        sessions.grant_read_write(self.api.role)
        events.grant_publish(self.api.role)
        parameters.grant_read(self.api.role)
        database.grant_connect(self.api.role)
        self.api.deploy(
            code,
            memory_mib=MEMORY_MIB,
            timeout_s=API_TIMEOUT_S,
            environment=environment,
            reserved_concurrency=settings.processor_reserved_concurrency,
            provisioned_concurrency=settings.processor_provisioned_concurrency,
        )

        self.steps = function("steps", "workflow")
        sessions.grant_read_write(self.steps.role)
        events.grant_publish(self.steps.role)
        parameters.grant_read(self.steps.role)
        database.grant_connect(self.steps.role)
        self.steps.deploy(
            code,
            memory_mib=MEMORY_MIB,
            timeout_s=30,
            environment=environment,
            reserved_concurrency=settings.processor_reserved_concurrency,
        )

        self.consumer = function("consumer", "consumer")
        sessions.grant_read_write(self.consumer.role)
        events.queue.grant_consume(self.consumer.role)
        self.consumer.deploy(
            code,
            memory_mib=MEMORY_MIB,
            timeout_s=CONSUMER_TIMEOUT_S,
            environment=environment,
            reserved_concurrency=10,
        )
        LambdaEventSourceMapping(
            self,
            "consumer-mapping",
            event_source_arn=events.queue.arn,
            function_name=self.consumer.alias_arn,
            batch_size=10,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=LambdaEventSourceMappingScalingConfig(maximum_concurrency=5),
        )

        self.sweeper = function("sweeper", "sweeper")
        sessions.grant_read_write(self.sweeper.role)
        events.grant_publish(self.sweeper.role)
        self.sweeper.deploy(
            code,
            memory_mib=MEMORY_MIB,
            timeout_s=50,
            environment=environment,
            reserved_concurrency=1,
        )
        self._sweep_every_minute(deployment)

    @property
    def functions(self) -> tuple[Function, ...]:
        """All four."""
        return (self.api, self.steps, self.consumer, self.sweeper)

    def _sweep_every_minute(self, deployment: Deployment) -> None:
        """Publish what a crash left unpublished: the schedule is the upper bound on how late an event can be."""
        role = Role(
            self,
            "schedule-role",
            deployment=deployment,
            service="scheduler.amazonaws.com",
            purpose="sweep",
            guard_account=True,
        )
        self.sweeper.grant_invoke(role)
        self.failures.grant_send(role)
        SchedulerSchedule(
            self,
            "sweep",
            name=deployment.name("sweep", Kind.SCHEDULE),
            schedule_expression="rate(1 minute)",
            flexible_time_window=SchedulerScheduleFlexibleTimeWindow(mode="OFF"),
            target=SchedulerScheduleTarget(
                arn=self.sweeper.alias_arn,
                role_arn=role.arn,
                dead_letter_config=SchedulerScheduleTargetDeadLetterConfig(arn=self.failures.arn),
                # The next sweep does what this one could not: a late one would only run beside it.
                retry_policy=SchedulerScheduleTargetRetryPolicy(
                    maximum_event_age_in_seconds=60, maximum_retry_attempts=0
                ),
            ),
        )
