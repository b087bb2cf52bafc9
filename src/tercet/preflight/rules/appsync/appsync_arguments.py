"""APIs and data sources of AppSync that lack what their type needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

_API: Final = "aws_appsync_graphql_api"
_SOURCE: Final = "aws_appsync_datasource"
_OF_SOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "AMAZON_DYNAMODB": ("dynamodb_config", "service_role_arn"),
    "AMAZON_ELASTICSEARCH": ("elasticsearch_config", "service_role_arn"),
    "AMAZON_OPENSEARCH_SERVICE": ("opensearchservice_config", "service_role_arn"),
    "AMAZON_EVENTBRIDGE": ("event_bridge_config", "service_role_arn"),
    "AWS_LAMBDA": ("lambda_config", "service_role_arn"),
    "HTTP": ("http_config",),
    "RELATIONAL_DATABASE": ("relational_database_config", "service_role_arn"),
}
_OF_APIS: Final[Mapping[str, tuple[str, ...]]] = {
    "AMAZON_COGNITO_USER_POOLS": ("user_pool_config",),
    "AWS_LAMBDA": ("lambda_authorizer_config",),
    "OPENID_CONNECT": ("openid_connect_config",),
}
_PLACES: Final = {_API: ("authentication_type", _OF_APIS), _SOURCE: ("type", _OF_SOURCES)}

_EXAMPLE = """
resource "aws_appsync_datasource" "orders" {
  api_id           = "a1b2c3d4e5f6g7h8i9j0k1l2m3"
  name             = "orders"
  type             = "AWS_LAMBDA"
  service_role_arn = "arn:aws:iam::111122223333:role/payments-appsync-dev"
CONFIG}
"""

RULE = Rule(
    id="appsync-arguments",
    title="An API or a data source of AppSync lacks what its type needs",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A data source has a block for what it reads, and, unless it is an HTTP endpoint, a role to read it with. An "
        "API that users or a function authorize has a block for these."
    ),
    aws_error="BadRequestException: <configuration> is required",
    sources=(
        "https://docs.aws.amazon.com/appsync/latest/APIReference/API_CreateDataSource.html",
        "https://docs.aws.amazon.com/appsync/latest/APIReference/API_CreateGraphqlApi.html",
    ),
    resources=(_API, _SOURCE),
    failing=_EXAMPLE.replace("CONFIG", ""),
    passing=_EXAMPLE.replace(
        "CONFIG",
        """
  lambda_config {
    function_arn = "arn:aws:lambda:us-east-1:111122223333:function:payments-orders-dev"
  }
""",
    ),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the blocks with the type."""
    argument, needs = _PLACES[resource.type]
    kind = resource.text(argument)
    for needed in needs.get(str(kind), ()):
        if not resource.has(needed):
            yield Problem(
                resource,
                needed,
                f"{argument} is {kind}, and {needed} is missing.",
                fix=f"Add {needed}.",
                also={argument: str(kind)},
            )
