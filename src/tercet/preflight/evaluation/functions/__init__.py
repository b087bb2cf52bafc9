"""Terraform's functions, as far as they can be computed from the text alone.

What depends on the clock, on chance or on where it runs is not computed: its result is unknown.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import itertools
import math
import posixpath
import urllib.parse
from collections.abc import Callable
from typing import Final

from tercet.preflight.evaluation.functions import regular
from tercet.preflight.evaluation.functions.arithmetic import logarithm, power
from tercet.preflight.evaluation.functions.conversion import to_bool, to_number, tonumber, tostring
from tercet.preflight.evaluation.functions.encoding import base64decode, jsondecode, jsonencode
from tercet.preflight.evaluation.functions.files import read
from tercet.preflight.evaluation.functions.lists import (
    chunklist,
    coalesce,
    coalescelist,
    compact,
    concat,
    contains,
    difference,
    distinct,
    element,
    flatten,
    intersection,
    keys_of,
    length,
    looked_up,
    merged,
    numbers,
    only_one,
    part,
    quick,
    setproduct,
    tolist,
    toset,
    transpose,
    unchanged,
    values_of,
    zipmap,
)
from tercet.preflight.evaluation.functions.networks import cidrhost, cidrsubnet, cidrsubnets
from tercet.preflight.evaluation.functions.texts import formatlist, formatted, joined, replaced, substring, titled
from tercet.preflight.evaluation.functions.yaml_text import yamldecode
from tercet.preflight.evaluation.scope import MAX_ITEMS, MAX_TEXT, Scope, SetValue, is_failure, plain, unknown_from
from tercet.preflight.syntax.tree import Expression
from tercet.preflight.values import MAX_REFERENCES, Text, Unknown, Value, is_known, references_in


def call(name: str, arguments: list[Value], scope: Scope, *, evaluate: Callable[[Expression, Scope], Value]) -> Value:
    """Call a function.

    Parameters
    ----------
    name
        As in Terraform; ``core::`` before it is the same.
    arguments
        They may be unknown, and hold unknown values and whole resources.
    scope
        Where the call stands: files are read beside the module only.
    evaluate
        What evaluates an expression: the text of a template has some.
    """
    name = name.removeprefix("core::")
    if name not in KNOWN and "::" not in name:
        scope.names.undeclared(f"{name}()", "no-function")
        return Unknown(f"undeclared: {name}()")
    if (failure := next(filter(is_failure, arguments), None)) is not None:
        return failure
    if name not in _CHEAP and not scope.budget.spend(*arguments):
        return Unknown("the configuration takes too long to evaluate")
    try:
        if name in _FILES:
            return read(name, [plain(one) for one in arguments], scope, evaluate)
        if (structural := _STRUCTURAL.get(name)) is not None:
            result = structural(*arguments)
            if isinstance(result, Unknown) and name in _CHEAP:
                scope.budget.spend(*arguments)  # what it depends on was looked for
            return result
        values = [plain(one) for one in arguments]
        if (function := _ON_KNOWN.get(name)) is not None and all(is_known(one) for one in values):
            return _remembering(function(*values), values)
    except (
        TypeError,
        ValueError,
        KeyError,
        IndexError,
        OverflowError,
        ZeroDivisionError,
        AttributeError,
        RuntimeError,  # nested too deeply, or a link that leads to itself
        OSError,
    ):
        return unknown_from(f"{name}() cannot be computed from this", *arguments)
    return unknown_from(f"{name}() is computed only at apply", *arguments)


def _remembering(result: Value, arguments: list[Value]) -> Value:
    if type(result) is str:
        if len(result) > MAX_TEXT:
            return Unknown("the string is too long")
        if references := tuple(references_in(arguments)[:MAX_REFERENCES]):
            return Text(result, references)
    if isinstance(result, list) and len(result) > MAX_ITEMS:
        return Unknown("the list is too long")
    return result


_STRUCTURAL: Final[dict[str, Callable[..., Value]]] = {
    "coalesce": coalesce,
    "coalescelist": coalescelist,
    "compact": compact,
    "concat": concat,
    "contains": contains,
    "distinct": distinct,
    "element": element,
    "flatten": flatten,
    "format": formatted,
    "formatlist": formatlist,
    "join": joined,
    "jsondecode": jsondecode,
    "jsonencode": jsonencode,
    "keys": keys_of,
    "length": length,
    "lookup": looked_up,
    "merge": merged,
    "nonsensitive": unchanged,
    "one": only_one,
    "regex": regular.regex,
    "regexall": regular.regexall,
    "sensitive": unchanged,
    "setproduct": setproduct,
    "slice": part,
    "tobool": lambda value: to_bool(plain(value)),
    "tolist": tolist,
    "tomap": unchanged,
    "toset": toset,
    "tostring": tostring,
    "values": values_of,
    "zipmap": zipmap,
}


_ON_KNOWN: Final[dict[str, Callable[..., Value]]] = {
    "abs": abs,
    "alltrue": lambda items: all(to_bool(one) is True for one in items),
    "anytrue": lambda items: any(to_bool(one) is True for one in items),
    "base64decode": base64decode,
    "base64encode": lambda text: base64.b64encode(text.encode()).decode(),
    "base64sha256": lambda text: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode(),
    "basename": lambda path: posixpath.basename(path.rstrip("/")) if path.strip("/") else Unknown("it names no file"),
    "ceil": lambda number: math.ceil(to_number(number)),
    "chunklist": chunklist,
    "chomp": lambda text: text.rstrip("\r\n"),
    "cidrhost": cidrhost,
    "cidrnetmask": lambda prefix: str(ipaddress.ip_network(prefix, strict=False).netmask),
    "cidrsubnet": cidrsubnet,
    "cidrsubnets": cidrsubnets,
    "dirname": lambda path: posixpath.normpath(path[: path.rfind("/") + 1]),
    "endswith": lambda text, end: text.endswith(end),
    "floor": lambda number: math.floor(to_number(number)),
    "index": lambda items, one: items.index(one),
    "indent": lambda spaces, text: replaced(text, "\n", "\n" + " " * min(int(spaces), 100)),
    "log": logarithm,
    "lower": str.lower,
    "matchkeys": lambda items, keys, wanted: [one for one, key in zip(items, keys, strict=True) if key in wanted],
    "max": lambda *numbers: max(map(to_number, numbers)),
    "md5": lambda text: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
    "min": lambda *numbers: min(map(to_number, numbers)),
    "parseint": lambda text, base: int(text, int(base)) if len(text) < 300 else Unknown("the number is too long"),
    "pow": power,
    "range": numbers,
    "replace": replaced,
    "reverse": lambda items: items[::-1],
    "setintersection": lambda first, *rest: SetValue(intersection(first, [quick(other) for other in rest])),
    "setsubtract": lambda first, second: SetValue(difference(first, quick(second))),
    "setunion": lambda *sets: SetValue(distinct(list(itertools.chain(*sets)))),
    "sha1": lambda text: hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest(),
    "sha256": lambda text: hashlib.sha256(text.encode()).hexdigest(),
    "signum": lambda number: (to_number(number) > 0) - (to_number(number) < 0),
    "sort": lambda items: sorted(items),
    "split": lambda separator, text: (
        str(text).split(separator, MAX_ITEMS) if separator else list(text[: MAX_ITEMS + 1])
    ),
    "startswith": lambda text, start: text.startswith(start),
    "strcontains": lambda text, part: part in text,
    "strrev": lambda text: text[::-1],
    "substr": substring,
    "sum": lambda items: sum(map(to_number, items)),
    "title": titled,
    "tonumber": tonumber,
    "transpose": transpose,
    "trim": lambda text, cut: text.strip(cut),
    "trimprefix": lambda text, prefix: text.removeprefix(prefix),
    "trimspace": str.strip,
    "trimsuffix": lambda text, suffix: text.removesuffix(suffix),
    "upper": str.upper,
    "urlencode": lambda text: urllib.parse.quote_plus(text, safe="~"),
    "yamldecode": yamldecode,
}


_CHEAP: Final = frozenset(
    ("coalesce", "element", "length", "lookup", "nonsensitive", "one", "sensitive", "tolist", "tomap")
)
"""Functions that take no longer for a longer list."""


_FILES: Final = frozenset(("file", "templatefile", "fileexists"))


# fmt: off
KNOWN: Final = frozenset((
    "abs", "abspath", "alltrue", "anytrue", "base64decode", "base64encode", "base64gunzip", "base64gzip",
    "base64sha256", "base64sha512", "basename", "bcrypt", "can", "ceil", "chomp", "chunklist", "cidrcontains",
    "cidrhost", "cidrnetmask", "cidrsubnet", "cidrsubnets", "coalesce", "coalescelist", "compact", "concat",
    "contains", "convert", "csvdecode", "deprecated", "dirname", "distinct", "element", "endswith",
    "ephemeralasnull", "file", "filebase64", "filebase64sha256", "filebase64sha512", "fileexists", "filemd5",
    "fileset", "filesha1", "filesha256", "filesha512", "flatten", "floor", "format", "formatdate", "formatlist",
    "indent", "index", "issensitive", "join", "jsondecode", "jsonencode", "keys", "length", "log",
    "lookup", "lower", "matchkeys", "max", "md5", "merge", "min", "nonsensitive", "one", "parseint",
    "pathexpand", "plantimestamp", "pow", "range", "regex", "regexall", "replace", "reverse", "rsadecrypt",
    "sensitive", "setintersection", "setproduct", "setsubtract", "setunion", "sha1", "sha256", "sha512",
    "signum", "slice", "sort", "split", "startswith", "strcontains", "strrev", "substr", "sum", "templatefile",
    "templatestring", "textdecodebase64", "textencodebase64", "timeadd", "timecmp", "timestamp", "title",
    "tobool", "tolist", "tomap", "tonumber", "toset", "tostring", "transpose", "trim", "trimprefix",
    "trimspace", "trimsuffix", "try", "type", "upper", "urldecode", "urlencode", "uuid", "uuidv5", "values",
    "yamldecode", "yamlencode", "zipmap",
))
# fmt: on
# fmt: on
"""Functions that Terraform or OpenTofu has, be they evaluated here or not."""
