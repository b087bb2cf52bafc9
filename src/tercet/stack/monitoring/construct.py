"""The alarms, the composite of those that mean that customers cannot pay, and the dashboard."""

from __future__ import annotations

from collections.abc import Sequence

from cdktn_provider_aws.cloudwatch_composite_alarm import CloudwatchCompositeAlarm
from cdktn_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from cdktn_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from constructs import Construct

from tercet.stack.acquirer_sandbox import SandboxJournal
from tercet.stack.alerts import Alerts
from tercet.stack.api import Api
from tercet.stack.backup import Backup
from tercet.stack.database import Database
from tercet.stack.deployment import Deployment, Kind
from tercet.stack.events import Events
from tercet.stack.monitoring import dashboard
from tercet.stack.monitoring.alarm import Alarm, description, place
from tercet.stack.monitoring.alarms import alarms
from tercet.stack.monitoring.failover import FailoverNotice
from tercet.stack.monitoring.sources import sources
from tercet.stack.processor import Processor
from tercet.stack.sessions import Sessions
from tercet.stack.workflow import Workflow


class Monitoring(Construct):
    """Watches every resource that a payment meets, and tells the alerts topic when one goes wrong and when it is well.

    Each alarm carries a link to its section of ``docs/runbook.md``; a test keeps the two together.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        deployment: Deployment,
        alerts: Alerts,
        database: Database,
        sessions: Sessions,
        acquirer: SandboxJournal,
        events: Events,
        processor: Processor,
        workflow: Workflow,
        api: Api,
        backup: Backup,
    ) -> None:
        super().__init__(scope, construct_id)
        self._deployment = deployment
        self._alerts = alerts
        settings = deployment.settings
        notice = FailoverNotice(
            self, "failover", deployment=deployment, alerts=alerts, events=events, database=database
        )
        watched = sources(
            deployment=deployment,
            database=database,
            sessions=sessions,
            acquirer=acquirer,
            events=events,
            processor=processor,
            workflow=workflow,
            api=api,
            backup=backup,
            failover_rule=notice.rule_name,
        )
        every = alarms(watched, settings)
        placed = {alarm.purpose: self._place(alarm) for alarm in every}
        self._api_errors = placed["api-errors"]
        self._impaired = self._any_of([placed[alarm.purpose] for alarm in every if alarm.impairs])
        CloudwatchDashboard(
            self,
            "dashboard",
            dashboard_name=deployment.name("payments", Kind.DASHBOARD),
            dashboard_body=dashboard.body(
                watched,
                region=settings.region,
                impaired_arn=self.impaired_alarm_arn,
                alarm_arns=[alarm.arn for alarm in placed.values()],
                runbook_url=settings.runbook_url,
            ),
        )

    @property
    def impaired_alarm_arn(self) -> str:
        """ARN of the composite alarm: customers cannot pay."""
        return self._impaired.arn

    @property
    def api_errors_alarm_arn(self) -> str:
        """ARN of the alarm on the API's server errors: the first sign that customers cannot pay."""
        return self._api_errors.arn

    def _place(self, alarm: Alarm) -> CloudwatchMetricAlarm:
        return place(self, alarm, deployment=self._deployment, topic_arn=self._alerts.arn)

    def _any_of(self, each: Sequence[CloudwatchMetricAlarm]) -> CloudwatchCompositeAlarm:
        return CloudwatchCompositeAlarm(
            self,
            "impaired",
            alarm_name=self._deployment.name("payments-impaired", Kind.ALARM),
            alarm_description=description(self._deployment, "Customers cannot pay.", "payments-impaired"),
            alarm_rule=" OR ".join(f'ALARM("{alarm.alarm_name}")' for alarm in each),
            alarm_actions=[self._alerts.arn],
            ok_actions=[self._alerts.arn],
        )
