"""The platform, in the order in which a payment meets it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdktn import TerraformOutput, TerraformStack
from cdktn_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktn_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from constructs import Construct

from tercet.settings import Settings
from tercet.stack.acquirer_sandbox import SandboxJournal
from tercet.stack.alerts import Alerts
from tercet.stack.api import Api
from tercet.stack.backend import configure_terraform
from tercet.stack.backup import Backup
from tercet.stack.database import Database
from tercet.stack.deployment import PRODUCT, Deployment
from tercet.stack.dns import Dns
from tercet.stack.encryption import Encryption
from tercet.stack.events import Events
from tercet.stack.function import Code
from tercet.stack.monitoring import Monitoring
from tercet.stack.network import Network
from tercet.stack.parameters import Parameters
from tercet.stack.processor import Processor
from tercet.stack.sessions import Sessions
from tercet.stack.workflow import Workflow
from tercet.stack.zone_loss import ZoneLossExperiment


class PaymentStack(TerraformStack):
    """One region, three zones, and everything a payment needs in each.

    Parameters
    ----------
    settings
        The checked settings.
    code
        The processor's zip.
    openapi
        The payment API's OpenAPI document, which API Gateway validates requests with.
    """

    def __init__(self, scope: Construct, *, settings: Settings, code: Code, openapi: Mapping[str, Any]) -> None:
        super().__init__(scope, PRODUCT)
        configure_terraform(self, settings)
        AwsProvider(
            self,
            "aws",
            region=settings.region,
            default_tags=[
                AwsProviderDefaultTags(
                    tags={**settings.tags, "application": PRODUCT, "environment": settings.environment_suffix}
                )
            ],
        )
        deployment = Deployment(settings, DataAwsCallerIdentity(self, "account").account_id)

        encryption = Encryption(self, "encryption", deployment=deployment)
        alerts = Alerts(self, "alerts", deployment=deployment, key=encryption.messages)
        network = Network(self, "network", deployment=deployment, logs_key=encryption.logs)
        database = Database(self, "database", deployment=deployment, encryption=encryption, network=network)
        sessions = Sessions(self, "sessions", deployment=deployment, key=encryption.data)
        events = Events(self, "events", deployment=deployment, key=encryption.messages)
        acquirer = SandboxJournal(self, "acquirer-sandbox", deployment=deployment, key=encryption.data)
        parameters = Parameters(
            self,
            "parameters",
            deployment=deployment,
            key=encryption.data,
            database=database,
            sessions=sessions,
            events=events,
            acquirer=acquirer,
        )
        processor = Processor(
            self,
            "processor",
            deployment=deployment,
            code=code,
            encryption=encryption,
            network=network,
            database=database,
            sessions=sessions,
            events=events,
            acquirer=acquirer,
            parameters=parameters,
        )
        workflow = Workflow(
            self, "workflow", deployment=deployment, key=encryption.logs, processor=processor, events=events
        )
        api = Api(self, "api", deployment=deployment, key=encryption.logs, openapi=openapi, processor=processor)
        Dns(self, "dns", deployment=deployment, network=network, api=api)
        backup = Backup(self, "backup", deployment=deployment, key=encryption.backup, database=database, alerts=alerts)
        monitoring = Monitoring(
            self,
            "monitoring",
            deployment=deployment,
            alerts=alerts,
            database=database,
            sessions=sessions,
            acquirer=acquirer,
            events=events,
            processor=processor,
            workflow=workflow,
            api=api,
            backup=backup,
        )
        if settings.zone_loss_experiment:
            ZoneLossExperiment(
                self, "zone-loss", deployment=deployment, network=network, database=database, monitoring=monitoring
            )

        for name, value in {
            "api_url": api.url,
            "api_function": processor.api.alias_arn,
            "rest_api_id": api.rest_api_id,
            "stage": api.stage_name,
            "token_url": api.token_url,
            "user_pool_id": api.user_pool_id,
            "state_machine": workflow.state_machine_arn,
        }.items():
            TerraformOutput(self, name, value=value, static_id=True)
