"""A Lambda function as the platform runs every one of its own: in three zones, traced, encrypted, bounded, aliased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cdktn import ITerraformDependable
from cdktn_provider_aws.lambda_alias import LambdaAlias
from cdktn_provider_aws.lambda_function import (
    LambdaFunction,
    LambdaFunctionEnvironment,
    LambdaFunctionLoggingConfig,
    LambdaFunctionTracingConfig,
    LambdaFunctionVpcConfig,
)
from cdktn_provider_aws.lambda_function_event_invoke_config import (
    LambdaFunctionEventInvokeConfig,
    LambdaFunctionEventInvokeConfigDestinationConfig,
    LambdaFunctionEventInvokeConfigDestinationConfigOnFailure,
)
from cdktn_provider_aws.lambda_provisioned_concurrency_config import LambdaProvisionedConcurrencyConfig
from constructs import Construct

from tercet.stack.deployment import Deployment, Kind
from tercet.stack.encryption import Encryption
from tercet.stack.iam import Role, Statement
from tercet.stack.logs import log_group
from tercet.stack.network import Network
from tercet.stack.queue import Queue

RUNTIME: Final = "python3.13"
ALIAS: Final = "live"


@dataclass(frozen=True)
class Code:
    """The zip that every function runs.

    Parameters
    ----------
    path
        Where Terraform finds it, relative to the synthesized configuration.
    sha256_base64
        Its digest as Lambda reports it: Terraform updates a function when this changes.
    """

    path: str
    sha256_base64: str


class Function(Construct):
    """One handler of the zip with its own role, log group and ``live`` alias.

    The role is there first: grant to it what the handler needs, then call :meth:`deploy`, which waits for the grants.

    Parameters
    ----------
    purpose
        Part of its name.
    handler
        ``module.function`` in the zip.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        deployment: Deployment,
        encryption: Encryption,
        network: Network,
        failures: Queue,
        purpose: str,
        handler: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._deployment = deployment
        self._encryption = encryption
        self._network = network
        self._failures = failures
        self._handler = handler
        self.name = deployment.name(purpose, Kind.FUNCTION)
        self._log_group = log_group(
            self, "logs", deployment=deployment, key=encryption.logs, name=f"/aws/lambda/{self.name}"
        )
        self.role = Role(self, "role", deployment=deployment, service="lambda.amazonaws.com", purpose=purpose)
        self.role.grant(
            "write-logs",
            Statement(["logs:CreateLogStream", "logs:PutLogEvents"], [f"{self._log_group.arn}:*"]),
        )
        self.role.grant(
            "send-traces",
            Statement(
                ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
                ["*"],
                any_resource_because="X-Ray has no resource-level permission for sending traces",
            ),
        )
        self.role.grant(
            "join-network",
            Statement(
                [
                    "ec2:AssignPrivateIpAddresses",
                    "ec2:CreateNetworkInterface",
                    "ec2:DeleteNetworkInterface",
                    "ec2:DescribeNetworkInterfaces",
                    "ec2:DescribeSubnets",
                    "ec2:UnassignPrivateIpAddresses",
                ],
                ["*"],
                any_resource_because="Lambda checks for these on every resource (AWSLambdaVPCAccessExecutionRole)",
            ),
        )
        failures.grant_send(self.role)

    def deploy(
        self,
        code: Code,
        *,
        memory_mib: int,
        timeout_s: int,
        environment: Mapping[str, str],
        reserved_concurrency: int,
        provisioned_concurrency: int = 0,
        goes_live_after: Sequence[ITerraformDependable] = (),
    ) -> None:
        """Create the function, publish a version, and point the alias at it.

        Parameters
        ----------
        memory_mib
            Memory in MiB.
        timeout_s
            Seconds after which Lambda ends an invocation.
        reserved_concurrency
            Most invocations at once, kept free for it.
        provisioned_concurrency
            Invocations kept warm.
        goes_live_after
            What must be done before the alias is pointed at a new version. Until then the old one serves, and goes on
            serving if it fails.
        """
        self.timeout_s = timeout_s
        self._function = LambdaFunction(
            self,
            "function",
            function_name=self.name,
            filename=code.path,
            source_code_hash=code.sha256_base64,
            handler=self._handler,
            runtime=RUNTIME,
            architectures=["arm64"],
            memory_size=memory_mib,
            timeout=timeout_s,
            role=self.role.arn,
            publish=True,
            reserved_concurrent_executions=reserved_concurrency,
            kms_key_arn=self._encryption.data.arn,
            environment=LambdaFunctionEnvironment(variables=dict(environment)),
            vpc_config=LambdaFunctionVpcConfig(
                subnet_ids=self._network.private_subnet_ids,
                security_group_ids=[self._network.processor_security_group_id],
            ),
            tracing_config=LambdaFunctionTracingConfig(mode="Active"),
            # The levels are Lambda's defaults; left out, every plan publishes a new version.
            logging_config=LambdaFunctionLoggingConfig(
                log_format="JSON",
                log_group=self._log_group.name,
                application_log_level="INFO",
                system_log_level="INFO",
            ),
            depends_on=[self._log_group, *self.role.grants],
        )
        self._alias = LambdaAlias(
            self,
            "alias",
            name=ALIAS,
            function_name=self._function.function_name,
            function_version=self._function.version,
            depends_on=[*goes_live_after],
        )
        LambdaFunctionEventInvokeConfig(
            self,
            "asynchronous",
            function_name=self._function.function_name,
            qualifier=self._alias.name,
            maximum_event_age_in_seconds=6 * 60 * 60,
            maximum_retry_attempts=2,
            destination_config=LambdaFunctionEventInvokeConfigDestinationConfig(
                on_failure=LambdaFunctionEventInvokeConfigDestinationConfigOnFailure(destination=self._failures.arn)
            ),
        )
        if provisioned_concurrency:
            LambdaProvisionedConcurrencyConfig(
                self,
                "warm",
                function_name=self._function.function_name,
                qualifier=self._alias.name,
                provisioned_concurrent_executions=provisioned_concurrency,
            )

    @property
    def arn(self) -> str:
        """ARN of the function, without a qualifier."""
        return self._function.arn

    @property
    def version(self) -> str:
        """The version that was published last, which the alias points at or is about to."""
        return self._function.version

    @property
    def alias_arn(self) -> str:
        """ARN of the ``live`` alias: what callers invoke."""
        return self._alias.arn

    @property
    def alias_name(self) -> str:
        """Name of the alias."""
        return self._alias.name

    @property
    def invoke_arn(self) -> str:
        """ARN by which API Gateway invokes the alias."""
        return self._alias.invoke_arn

    @property
    def log_group_name(self) -> str:
        """Name of its log group."""
        return self._log_group.name

    def grant_invoke(self, role: Role) -> None:
        """Let a role invoke the alias, and nothing but the alias."""
        role.grant(f"invoke-{self.node.id}", Statement(["lambda:InvokeFunction"], [self.alias_arn]))
