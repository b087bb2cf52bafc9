"""What stands in front of the embedded API: API Gateway's and Cognito's HTTP faces, over what Terraform deployed.

Imitated, after their developer guides: routing by stage and path, the Cognito authorizer with scopes, request
validation, gateway responses, the Lambda proxy integration, Cognito's token endpoint for client credentials, and of the
web ACL its limit on bodies. Not imitated: throttling, usage plans, caching, the rest of the web ACL, CORS, custom
domains, and every integration but ``aws_proxy``.

:func:`serve` is the way in; :mod:`tercet.local.front.clients` makes app clients and fetches tokens.
"""

from __future__ import annotations

from tercet.local.front.server import Front, serve

__all__ = ["Front", "serve"]
