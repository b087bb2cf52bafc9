"""What Terraform deployed: the REST API, its stage and its OpenAPI document.

moto keeps of PutRestApi's body the resources, methods and integrations, but neither scopes nor validators nor schemas
nor gateway responses. So the document is read from the ``body`` of ``aws_api_gateway_rest_api`` in Terraform's state,
which is what Terraform sent; and that the API, its stage and its operations stand is asked of the embedded AWS itself.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from tercet.local import environment

REREAD_AFTER_S: Final = 1.0
"""How long a change of the deployment may go unnoticed."""

_MAX_RESOURCES: Final = 500
_METHODS: Final = frozenset({"delete", "get", "head", "options", "patch", "post", "put"})


@dataclass(frozen=True, eq=False)
class DeployedApi:
    """An API with a stage.

    Parameters
    ----------
    document
        Its OpenAPI document, with API Gateway's extensions and without anything unresolved.
    resource_ids
        Path → id of the resource, of what the embedded AWS has.
    operations
        Path and method in small letters, of what the embedded AWS has.
    """

    rest_api_id: str
    stage: str
    region: str
    stage_variables: Mapping[str, str]
    document: Mapping[str, Any]
    resource_ids: Mapping[str, str]
    operations: frozenset[tuple[str, str]]


Source = Callable[[], DeployedApi | None]
"""Gives what is deployed now: the same object as long as nothing changed; ``None`` if nothing is deployed."""


class TerraformSource:
    """Reads Terraform's state, again whenever the file has changed, and asks the embedded AWS whether it is so.

    Parameters
    ----------
    state
        Path of the state of a stack with one REST API and one stage; it need not exist yet.
    """

    def __init__(self, state: Path, *, endpoint_url: str, region: str) -> None:
        self._state = state
        self._region = region
        self._client = environment.client("apigateway", endpoint=endpoint_url, region=region)
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._version: tuple[int, int] | None = None
        self._api: DeployedApi | None = None

    def __call__(self) -> DeployedApi | None:
        """Return what is deployed, at most :data:`REREAD_AFTER_S` old."""
        with self._lock:
            if time.monotonic() - self._looked_at >= REREAD_AFTER_S:
                self._look()
                self._looked_at = time.monotonic()
            return self._api

    def _look(self) -> None:
        try:
            status = self._state.stat()
        except FileNotFoundError:
            self._version, self._api = None, None
            return
        version = (status.st_mtime_ns, status.st_size)
        if version == self._version and self._api:
            return
        try:
            state = json.loads(self._state.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return  # Terraform is writing it; the next look finds it whole
        self._api = self._read(state)
        self._version = version

    def _read(self, state: Mapping[str, Any]) -> DeployedApi | None:
        api = _only(state, "aws_api_gateway_rest_api")
        stage = _only(state, "aws_api_gateway_stage")
        if not api or not stage or not api.get("body"):
            return None
        try:
            self._client.get_stage(restApiId=api["id"], stageName=stage["stage_name"])
            items = self._client.get_resources(restApiId=api["id"], limit=_MAX_RESOURCES)["items"]
        except (BotoCoreError, ClientError):
            return None  # in the state, but not, or not yet, or no longer there
        return DeployedApi(
            rest_api_id=api["id"],
            stage=stage["stage_name"],
            region=self._region,
            stage_variables=stage.get("variables") or {},
            document=json.loads(api["body"]),
            resource_ids={item["path"]: item["id"] for item in items},
            operations=frozenset(
                (item["path"], method.lower())
                for item in items
                for method in item.get("resourceMethods", {})
                if method.lower() in _METHODS
            ),
        )


def _only(state: Mapping[str, Any], kind: str) -> Mapping[str, Any] | None:
    """Return the attributes of the first managed resource of a kind (state format 4)."""
    for resource in state.get("resources", ()):
        if resource.get("mode") == "managed" and resource.get("type") == kind:
            for instance in resource["instances"]:
                attributes: Mapping[str, Any] = instance["attributes"]
                return attributes
    return None
