"""The payment functions: one zip, five handlers, each allowed only what its own job needs."""

from __future__ import annotations

import json

from cdktn_provider_aws.lambda_event_source_mapping import (
    LambdaEventSourceMapping,
    LambdaEventSourceMappingScalingConfig,
)
from cdktn_provider_aws.lambda_invocation import LambdaInvocation
from cdktn_provider_aws.scheduler_schedule import (
    SchedulerSchedule,
    SchedulerScheduleFlexibleTimeWindow,
    SchedulerScheduleTarget,
    SchedulerScheduleTargetDeadLetterConfig,
    SchedulerScheduleTargetRetryPolicy,
)
from constructs import Construct

from tercet.stack.acquirer_sandbox import SandboxJournal
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

MIGRATION_TIMEOUT_S = 300
"""What a migration may take, and before it a new proxy until it lets anybody in; Lambda would allow 900 s."""


class Processor(Construct):
    """``api`` takes payments, ``steps`` moves them on, ``consumer`` follows, ``sweeper`` finishes what a crash left.

    ``migrate`` brings the database's schema up to date, with each deployment, before the others' new code goes live. If
    it fails the deployment does, and the code before goes on serving: each schema serves the code before it, too.

    Parameters
    ----------
    code
        The zip that holds all five handlers.
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
        acquirer: SandboxJournal,
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

        def function(purpose: str) -> Function:
            made = Function(
                self,
                purpose,
                deployment=deployment,
                encryption=encryption,
                network=network,
                failures=self.failures,
                purpose=purpose,
                handler=f"tercet.payments.handlers.{purpose}.handler",
            )
            parameters.grant_read(made.role)
            return made

        def may_process(role: Role) -> None:
            database.grant_connect(role, database.user)
            acquirer.grant_read_write(role)
            events.grant_publish(role)

        # Everything else is in Parameter Store, so that a change of it needs no new version.
        environment = {
            "TERCET_ENVIRONMENT": deployment.settings.environment_suffix,
            "TERCET_PARAMETERS": parameters.path,
        }
        settings = deployment.settings

        self.migrate = function("migrate")
        database.grant_connect(self.migrate.role, database.master_user)
        database.grant_write_application_secret(self.migrate.role)
        self.migrate.deploy(
            code,
            memory_mib=MEMORY_MIB,
            timeout_s=MIGRATION_TIMEOUT_S,
            environment=environment,
            # Two migrations at once would be one too many.
            reserved_concurrency=1,
        )
        migrated = self._migrate(code, database, parameters)

        self.api = function("api")
        may_process(self.api.role)
        sessions.grant_read_write(self.api.role)
        self.api.deploy(
            code,
            memory_mib=MEMORY_MIB,
            timeout_s=API_TIMEOUT_S,
            environment=environment,
            reserved_concurrency=settings.processor_reserved_concurrency,
            provisioned_concurrency=settings.processor_provisioned_concurrency,
            goes_live_after=[migrated],
        )

        self.steps = function("steps")
        may_process(self.steps.role)
        self.steps.deploy(
            code,
            memory_mib=MEMORY_MIB,
            timeout_s=30,
            environment=environment,
            reserved_concurrency=settings.processor_reserved_concurrency,
            goes_live_after=[migrated],
        )

        self.consumer = function("consumer")
        sessions.grant_read_write(self.consumer.role)
        events.queue.grant_consume(self.consumer.role)
        self.consumer.deploy(
            code,
            memory_mib=MEMORY_MIB,
            timeout_s=CONSUMER_TIMEOUT_S,
            environment=environment,
            reserved_concurrency=10,
            goes_live_after=[migrated],
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

        self.sweeper = function("sweeper")
        may_process(self.sweeper.role)
        self.sweeper.deploy(
            code,
            memory_mib=MEMORY_MIB,
            timeout_s=50,
            environment=environment,
            reserved_concurrency=1,
            goes_live_after=[migrated],
        )
        self._sweep_every_minute(deployment)

    @property
    def functions(self) -> tuple[Function, ...]:
        """All five, in the order in which a payment meets them; ``migrate`` is met by none."""
        return (self.api, self.steps, self.consumer, self.sweeper, self.migrate)

    def _migrate(self, code: Code, database: Database, parameters: Parameters) -> LambdaInvocation:
        """Run the migration with every new zip, and for a cluster or a secret that is new.

        Terraform waits for the answer, and fails with the function's own error.
        """
        return LambdaInvocation(
            self,
            "migration",
            function_name=self.migrate.name,
            qualifier=self.migrate.version,
            input=json.dumps({}),
            triggers={
                "code": code.sha256_base64,
                "database": database.cluster_resource_id,
                "user": database.application_secret_arn,
            },
            # The version as well as the function's policies: a role may do what it may only once they are attached.
            depends_on=[*self.migrate.role.grants, *database.reachable, *parameters.all],
        )

    def _sweep_every_minute(self, deployment: Deployment) -> None:
        """Resolve and publish what a crash left: the schedule is the upper bound on how long it is left."""
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
