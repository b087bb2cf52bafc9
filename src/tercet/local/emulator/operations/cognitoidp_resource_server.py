"""DeleteResourceServer and UpdateResourceServer of Cognito user pools.

Plain moto answers 500, which the AWS provider retries, so that nothing with a resource server can be destroyed.
Delete this module when moto serves both operations.
"""

from __future__ import annotations

from typing import Any

from moto.cognitoidp.models import cognitoidp_backends

from tercet.local.emulator.extension import Answer, Call, Extension

EXTENSION = Extension()


def _server(call: Call) -> tuple[dict[str, Any], Any]:
    """Return the pool's servers and the one that the caller names; moto refuses one that does not exist."""
    backend = cognitoidp_backends[call.account][call.region]
    pool_id, identifier = call.params["UserPoolId"], call.params["Identifier"]
    server = backend.describe_resource_server(pool_id, identifier)
    return backend.describe_user_pool(pool_id).resource_servers, server


@EXTENSION.operation("cognito-idp", "DeleteResourceServer")
def delete_resource_server(call: Call) -> Answer:
    """Forget the server."""
    servers, _ = _server(call)
    del servers[call.params["Identifier"]]
    return {}


@EXTENSION.operation("cognito-idp", "UpdateResourceServer")
def update_resource_server(call: Call) -> Answer:
    """Replace name and scopes."""
    _, server = _server(call)
    server.name = call.params["Name"]
    server.scopes = call.params.get("Scopes", [])
    return {"ResourceServer": server.to_json()}
