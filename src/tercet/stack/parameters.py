"""What the processor must know of the deployment, in Parameter Store.

Nothing secret: whatever Terraform writes is in its state too. What an intruder would look for first is a
``SecureString`` nonetheless, so that reading it takes the key as well, and leaves a trace in CloudTrail.
"""

from __future__ import annotations

from collections.abc import Sequence

from cdktn_provider_aws.ssm_parameter import SsmParameter
from constructs import Construct

from tercet.stack.acquirer_sandbox import SandboxJournal
from tercet.stack.database import Database
from tercet.stack.deployment import PRODUCT, Deployment
from tercet.stack.encryption import Key
from tercet.stack.events import Events
from tercet.stack.iam import Role, Statement
from tercet.stack.sessions import Sessions


class Parameters(Construct):
    """The deployment's parameters, all below one path that ends in its suffix."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        deployment: Deployment,
        key: Key,
        database: Database,
        sessions: Sessions,
        events: Events,
        acquirer: SandboxJournal,
    ) -> None:
        super().__init__(scope, construct_id)
        self._deployment = deployment
        self._key = key
        self.path = f"/{PRODUCT}/{deployment.settings.environment_suffix}"
        """Path of all parameters, without a slash at its end."""
        self._all: list[SsmParameter] = []

        settings = deployment.settings
        self._secure("database/endpoint", database.proxy_endpoint, "Host name of the database's proxy")
        self._secure("database/app-secret-arn", database.application_secret_arn, "ARN of the application user's secret")
        self._plain("database/port", str(database.port), "TCP port of the database's proxy")
        self._plain("database/name", database.name, "Name of the database")
        self._plain("database/user", database.user, "User to log in to the database's proxy as")
        self._plain("database/master-user", database.master_user, "User that migrates the schema, and nobody else is")
        self._plain("sessions/table", sessions.table_name, "Name of the session table")
        self._plain("sessions/ttl-s", str(settings.session_ttl_s), "Seconds that a session may be paid")
        self._plain(
            "idempotency/ttl-s",
            str(settings.idempotency_ttl_s),
            "Seconds after which a payment's idempotency key may be used anew",
        )
        self._plain("events/bus", events.bus_name, "Name of the payment event bus")
        self._plain("acquirer/sandbox-table", acquirer.table_name, "Name of the sandbox acquirer's journal")

    @property
    def all(self) -> Sequence[SsmParameter]:
        """All of them: who reads them as soon as it runs depends on these."""
        return self._all

    def grant_read(self, role: Role) -> None:
        """Let a role read the parameters below the path, one by one or all at once."""
        path = self._deployment.arn("ssm", f"parameter{self.path}")
        role.grant(
            "read-parameters",
            # GetParametersByPath is checked against the path itself, the others against the parameter.
            Statement(["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"], [path, f"{path}/*"]),
            self._key.usable_through("ssm"),
        )

    def _plain(self, name: str, value: str, description: str) -> None:
        self._all.append(
            SsmParameter(
                self,
                name.replace("/", "-"),
                name=f"{self.path}/{name}",
                description=description,
                type="String",
                # Shown in plans, as the value of a String is no secret.
                insecure_value=value,
            )
        )

    def _secure(self, name: str, value: str, description: str) -> None:
        self._all.append(
            SsmParameter(
                self,
                name.replace("/", "-"),
                name=f"{self.path}/{name}",
                description=description,
                type="SecureString",
                key_id=self._key.arn,
                value=value,
            )
        )
