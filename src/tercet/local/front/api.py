"""The operations of a deployed API: found by path and method, each with what it demands of a request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from jsonschema import Draft4Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from tercet.local.front.deployed import DeployedApi

_DOCUMENT: Final = "urn:tercet:openapi"
_PARAMETER: Final = re.compile(r"\{([A-Za-z0-9_.-]+)(\+?)\}")
_FUNCTION: Final = re.compile(r":lambda:path/[^/]+/functions/(?P<arn>arn:[^/]+)/invocations$")


@dataclass(frozen=True)
class Operation:
    """One method of one path.

    Parameters
    ----------
    path
        The template, such as ``/v1/payments/{payment_id}``.
    user_pool_ids
        Pools whose tokens are admitted; empty if anyone is.
    scopes
        One of these must be in the token; empty if any token will do.
    required_parameters
        Place (``header``, ``query``) and name.
    bodies
        Media type → validator; empty if bodies are not checked.
    body_required
        Whether a request without a body is refused.
    function_arn
        What the integration invokes.
    """

    path: str
    method: str
    resource_id: str
    user_pool_ids: frozenset[str]
    scopes: frozenset[str]
    required_parameters: tuple[tuple[str, str], ...]
    bodies: Mapping[str, Draft4Validator]
    body_required: bool
    function_arn: str


class Api:
    """The document of a deployed API, compiled once."""

    def __init__(self, deployed: DeployedApi) -> None:
        self.deployed = deployed
        self._document = deployed.document
        self._registry: Registry[Any] = Registry().with_resource(_DOCUMENT, DRAFT4.create_resource(deployed.document))
        self._routes = [
            (_pattern(path), {method: self._operation(path, method) for method in methods})
            for path, methods in self._methods_by_path().items()
        ]

    @property
    def gateway_responses(self) -> Mapping[str, Mapping[str, Any]]:
        """Response type → how it is to look."""
        responses: Mapping[str, Mapping[str, Any]] = self._document.get("x-amazon-apigateway-gateway-responses", {})
        return responses

    @property
    def user_pool_ids(self) -> frozenset[str]:
        """Every pool that an authorizer of this API names."""
        return frozenset(
            pool for _, methods in self._routes for operation in methods.values() for pool in operation.user_pool_ids
        )

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """Find an operation and its path parameters, by a path without the stage and still percent-encoded."""
        for pattern, methods in self._routes:
            match = pattern.fullmatch(path)
            if match and (operation := methods.get(method.lower())):
                names = [name for name, _ in _PARAMETER.findall(operation.path)]
                return operation, dict(zip(names, map(unquote, match.groups()), strict=True))
        return None

    def _methods_by_path(self) -> dict[str, list[str]]:
        """Take what stands both in the document and in the embedded AWS, paths without parameters first."""
        return {
            path: [method for method in item if (path, method) in self.deployed.operations]
            for path, item in sorted(self._document["paths"].items(), key=lambda each: each[0].count("{"))
        }

    def _operation(self, path: str, method: str) -> Operation:
        item = self._document["paths"][path]
        operation = item[method]
        pools, scopes = self._authorization(operation)
        checks = self._checks(operation)
        body = operation.get("requestBody") or {}
        validate_body = bool(checks.get("validateRequestBody"))
        integration = operation.get("x-amazon-apigateway-integration") or {}
        function = _FUNCTION.search(str(integration.get("uri", "")))
        return Operation(
            path=path,
            method=method,
            resource_id=self.deployed.resource_ids[path],
            user_pool_ids=pools,
            scopes=scopes,
            required_parameters=tuple(
                (parameter["in"], parameter["name"])
                for parameter in [*item.get("parameters", ()), *operation.get("parameters", ())]
                if checks.get("validateRequestParameters")
                and parameter.get("required")
                and parameter.get("in") in {"header", "query"}
            ),
            bodies={
                media_type: self._validator(path, method, media_type)
                for media_type, content in body.get("content", {}).items()
                if validate_body and "schema" in content
            },
            body_required=validate_body and bool(body.get("required")),
            function_arn=function["arn"] if function else "",
        )

    def _checks(self, operation: Mapping[str, Any]) -> Mapping[str, Any]:
        name = operation.get(
            "x-amazon-apigateway-request-validator", self._document.get("x-amazon-apigateway-request-validator")
        )
        checks: Mapping[str, Any] = self._document.get("x-amazon-apigateway-request-validators", {}).get(name, {})
        return checks

    def _authorization(self, operation: Mapping[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
        schemes = (self._document.get("components") or {}).get("securitySchemes") or {}
        pools: set[str] = set()
        scopes: set[str] = set()
        for requirement in operation.get("security", self._document.get("security", ())):
            for scheme, wanted in requirement.items():
                authorizer = schemes[scheme]["x-amazon-apigateway-authorizer"]
                pools |= {str(arn).rpartition("/")[2] for arn in authorizer["providerARNs"]}
                scopes |= set(wanted)
        return frozenset(pools), frozenset(scopes)

    def _validator(self, path: str, method: str, media_type: str) -> Draft4Validator:
        # API Gateway's models are JSON schema draft 4 ("Data models for REST APIs", its Developer Guide).
        steps = ("paths", path, method, "requestBody", "content", media_type, "schema")
        pointer = "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps)
        # The pointer is part of a URI, in which braces and the like would have to be quoted.
        quoted = pointer.replace("%", "%25").replace("{", "%7B").replace("}", "%7D")
        return Draft4Validator({"$ref": f"{_DOCUMENT}#/{quoted}"}, registry=self._registry)


def _pattern(path: str) -> re.Pattern[str]:
    parts: list[str] = []
    position = 0
    for match in _PARAMETER.finditer(path):
        parts += [re.escape(path[position : match.start()]), "(.+)" if match[2] else "([^/]+)"]
        position = match.end()
    return re.compile("".join([*parts, re.escape(path[position:])]))
