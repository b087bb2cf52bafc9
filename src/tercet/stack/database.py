"""The database: an Aurora MySQL cluster with an instance in each zone, and the proxy that payments reach it through.

It has two users. The master user owns the schema: the migration logs in as it, and nobody else. The application user
may read and write rows: payments log in as it. Both show the proxy a token of IAM and know no password; only the proxy
reads the secrets that hold them.

Nothing secret passes through Terraform. RDS makes the master user's password, keeps it in Secrets Manager under the
data key, and rotates it every seven days by itself ("Password management with Amazon Aurora and AWS Secrets Manager",
Amazon Aurora User Guide). No rotation of our own stands beside that: it could only make the period another one, and
setting it would rotate the secret at once, while the proxy is being made. The application user's secret is made here
with a placeholder in the password's place, which opens nothing and is all that the state holds of it; the migration
makes the user, and a password by chance.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from cdktn import Fn, ITerraformDependable, Op, Precondition, TerraformLocal, TerraformResourceLifecycle
from cdktn_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktn_provider_aws.data_aws_availability_zones import (
    DataAwsAvailabilityZones,
    DataAwsAvailabilityZonesFilter,
)
from cdktn_provider_aws.db_parameter_group import DbParameterGroup, DbParameterGroupParameter
from cdktn_provider_aws.db_proxy import DbProxy, DbProxyAuth
from cdktn_provider_aws.db_proxy_default_target_group import (
    DbProxyDefaultTargetGroup,
    DbProxyDefaultTargetGroupConnectionPoolConfig,
)
from cdktn_provider_aws.db_proxy_target import DbProxyTarget
from cdktn_provider_aws.db_subnet_group import DbSubnetGroup
from cdktn_provider_aws.rds_cluster import RdsCluster
from cdktn_provider_aws.rds_cluster_instance import RdsClusterInstance
from cdktn_provider_aws.rds_cluster_parameter_group import (
    RdsClusterParameterGroup,
    RdsClusterParameterGroupParameter,
)
from cdktn_provider_aws.secretsmanager_secret import SecretsmanagerSecret
from cdktn_provider_aws.secretsmanager_secret_version import SecretsmanagerSecretVersion
from constructs import Construct

from tercet.stack.deployment import PRODUCT, Deployment, Kind
from tercet.stack.encryption import Encryption, Key
from tercet.stack.iam import Role, Statement
from tercet.stack.logs import log_group
from tercet.stack.network import MYSQL_PORT, Network

ENGINE: Final = "aurora-mysql"
FAMILY: Final = "aurora-mysql8.0"
DATABASE_NAME: Final = "payments"
MASTER_USER: Final = "tercetmaster"
"""1 to 16 letters or numbers, and for a cluster no underscore (CreateDBCluster, Amazon RDS API Reference)."""

APPLICATION_USER: Final = "payments"
"""Who payments are: may read and write rows of the schema, and change nothing of it. The migration makes it."""

PLACEHOLDER: Final = "set-by-the-migration"
"""What stands in the password's place until the migration has made one. The user is not there before either."""

_PLACEHOLDER_LABEL: Final = "placeholder"
_SECRET_RECOVERY_DAYS: Final = 30

LOGS: Final = ("audit", "error", "slowquery")
"""What the cluster exports to CloudWatch Logs. Not ``general``: it holds every statement with its values."""

CLUSTER_PARAMETERS: Final[Mapping[str, tuple[str, str]]] = {
    # Backtrack is refused to a cluster that writes a binary log ("Backtracking an Aurora DB cluster", its guide).
    "binlog_format": ("OFF", "pending-reboot"),
    "require_secure_transport": ("ON", "immediate"),
    # CONNECT, DCL and DDL are who came and what they changed of the rules; QUERY would log the data of payments.
    "server_audit_events": ("CONNECT,QUERY_DCL,QUERY_DDL", "immediate"),
    "server_audit_logging": ("1", "immediate"),
    "tls_version": ("TLSv1.2,TLSv1.3", "pending-reboot"),
}
"""Parameter → value, apply method: a static parameter takes none but ``pending-reboot``, and a new cluster starts with
both. Names and levels: "Aurora MySQL configuration parameters"; TLS: "Security with Amazon Aurora MySQL".

Of a value that is its own default RDS always reports ``pending-reboot``: said to be immediate, it would be a change on
every plan ("Problematic Plan Changes", the AWS provider's aws_db_parameter_group). Hence no time zone, which is UTC.
"""

INSTANCE_PARAMETERS: Final[Mapping[str, tuple[str, str]]] = {
    # A payment that waits for a lock must hear of it before the API gives up on the payment (25 s); MySQL waits 50 s.
    "innodb_lock_wait_timeout": ("10", "immediate"),
    # Only what is in a file is exported to CloudWatch Logs. It may be the default already.
    "log_output": ("FILE", "pending-reboot"),
    "long_query_time": ("1", "immediate"),
    "slow_query_log": ("1", "immediate"),
}
"""As above, all dynamic.

The slow log holds statements with their values: merchants' metadata and card tokens are among them. A token is
the sandbox's and no card data; a request that holds a card number is refused before there is a statement. What is
exported is encrypted with the logs' key.
"""

_PROMOTION_TIER: Final = 0
"""The same for all: no zone is worth more than another, so any of the two that are left may take over."""

_BACKUP_WINDOW: Final = "03:00-04:00"
_MAINTENANCE_WINDOW: Final = "sun:05:00-sun:06:00"
_INSTANCE_MAINTENANCE_WINDOWS: Final = ("mon:05:00-mon:06:00", "tue:05:00-tue:06:00", "wed:05:00-wed:06:00")
"""UTC. One zone's instance a day, so that maintenance is never in two zones at once, nor during the backup."""

_PERFORMANCE_INSIGHTS_DAYS: Final = 7
_MONITORING_INTERVAL_S: Final = 60

_CONNECTION_BORROW_TIMEOUT_S: Final = 8
"""The proxy holds a request while the cluster fails over. Less than the processor waits for an answer (12 s): a request
that was only held must end with the proxy's word that nothing was written, not with nobody knowing."""

_IDLE_CLIENT_TIMEOUT_S: Final = 15 * 60
"""About as long as Lambda keeps an idle environment, and so an idle connection, alive."""

_MAX_CONNECTIONS_PERCENT: Final = 90
"""The rest is left for an operator, who must get in exactly when payments use up everything else."""

_MAX_IDLE_CONNECTIONS_PERCENT: Final = 50

_ZONE_WITHOUT_PROXY: Final = "use1-az3"
"""RDS Proxy is not in this zone, by whatever letter an account knows it ("RDS Proxy limitations"). Given three subnets
it leaves out the one there without a word: the proxy stands in two zones, and every plan replaces it to have three."""


class Database(Construct):
    """A writer and two readers, one in each zone, over storage that is in all three; RDS Proxy in front.

    With ``protect``, it cannot be deleted before the setting is turned off, and deleting it then leaves a final
    snapshot and the automated backups.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, deployment: Deployment, encryption: Encryption, network: Network
    ) -> None:
        super().__init__(scope, construct_id)
        self._deployment = deployment
        self._encryption = encryption
        self._network = network
        self._identifier = deployment.name("database", Kind.CLUSTER)
        self._subnet_group = DbSubnetGroup(
            self,
            "subnets",
            name=self._identifier,
            description="The isolated subnet of each zone",
            subnet_ids=network.isolated_subnet_ids,
        )
        self._cluster_parameters = RdsClusterParameterGroup(
            self,
            "cluster-parameters",
            name=self._identifier,
            family=FAMILY,
            description="Encrypted connections, audit, and no binary log",
            parameter=[
                RdsClusterParameterGroupParameter(name=name, value=value, apply_method=method)
                for name, (value, method) in CLUSTER_PARAMETERS.items()
            ],
        )
        self._cluster = self._make_cluster()
        self._instances = self._make_instances()
        self._application_secret, self._placeholder = self._make_application_secret()
        self._proxy, self._proxy_target = self._make_proxy()
        # A local: the quotes of an expression inside a policy would keep everybody but Terraform from reading it.
        self._proxy_id = TerraformLocal(self, "proxy-id", Fn.element(Fn.split(":", self._proxy.arn), 6)).as_string

    @property
    def cluster_identifier(self) -> str:
        """Identifier of the cluster: the value of the ``DBClusterIdentifier`` dimension of its metrics."""
        return self._cluster.cluster_identifier

    @property
    def cluster_arn(self) -> str:
        """ARN of the cluster."""
        return self._cluster.arn

    @property
    def instance_identifiers(self) -> Sequence[str]:
        """Identifiers of the three instances, in the order of the zones."""
        return [instance.identifier for instance in self._instances]

    @property
    def subnet_group_name(self) -> str:
        """Name of the group of the three isolated subnets: where a restored cluster belongs too."""
        return self._subnet_group.name

    @property
    def cluster_parameter_group_name(self) -> str:
        """Name of the cluster's parameter group."""
        return self._cluster_parameters.name

    @property
    def security_group_id(self) -> str:
        """Security group of the cluster."""
        return self._network.database_security_group_id

    @property
    def storage_key_arn(self) -> str:
        """ARN of the key that storage and snapshots are encrypted with."""
        return self._encryption.data.arn

    @property
    def logs_key(self) -> Key:
        """Key that the cluster's logs are encrypted with; what is done to the cluster is logged under it too."""
        return self._encryption.logs

    @property
    def proxy_name(self) -> str:
        """Name of the proxy: the value of the ``ProxyName`` dimension of its metrics."""
        return self._proxy.name

    @property
    def proxy_endpoint(self) -> str:
        """Host name that payments connect to; leads to the writer, whichever zone it is in."""
        return self._proxy.endpoint

    @property
    def port(self) -> int:
        """TCP port of the proxy and of the cluster."""
        return MYSQL_PORT

    @property
    def name(self) -> str:
        """Name of the database within the cluster."""
        return DATABASE_NAME

    @property
    def user(self) -> str:
        """The database user that payments are, by a token of IAM."""
        return APPLICATION_USER

    @property
    def master_user(self) -> str:
        """The database user that the migration is, by a token of IAM."""
        return MASTER_USER

    @property
    def master_secret_arn(self) -> str:
        """ARN of the secret that RDS keeps and rotates; only the proxy may read it."""
        return self._cluster.master_user_secret.get(0).secret_arn

    @property
    def application_secret_arn(self) -> str:
        """ARN of the secret of :attr:`user`, which the migration writes and the proxy reads, and nobody else."""
        return self._application_secret.arn

    @property
    def cluster_resource_id(self) -> str:
        """The cluster's own identifier (``cluster-…``), which another cluster never has, whatever it is called."""
        return self._cluster.cluster_resource_id

    @property
    def reachable(self) -> Sequence[ITerraformDependable]:
        """What must stand before anybody can log in through the proxy."""
        return [*self._instances, self._proxy_target, self._placeholder]

    def grant_connect(self, role: Role, user: str) -> None:
        """Let a role log in to the proxy as one user, and as nobody else.

        The resource is the proxy's ID (``prx-…``), the seventh part of its ARN; not its name, and not the cluster's
        ("Connecting to a proxy using IAM authentication", Amazon Aurora User Guide).

        Parameters
        ----------
        user
            :attr:`user` or :attr:`master_user`.
        """
        role.grant(
            "connect-to-database",
            Statement(["rds-db:connect"], [self._deployment.arn("rds-db", f"dbuser:{self._proxy_id}/{user}")]),
        )

    def grant_write_application_secret(self, role: Role) -> None:
        """Let a role see whether the application user has a password, and give it one."""
        role.grant(
            "write-application-secret",
            Statement(
                ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
                [self.application_secret_arn],
            ),
            self._encryption.data.usable_through("secretsmanager"),
        )

    def _logs(self, purpose: str, name: str) -> CloudwatchLogGroup:
        return log_group(
            self, f"{purpose}-logs", deployment=self._deployment, key=self._encryption.logs, name=f"/aws/rds/{name}"
        )

    def _make_cluster(self) -> RdsCluster:
        settings = self._deployment.settings
        data_key = self._encryption.data.arn
        return RdsCluster(
            self,
            "cluster",
            cluster_identifier=self._identifier,
            engine=ENGINE,
            engine_version=settings.database_engine_version,
            database_name=DATABASE_NAME,
            port=MYSQL_PORT,
            availability_zones=list(settings.availability_zones),
            db_subnet_group_name=self._subnet_group.name,
            vpc_security_group_ids=[self._network.database_security_group_id],
            db_cluster_parameter_group_name=self._cluster_parameters.name,
            storage_encrypted=True,
            kms_key_id=data_key,
            master_username=MASTER_USER,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=data_key,
            iam_database_authentication_enabled=True,
            backtrack_window=settings.backtrack_window_s,
            backup_retention_period=settings.backup_retention_days,
            preferred_backup_window=_BACKUP_WINDOW,
            preferred_maintenance_window=_MAINTENANCE_WINDOW,
            copy_tags_to_snapshot=True,
            enabled_cloudwatch_logs_exports=list(LOGS),
            # Where nothing is protected nobody waits for a maintenance window either.
            apply_immediately=not settings.protect,
            deletion_protection=settings.protect,
            skip_final_snapshot=not settings.protect,
            final_snapshot_identifier=(
                self._deployment.name("database-final", Kind.CLUSTER) if settings.protect else None
            ),
            delete_automated_backups=not settings.protect,
            # Aurora, which may move storage between zones, reports them anew, and any difference replaces the cluster.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["availability_zones"]),
            depends_on=[self._logs(kind, f"cluster/{self._identifier}/{kind}") for kind in LOGS],
        )

    def _make_instances(self) -> list[RdsClusterInstance]:
        """Make an instance in each zone, all at once: Aurora makes the first that stands its writer."""
        settings = self._deployment.settings
        parameters = DbParameterGroup(
            self,
            "instance-parameters",
            name=self._identifier,
            family=FAMILY,
            description="Slow statements logged, waits for locks bounded",
            parameter=[
                DbParameterGroupParameter(name=name, value=value, apply_method=method)
                for name, (value, method) in INSTANCE_PARAMETERS.items()
            ],
        )
        monitoring = self._monitoring_role()
        return [
            RdsClusterInstance(
                self,
                f"instance-{index + 1}",
                identifier=self._deployment.name(f"database-{index + 1}", Kind.INSTANCE),
                cluster_identifier=self.cluster_identifier,
                engine=ENGINE,
                engine_version=self._cluster.engine_version,
                instance_class=settings.database_instance_class,
                availability_zone=zone,
                promotion_tier=_PROMOTION_TIER,
                db_subnet_group_name=self._subnet_group.name,
                db_parameter_group_name=parameters.name,
                publicly_accessible=False,
                auto_minor_version_upgrade=False,
                apply_immediately=not settings.protect,
                preferred_maintenance_window=_INSTANCE_MAINTENANCE_WINDOWS[index],
                copy_tags_to_snapshot=True,
                ca_cert_identifier="rds-ca-rsa2048-g1",
                performance_insights_enabled=True,
                performance_insights_kms_key_id=self._encryption.data.arn,
                performance_insights_retention_period=_PERFORMANCE_INSIGHTS_DAYS,
                monitoring_interval=_MONITORING_INTERVAL_S,
                monitoring_role_arn=monitoring.arn,
                depends_on=[*monitoring.grants],
            )
            for index, zone in enumerate(settings.availability_zones)
        ]

    def _monitoring_role(self) -> Role:
        """Give what AmazonRDSEnhancedMonitoringRole gives, on the one log group that RDS writes in an account."""
        instances = f"db:{PRODUCT}-database-?-{self._deployment.settings.environment_suffix}"
        role = Role(
            self,
            "monitoring-role",
            deployment=self._deployment,
            service="monitoring.rds.amazonaws.com",
            purpose="database-monitoring",
            source_arn=self._deployment.arn("rds", instances),
            guard_account=True,
        )
        group = self._deployment.arn("logs", "log-group:RDSOSMetrics")
        role.grant(
            "write-metrics",
            Statement(["logs:CreateLogGroup", "logs:PutRetentionPolicy"], [group, f"{group}:*"]),
            Statement(
                ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:GetLogEvents", "logs:PutLogEvents"],
                [f"{group}:log-stream:*"],
            ),
        )
        return role

    def _make_application_secret(self) -> tuple[SecretsmanagerSecret, SecretsmanagerSecretVersion]:
        """Make the secret of the application user, in the form that the proxy reads, with no password in it.

        The version that Terraform makes has a label of its own. So Secrets Manager keeps it, though the migration's
        versions take its place: deleted, Terraform would make it anew, and with it put the placeholder back into use
        ("Secret versions", AWS Secrets Manager User Guide).
        """
        settings = self._deployment.settings
        secret = SecretsmanagerSecret(
            self,
            "application-secret",
            name=self._deployment.name("database-application", Kind.SECRET),
            description="The user that payments log in to the database as; its password is made by the migration",
            kms_key_id=self._encryption.data.arn,
            # While a deleted secret can be recovered its name is taken: the next deployment would fail on it.
            recovery_window_in_days=_SECRET_RECOVERY_DAYS if settings.protect else 0,
        )
        placeholder = SecretsmanagerSecretVersion(
            self,
            "application-secret-placeholder",
            secret_id=secret.id,
            secret_string=json.dumps({"username": APPLICATION_USER, "password": PLACEHOLDER}),
            version_stages=[_PLACEHOLDER_LABEL],
            # As the first version it is labelled AWSCURRENT as well, until the migration has made another.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["secret_string", "version_stages"]),
        )
        return secret, placeholder

    def _make_proxy(self) -> tuple[DbProxy, DbProxyTarget]:
        role = Role(
            self, "proxy-role", deployment=self._deployment, service="rds.amazonaws.com", purpose="database-proxy"
        )
        secrets = [self.master_secret_arn, self.application_secret_arn]
        role.grant("read-secrets", Statement(["secretsmanager:GetSecretValue"], secrets))
        self._encryption.data.grant_use(role, through="secretsmanager")
        proxy = DbProxy(
            self,
            "proxy",
            name=self._identifier,
            engine_family="MYSQL",
            role_arn=role.arn,
            auth=[DbProxyAuth(auth_scheme="SECRETS", iam_auth="REQUIRED", secret_arn=arn) for arn in secrets],
            vpc_subnet_ids=self._network.isolated_subnet_ids,
            vpc_security_group_ids=[self._network.proxy_security_group_id],
            require_tls=True,
            # Debug logging would write the statements, and so the payments, to the log.
            debug_logging=False,
            idle_client_timeout=_IDLE_CLIENT_TIMEOUT_S,
            lifecycle=TerraformResourceLifecycle(precondition=[self._proxy_is_in_every_zone()]),
            depends_on=[*role.grants, self._logs("proxy", f"proxy/{self._identifier}")],
        )
        target_group = DbProxyDefaultTargetGroup(
            self,
            "proxy-pool",
            db_proxy_name=proxy.name,
            connection_pool_config=DbProxyDefaultTargetGroupConnectionPoolConfig(
                connection_borrow_timeout=_CONNECTION_BORROW_TIMEOUT_S,
                max_connections_percent=_MAX_CONNECTIONS_PERCENT,
                max_idle_connections_percent=_MAX_IDLE_CONNECTIONS_PERCENT,
            ),
        )
        target = DbProxyTarget(
            self,
            "proxy-target",
            db_proxy_name=proxy.name,
            target_group_name=target_group.name,
            db_cluster_identifier=self.cluster_identifier,
            depends_on=self._instances,
        )
        return proxy, target

    def _proxy_is_in_every_zone(self) -> Precondition:
        """Stop the plan where a zone's letter, which each account maps for itself, means the zone without proxies."""
        names = self._deployment.settings.availability_zones
        zones = DataAwsAvailabilityZones(
            self, "zones", filter=[DataAwsAvailabilityZonesFilter(name="zone-name", values=list(names))]
        )
        return Precondition(
            condition=Op.not_(Fn.contains(zones.zone_ids, _ZONE_WITHOUT_PROXY)),
            error_message=(
                f"In this account one of {', '.join(names)} is {_ZONE_WITHOUT_PROXY}, where RDS Proxy is not offered: "
                "set availability_zones to three others."
            ),
        )
