"""YAML, read as Terraform reads it."""

from __future__ import annotations

import functools
import re
from typing import Any, Final

from tercet.preflight.values import Unknown, Value

_MAX_CHARACTERS: Final = 100_000
_MAX_VALUES: Final = 20_000
_MAX_LEVELS: Final = 50

_PLAIN: Final = {
    "bool": "true|True|TRUE|false|False|FALSE",
    "null": "~|null|Null|NULL|",
    "int": "[-+]?(?:0|[1-9][0-9]*)",
    "float": r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+",
    "merge": "<<",
}
"""Kind → what is of it without quotes; the rest is a string."""
_DOUBTFUL: Final = (
    "y|Y|n|N|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF"  # true and false, in one version of YAML
    r"|[-+]?[0-9][0-9_]*|[-+]?0[xob][0-9a-fA-F_]+"
    r"|[-+]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9_]+)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)"
    r"|[0-9]{4}-.*"
)
"""Other ways to write truth, numbers and dates: how Terraform reads them depends on its version."""


@functools.cache
def _loader() -> Any:
    """Return a loader whose plain scalars are those of Terraform's own reader: ``04:00`` is a string.

    PyYAML is imported with the first text, because that takes a tenth of what a whole check does.

    Source: https://github.com/zclconf/go-cty-yaml/blob/main/resolve.go
    """
    import yaml

    loader: Any = type("Loader", (yaml.SafeLoader,), {"yaml_implicit_resolvers": {}})
    for kind, pattern in _PLAIN.items():
        loader.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(f"(?:{pattern})\\Z"), None)
    loader.add_implicit_resolver("!doubtful", re.compile(f"(?:{_DOUBTFUL})\\Z"), None)
    loader.add_constructor("!doubtful", _doubtful)
    return loader


def _doubtful(_: Any, node: Any) -> Unknown:
    return Unknown(f"{node.value} in YAML is read in more ways than one")


def yamldecode(text: str) -> Value:
    """Read one document.

    Raises
    ------
    ValueError
        It is no YAML, larger than anything that somebody wrote, or contains itself.
    """
    if len(text) > _MAX_CHARACTERS:
        raise ValueError("the text is too long")
    import yaml

    try:
        document = yaml.load(text, Loader=_loader())  # noqa: S506  (a safe loader)
    except yaml.YAMLError as error:
        raise ValueError("it is no YAML") from error
    left = [_MAX_VALUES]
    return _as_terraform(document, left, _MAX_LEVELS)


def _as_terraform(value: Any, left: list[int], levels: int) -> Value:
    """Return a value with names for keys; what aliases share is counted as often as it stands there."""
    left[0] -= 1
    if left[0] < 0 or not levels:
        raise ValueError("it is too large")
    if isinstance(value, dict):
        return {_key(name): _as_terraform(one, left, levels - 1) for name, one in value.items()}
    if isinstance(value, list):
        return [_as_terraform(one, left, levels - 1) for one in value]
    if value is None or isinstance(value, str | bool | int | float | Unknown):
        return value
    raise ValueError("it has a type of its own")


def _key(name: Any) -> str:
    """Return the name of a value in a map; one that is doubtful makes the whole map so."""
    if isinstance(name, bool):
        return str(name).lower()
    if isinstance(name, str | int):
        return str(name)
    raise ValueError("a key is no name")
