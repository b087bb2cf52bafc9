"""How an operation is added to moto, or a behaviour of it changed, without repeating the plumbing.

A module under ``operations`` or ``fixes`` makes one :class:`Extension` named ``EXTENSION`` and registers what it adds:

>>> EXTENSION = Extension()
>>> @EXTENSION.operation("backup", "DeleteBackupSelection")
... def delete_backup_selection(call: Call) -> Answer:
...     SELECTIONS.of(call).pop(call.params["SelectionId"], None)
...     return {}

Parameters arrive parsed and answers leave serialized according to botocore's model of the service, whatever its
protocol; the route of a REST operation is taken from the same model. Nothing changes in moto before
:meth:`Extension.install`.
"""

from __future__ import annotations

import functools
import importlib
import re
import weakref
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Generic, TypeVar

from moto.core.exceptions import ServiceException
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import determine_request_protocol
from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores, get_service_model

T = TypeVar("T")
Answer = Mapping[str, Any]

_LABEL: Final = re.compile(r"\{(\w+)(\+?)\}")
_MOTO_PACKAGES: Final = {
    "lambda": "awslambda",
    "application-autoscaling": "applicationautoscaling",
    "cognito-idp": "cognitoidp",
}
"""Packages of moto that are not named after the service in botocore."""


@dataclass(frozen=True)
class Call:
    """One request to an added operation.

    Parameters
    ----------
    params
        The request's members, named and typed as in botocore's model.
    account, region
        What the caller's credentials and signature name.
    """

    params: Mapping[str, Any]
    account: str
    region: str

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


class State(Generic[T]):
    """What an added operation remembers: one dictionary per account and region, emptied when a server stops."""

    _all: ClassVar[weakref.WeakSet[State[Any]]] = weakref.WeakSet()

    def __init__(self) -> None:
        self._by_place: defaultdict[tuple[str, str], dict[str, T]] = defaultdict(dict)
        State._all.add(self)

    def of(self, call: Call) -> dict[str, T]:
        """Return the dictionary of the caller's account and region."""
        return self._by_place[call.account, call.region]

    def everywhere(self) -> list[T]:
        """Return the values of all accounts and regions."""
        return [value for place in list(self._by_place.values()) for value in list(place.values())]

    @classmethod
    def clear_all(cls) -> None:
        """Forget everything that added operations remember."""
        for state in cls._all:
            state._by_place.clear()


class Refusal(ServiceException):  # type: ignore[misc]  # mypy does not follow moto
    """The error of a service; a class of ours, because moto looks for the model in the module of the class."""


def refuse(code: str, message: str) -> Refusal:
    """Return the service's error ``code``, to be raised; its HTTP status comes from botocore's model."""
    return Refusal(code, message)


class Extension:
    """What one module adds to moto or changes in it; :meth:`install` applies it, once."""

    def __init__(self) -> None:
        self._steps: list[Callable[[], None]] = []

    def install(self) -> None:
        """Apply everything registered. A second call does nothing."""
        while self._steps:
            self._steps.pop(0)()

    def operation(self, service: str, name: str) -> Callable[[Callable[[Call], Answer]], Callable[[Call], Answer]]:
        """Register the function as the operation ``name`` of ``service`` (botocore's names)."""

        def register(answer: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
            self._steps.append(lambda: _add_operation(service, name, answer))
            return answer

        return register

    def around(self, target: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register the function to run in place of ``target``; its first argument is what it replaces.

        Parameters
        ----------
        target
            ``"module:Class.attribute"`` or ``"module:function"``; a property stays a property.
        """

        def register(replacement: Callable[..., Any]) -> Callable[..., Any]:
            self._steps.append(lambda: _replace(target, replacement))
            return replacement

        return register


def _add_operation(service: str, name: str, answer: Callable[[Call], Answer]) -> None:
    package = _MOTO_PACKAGES.get(service, service)
    response_class = _response_class(package)

    def method(self: Any) -> Any:
        call = Call(_parameters(self, service, name), self.current_account, self.region)
        return ActionResult(answer(call))

    method.__name__ = camelcase_to_underscores(name)
    setattr(response_class, method.__name__, method)
    path = get_service_model(service).operation_model(name).http.get("requestUri", "/")
    urls = importlib.import_module(f"moto.{package}.urls")
    if path != "/":
        for end in ("$", "/$"):  # boto3 ends some paths in a slash, the AWS provider ends none
            urls.url_paths.setdefault("{0}" + _route(path) + end, response_class.dispatch)


def _response_class(package: str) -> Any:
    """Find moto's class that answers for a service: the one that its routes dispatch to."""
    urls = importlib.import_module(f"moto.{package}.urls")
    return next(
        owner if isinstance(owner, type) else type(owner)
        for owner in (getattr(handler, "__self__", None) for handler in urls.url_paths.values())
        if owner is not None
    )


def _parameters(response: Any, service: str, name: str) -> Mapping[str, Any]:
    model = get_service_model(service)
    request = response.normalized_request
    parser = PROTOCOL_PARSERS[determine_request_protocol(model, request.content_type)](
        model.operation_model(name), map_type=dict
    )
    parsed: Mapping[str, Any] = parser.parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.data,
            "url_path": request.path,
            "url_params": response.uri_match,
        }
    )
    return parsed


def _route(request_uri: str) -> str:
    """Turn botocore's ``/plans/{planId}/selections/`` into the regular expression that moto's routes are made of."""
    path = request_uri.split("?")[0].rstrip("/")
    return _LABEL.sub(lambda label: f"(?P<{label[1]}>{'.+' if label[2] else '[^/]+'})", path)


def _replace(target: str, replacement: Callable[..., Any]) -> None:
    module_name, _, path = target.partition(":")
    *owners, attribute = path.split(".")
    owner = functools.reduce(getattr, owners, importlib.import_module(module_name))
    original = vars(owner)[attribute]
    if isinstance(original, property):
        getter = original.fget
        setattr(owner, attribute, original.getter(lambda self: replacement(getter, self)))
        return

    @functools.wraps(original)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return replacement(original, *args, **kwargs)

    setattr(owner, attribute, wrapper)
