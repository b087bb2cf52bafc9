"""The payment API: who may call (Cognito), what is admitted (throttling, validation), and what is logged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from cdktn import Fn, TerraformResourceLifecycle
from cdktn_provider_aws.api_gateway_account import ApiGatewayAccount
from cdktn_provider_aws.api_gateway_deployment import ApiGatewayDeployment
from cdktn_provider_aws.api_gateway_method_settings import ApiGatewayMethodSettings, ApiGatewayMethodSettingsSettings
from cdktn_provider_aws.api_gateway_rest_api import ApiGatewayRestApi, ApiGatewayRestApiEndpointConfiguration
from cdktn_provider_aws.api_gateway_stage import ApiGatewayStage, ApiGatewayStageAccessLogSettings
from cdktn_provider_aws.cognito_resource_server import CognitoResourceServer, CognitoResourceServerScope
from cdktn_provider_aws.cognito_user_pool import CognitoUserPool, CognitoUserPoolAdminCreateUserConfig
from cdktn_provider_aws.cognito_user_pool_domain import CognitoUserPoolDomain
from cdktn_provider_aws.lambda_permission import LambdaPermission
from constructs import Construct

from tercet.errors import SettingsError
from tercet.stack.deployment import Deployment, Kind
from tercet.stack.encryption import Key
from tercet.stack.firewall import Firewall
from tercet.stack.function import Function
from tercet.stack.gateway_document import operations
from tercet.stack.gateway_extensions import imported_document
from tercet.stack.iam import Role, Statement
from tercet.stack.logs import log_group
from tercet.stack.processor import Processor

STAGE: Final = "live"
RESOURCE_SERVER: Final = "payments"
SCOPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "read": "Retrieve payments, sessions, events and the ledger",
        "write": "Create, capture and void payments, create and expire sessions",
        "refund": "Refund payments",
        "notify": "Tell that something has happened to a payment: the acquirer's",
    }
)

_RESERVED_IN_DOMAIN: Final = ("aws", "amazon", "cognito")
"""Cognito refuses a domain prefix with one of these in it ("Configuring a user pool domain", its Developer Guide)."""

_ACCESS_LOG: Final[Mapping[str, str]] = MappingProxyType(
    {
        "requestId": "$context.requestId",
        "xrayTraceId": "$context.xrayTraceId",
        "requestTime": "$context.requestTime",
        "ip": "$context.identity.sourceIp",
        "clientId": "$context.authorizer.claims.client_id",
        "httpMethod": "$context.httpMethod",
        "resourcePath": "$context.resourcePath",
        "status": "$context.status",
        "responseLatency": "$context.responseLatency",
        "integrationLatency": "$context.integration.latency",
        "integrationStatus": "$context.integration.status",
        # Not `messageString`: it brings its own quotes, but an absent one is logged as a bare dash.
        "error": "$context.error.message",
        "errorType": "$context.error.responseType",
        "integrationError": "$context.integration.error",
        "wafResponseCode": "$context.wafResponseCode",
        "wafError": "$context.waf.error",
    }
)
"""Who asked for what and what came of it. No token, no body, no payment's id: the path is the template's."""


class Api(Construct):
    """A regional REST API with the authorizer, firewall and logs that its stage has.

    Parameters
    ----------
    key
        Encrypts the logs.
    openapi
        The payment API's document; the construct adds what only AWS reads.
    processor
        Its ``api`` function answers every operation.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        deployment: Deployment,
        key: Key,
        openapi: Mapping[str, Any],
        processor: Processor,
    ) -> None:
        super().__init__(scope, construct_id)
        self._deployment = deployment
        self._key = key
        self.api_name = deployment.name("payments", Kind.API)
        self.stage_name = STAGE
        self._issue_tokens()
        self._rest_api = ApiGatewayRestApi(
            self,
            "rest-api",
            name=self.api_name,
            description=openapi["info"]["title"],
            body=json.dumps(
                imported_document(
                    openapi, name=self.api_name, user_pool_arn=self._pool.arn, invoke_arn=processor.api.invoke_arn
                ),
                sort_keys=True,
            ),
            endpoint_configuration=ApiGatewayRestApiEndpointConfiguration(types=["REGIONAL"]),
            # The own domain speaks TLS 1.2 and later only; API Gateway's own host name must be no way around that.
            disable_execute_api_endpoint=deployment.settings.domain is not None,
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        self._permit(openapi, processor.api)
        self._publish()
        Firewall(self, "firewall", deployment=deployment, key=key, stage_arn=self._stage.arn)

    @property
    def url(self) -> str:
        """Where the API is called, without a trailing slash: at its domain, if it has one, else at its stage."""
        domain = self._deployment.settings.domain
        return f"https://{domain}" if domain else f"https://{self.execution_host}/{STAGE}"

    @property
    def rest_api_id(self) -> str:
        """ID of the REST API."""
        return self._rest_api.id

    @property
    def execution_host(self) -> str:
        """Host name that API Gateway gave the API; answers only where there is no domain."""
        return f"{self._rest_api.id}.execute-api.{self._deployment.settings.region}.amazonaws.com"

    @property
    def deployed_stage(self) -> str:
        """Name of the stage, known once the stage exists: for whatever must come after it."""
        return self._stage.stage_name

    @property
    def user_pool_id(self) -> str:
        """ID of the user pool that the merchants' app clients are made in."""
        return self._pool.id

    @property
    def token_url(self) -> str:
        """Where a merchant gets an access token for its client credentials."""
        return f"https://{self._token_domain.domain}.auth.{self._deployment.settings.region}.amazoncognito.com/oauth2/token"

    def _issue_tokens(self) -> None:
        """Make the user pool that issues access tokens; it holds app clients only, and those are made at run time.

        An app client's secret would be in the Terraform state, and a merchant comes and goes without a deployment.
        """
        self._pool = CognitoUserPool(
            self,
            "user-pool",
            name=self._deployment.name("merchants", Kind.USER_POOL),
            # Advanced security stays off: it judges how people sign in, there are none, and it is charged by the user.
            admin_create_user_config=CognitoUserPoolAdminCreateUserConfig(allow_admin_create_user_only=True),
            deletion_protection="ACTIVE" if self._deployment.settings.protect else "INACTIVE",
        )
        self._resource_server = CognitoResourceServer(
            self,
            "resource-server",
            user_pool_id=self._pool.id,
            identifier=RESOURCE_SERVER,
            name=RESOURCE_SERVER,
            scope=[
                CognitoResourceServerScope(scope_name=name, scope_description=description)
                for name, description in SCOPES.items()
            ],
        )
        prefix = self._deployment.name("auth", Kind.COGNITO_DOMAIN)
        if reserved := [word for word in _RESERVED_IN_DOMAIN if word in prefix]:
            raise SettingsError(
                f"Cognito refuses {reserved[0]!r} in the token domain {prefix!r}: choose another environment_suffix."
            )
        # The prefix is unique in all of the region, among all accounts.
        self._token_domain = CognitoUserPoolDomain(
            self, "token-domain", domain=f"{prefix}-{self._deployment.account_id}", user_pool_id=self._pool.id
        )

    def _permit(self, openapi: Mapping[str, Any], function: Function) -> None:
        """Let this API invoke the function's alias, for the document's operations at its stage and nothing else."""
        for path, method, operation in operations(openapi):
            # A parameter of the path is whatever the caller wrote.
            pattern = "/".join("*" if part.startswith("{") else part for part in path.split("/"))
            LambdaPermission(
                self,
                f"permit-{operation['operationId']}",
                statement_id=operation["operationId"],
                action="lambda:InvokeFunction",
                function_name=function.arn,
                qualifier=function.alias_name,
                principal="apigateway.amazonaws.com",
                source_arn=f"{self._rest_api.execution_arn}/{STAGE}/{method.upper()}{pattern}",
            )

    def _publish(self) -> None:
        deployment = ApiGatewayDeployment(
            self,
            "deployment",
            rest_api_id=self._rest_api.id,
            # A deployment is a snapshot: without a trigger, a change of the document would never go live. Nor would the
            # default endpoint be disabled ("Disable the default endpoint for REST APIs", its Developer Guide), when a
            # domain is set later: the body says nothing of it.
            triggers={"body": Fn.sha1(self._rest_api.body), "domain": self._deployment.settings.domain or ""},
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        access_log = log_group(
            self,
            "access-log",
            deployment=self._deployment,
            key=self._key,
            name=f"/tercet/{self._deployment.name('api-access', Kind.LOG_GROUP)}",
        )
        # API Gateway prescribes this name, and would make the group itself, unencrypted and kept for ever.
        execution_log = log_group(
            self,
            "execution-log",
            deployment=self._deployment,
            key=self._key,
            name=f"API-Gateway-Execution-Logs_{self._rest_api.id}/{STAGE}",
        )
        account = self._let_api_gateway_log()
        self._stage = ApiGatewayStage(
            self,
            "stage",
            rest_api_id=self._rest_api.id,
            deployment_id=deployment.id,
            stage_name=STAGE,
            xray_tracing_enabled=True,
            access_log_settings=ApiGatewayStageAccessLogSettings(
                destination_arn=access_log.arn, format=json.dumps(dict(_ACCESS_LOG))
            ),
            depends_on=[account, execution_log],
        )
        settings = self._deployment.settings
        ApiGatewayMethodSettings(
            self,
            "method-settings",
            rest_api_id=self._rest_api.id,
            stage_name=self._stage.stage_name,
            method_path="*/*",
            settings=ApiGatewayMethodSettingsSettings(
                metrics_enabled=True,
                logging_level="ERROR",
                data_trace_enabled=False,  # it would log whole requests, card tokens among them
                caching_enabled=False,
                throttling_rate_limit=settings.throttle_rate_per_s,
                throttling_burst_limit=settings.throttle_burst,
            ),
            depends_on=[account],
        )

    def _let_api_gateway_log(self) -> ApiGatewayAccount:
        """Name the role that API Gateway logs with.

        There is one such role for a whole account and region, not one for an API. Deployments that share both also
        share this setting: the last one applied wins, which does no harm, but destroying that one ends the logging of
        the others until they are applied again. Keep what must not be disturbed in an account of its own.
        """
        role = Role(
            self,
            "logging-role",
            deployment=self._deployment,
            # Without conditions: API Gateway's guide names none for this role, and it tries the role when it is set.
            service="apigateway.amazonaws.com",
            purpose="api-logging",
        )
        role.grant(
            "write-logs",
            Statement(
                [
                    "logs:CreateLogGroup",
                    "logs:CreateLogStream",
                    "logs:DescribeLogGroups",
                    "logs:DescribeLogStreams",
                    "logs:FilterLogEvents",
                    "logs:GetLogEvents",
                    "logs:PutLogEvents",
                ],
                ["*"],
                any_resource_because=(
                    "the role serves every API of the account, and API Gateway refuses one that allows less than "
                    "AmazonAPIGatewayPushToCloudWatchLogs does"
                ),
            ),
        )
        return ApiGatewayAccount(self, "account", cloudwatch_role_arn=role.arn, depends_on=[*role.grants])
