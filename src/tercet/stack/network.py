"""A VPC over three zones in which losing one takes nothing from the other two.

Each zone has a public subnet with its own NAT gateway, a private subnet (processor) whose route table leads to that
NAT gateway, and an isolated subnet (database, its proxy) with no way out. What a payment asks of AWS goes through
endpoints with an interface in each zone, so that no payment depends on a NAT gateway to reach AWS.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cdktn_provider_aws.default_security_group import DefaultSecurityGroup
from cdktn_provider_aws.eip import Eip
from cdktn_provider_aws.flow_log import FlowLog
from cdktn_provider_aws.internet_gateway import InternetGateway
from cdktn_provider_aws.nat_gateway import NatGateway
from cdktn_provider_aws.route import Route
from cdktn_provider_aws.route_table import RouteTable
from cdktn_provider_aws.route_table_association import RouteTableAssociation
from cdktn_provider_aws.security_group import SecurityGroup
from cdktn_provider_aws.subnet import Subnet
from cdktn_provider_aws.vpc import Vpc
from cdktn_provider_aws.vpc_endpoint import VpcEndpoint
from cdktn_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from cdktn_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from tercet.stack.deployment import Deployment, Kind
from tercet.stack.encryption import Key
from tercet.stack.iam import Role, Statement, policy
from tercet.stack.logs import log_group

MYSQL_PORT: Final = 3306
HTTPS_PORT: Final = 443

INTERFACE_ENDPOINTS: Final[Mapping[str, Sequence[str]]] = {
    "events": ["events:PutEvents"],
    "ssm": ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
}
"""What a payment asks of AWS beside DynamoDB: publish its events, read its parameters. Parameter Store itself decrypts
the secure ones; logs, traces and metrics leave a function through Lambda, not through the VPC."""

GATEWAY_ENDPOINTS: Final[Mapping[str, Sequence[str]]] = {
    "dynamodb": [
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
    ],
    "s3": ["s3:GetObject", "s3:PutObject"],
}


class Zone(Construct):
    """One availability zone's subnets, routes and NAT gateway, sharing nothing with the other zones but the VPC.

    Parameters
    ----------
    index
        0, 1 or 2: decides the address ranges, sixteenths of the VPC's.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        deployment: Deployment,
        vpc: Vpc,
        gateway: InternetGateway,
        index: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self.name = deployment.settings.availability_zones[index]
        ranges = list(deployment.settings.vpc_cidr.subnets(prefixlen_diff=4))

        def subnet(tier: str, block: int) -> tuple[Subnet, RouteTable]:
            tags = {"Name": deployment.name(f"{tier}-{self.name}", Kind.TAG), "tier": tier}
            made = Subnet(
                self,
                tier,
                vpc_id=vpc.id,
                availability_zone=self.name,
                cidr_block=str(ranges[block + index]),
                map_public_ip_on_launch=False,
                tags=tags,
            )
            table = RouteTable(self, f"{tier}-routes", vpc_id=vpc.id, tags=tags)
            RouteTableAssociation(self, f"{tier}-association", subnet_id=made.id, route_table_id=table.id)
            return made, table

        public, public_routes = subnet("public", 0)
        private, private_routes = subnet("private", 4)
        isolated, isolated_routes = subnet("isolated", 8)
        Route(
            self,
            "public-out",
            route_table_id=public_routes.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
        )
        tags = {"Name": deployment.name(f"nat-{self.name}", Kind.TAG)}
        address = Eip(self, "nat-address", domain="vpc", tags=tags, depends_on=[gateway])
        nat = NatGateway(
            self, "nat", subnet_id=public.id, allocation_id=address.allocation_id, tags=tags, depends_on=[gateway]
        )
        Route(
            self,
            "private-out",
            route_table_id=private_routes.id,
            destination_cidr_block="0.0.0.0/0",
            nat_gateway_id=nat.id,
        )
        self.private_subnet_id = private.id
        self.isolated_subnet_id = isolated.id
        self.subnet_arns = (public.arn, private.arn, isolated.arn)
        self.private_route_table_id = private_routes.id
        self.isolated_route_table_id = isolated_routes.id
        self.nat_gateway_id = nat.id


class Network(Construct):
    """The VPC, its zones, the security groups of each tier and the rules between them."""

    def __init__(self, scope: Construct, construct_id: str, *, deployment: Deployment, logs_key: Key) -> None:
        super().__init__(scope, construct_id)
        self._deployment = deployment
        self._vpc = Vpc(
            self,
            "vpc",
            cidr_block=str(deployment.settings.vpc_cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": deployment.name("vpc", Kind.TAG)},
        )
        # Nothing may use the default group: managed without a rule, it admits and lets out nothing.
        DefaultSecurityGroup(
            self, "default-group", vpc_id=self.vpc_id, tags={"Name": deployment.name("unused", Kind.TAG)}
        )
        gateway = InternetGateway(
            self, "gateway", vpc_id=self.vpc_id, tags={"Name": deployment.name("gateway", Kind.TAG)}
        )
        self.zones: Sequence[Zone] = [
            Zone(self, f"zone-{index + 1}", deployment=deployment, vpc=self._vpc, gateway=gateway, index=index)
            for index, _ in enumerate(deployment.settings.availability_zones)
        ]
        self._processor = self._security_group("processor", "The payment functions")
        self._proxy = self._security_group("proxy", "RDS Proxy")
        self._database = self._security_group("database", "Aurora")
        endpoints = self._security_group("endpoints", "Interface endpoints of AWS services")
        self._allow(self._processor, self._proxy, MYSQL_PORT)
        self._allow(self._proxy, self._database, MYSQL_PORT)
        self._allow(self._processor, endpoints, HTTPS_PORT)
        VpcSecurityGroupEgressRule(
            self,
            "processor-to-internet",
            security_group_id=self._processor.id,
            description="HTTPS to the acquirer, DynamoDB and S3",
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="tcp",
            from_port=HTTPS_PORT,
            to_port=HTTPS_PORT,
            tags={"Name": deployment.name("processor-to-internet", Kind.TAG)},
        )
        self._endpoints(endpoints)
        self._flow_logs(logs_key)

    @property
    def vpc_id(self) -> str:
        """ID of the VPC."""
        return self._vpc.id

    @property
    def private_subnet_ids(self) -> list[str]:
        """One private subnet in each zone: where functions have their network interfaces."""
        return [zone.private_subnet_id for zone in self.zones]

    @property
    def isolated_subnet_ids(self) -> list[str]:
        """One isolated subnet in each zone: where the database and its proxy stand."""
        return [zone.isolated_subnet_id for zone in self.zones]

    @property
    def processor_security_group_id(self) -> str:
        """Group of the payment functions."""
        return self._processor.id

    @property
    def proxy_security_group_id(self) -> str:
        """Group of RDS Proxy; admits the payment functions."""
        return self._proxy.id

    @property
    def database_security_group_id(self) -> str:
        """Group of Aurora; admits the proxy and nothing else."""
        return self._database.id

    def _security_group(self, purpose: str, description: str) -> SecurityGroup:
        name = self._deployment.name(purpose, Kind.SECURITY_GROUP)
        return SecurityGroup(
            self,
            f"{purpose}-group",
            name=name,
            description=description,
            vpc_id=self.vpc_id,
            tags={"Name": name},
        )

    def _allow(self, source: SecurityGroup, target: SecurityGroup, port: int) -> None:
        """Open one port from one tier to another, at both ends."""
        purpose = f"{source.node.id.removesuffix('-group')}-to-{target.node.id.removesuffix('-group')}"
        tags = {"Name": self._deployment.name(purpose, Kind.TAG)}
        VpcSecurityGroupEgressRule(
            self,
            f"{purpose}-out",
            security_group_id=source.id,
            referenced_security_group_id=target.id,
            description=purpose,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            tags=tags,
        )
        VpcSecurityGroupIngressRule(
            self,
            f"{purpose}-in",
            security_group_id=target.id,
            referenced_security_group_id=source.id,
            description=purpose,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            tags=tags,
        )

    def _endpoints(self, group: SecurityGroup) -> None:
        tables = [table for zone in self.zones for table in (zone.private_route_table_id, zone.isolated_route_table_id)]
        for service, actions in GATEWAY_ENDPOINTS.items():
            self._endpoint(service, actions, "Gateway", route_table_ids=tables)
        for service, actions in INTERFACE_ENDPOINTS.items():
            self._endpoint(
                service,
                actions,
                "Interface",
                subnet_ids=self.private_subnet_ids,
                security_group_ids=[group.id],
                private_dns_enabled=True,
            )

    def _endpoint(
        self,
        service: str,
        actions: Sequence[str],
        kind: str,
        *,
        route_table_ids: list[str] | None = None,
        subnet_ids: list[str] | None = None,
        security_group_ids: list[str] | None = None,
        private_dns_enabled: bool | None = None,
    ) -> None:
        VpcEndpoint(
            self,
            f"{service}-endpoint",
            vpc_id=self.vpc_id,
            service_name=f"com.amazonaws.{self._deployment.settings.region}.{service}",
            vpc_endpoint_type=kind,
            policy=self._for_own_account(actions),
            route_table_ids=route_table_ids,
            subnet_ids=subnet_ids,
            security_group_ids=security_group_ids,
            private_dns_enabled=private_dns_enabled,
            tags={"Name": self._deployment.name(service, Kind.TAG)},
        )

    def _for_own_account(self, actions: Sequence[str]) -> str:
        """Let through only what the account's own principals ask of the account's own resources."""
        account = self._deployment.account_id
        return policy(
            Statement(
                actions,
                ["*"],
                principal="*",
                conditions={"StringEquals": {"aws:PrincipalAccount": account, "aws:ResourceAccount": account}},
                any_resource_because="the roles name their resources; the endpoint holds them to this account",
            )
        )

    def _flow_logs(self, key: Key) -> None:
        group = log_group(
            self,
            "flow-log-group",
            deployment=self._deployment,
            key=key,
            name=f"/tercet/{self._deployment.name('flow-logs', Kind.LOG_GROUP)}",
        )
        role = Role(
            self,
            "flow-log-role",
            deployment=self._deployment,
            service="vpc-flow-logs.amazonaws.com",
            purpose="flow-logs",
            guard_account=True,
        )
        role.grant(
            "write-logs",
            Statement(["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], [f"{group.arn}:*"]),
            Statement(
                ["logs:DescribeLogGroups"],
                ["*"],
                any_resource_because="DescribeLogGroups lists; it has no resource-level permission",
            ),
        )
        FlowLog(
            self,
            "flow-log",
            vpc_id=self.vpc_id,
            traffic_type="ALL",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=60,
            tags={"Name": self._deployment.name("flow-log", Kind.TAG)},
        )
