"""Terraform's functions, as far as they can be computed from the text alone.

What reads the clock, the network, or the user's regular expressions is not computed: its result is unknown.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import itertools
import json
import math
import posixpath
import re
import urllib.parse
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Final

from tercet.preflight.evaluation import regular
from tercet.preflight.evaluation.scope import (
    MAX_ITEMS,
    MAX_TEXT,
    ManyValue,
    ResourceValue,
    Scope,
    SetValue,
    is_failure,
    plain,
    unknown_from,
)
from tercet.preflight.values import (
    MAX_REFERENCES,
    Encoded,
    Reference,
    Template,
    Text,
    Unknown,
    Value,
    is_known,
    references_in,
)

MAX_FILE_BYTES: Final = 4 * 2**20


def call(name: str, arguments: list[Value], scope: Scope) -> Value:
    """Call a function.

    Parameters
    ----------
    name
        As in Terraform; ``core::`` before it is the same.
    arguments
        They may be unknown, and hold unknown values and whole resources.
    scope
        Where the call stands: files are read beside the module only.
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
            return _read_file(name, [plain(one) for one in arguments], scope)
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


def to_text(value: Value) -> str | None:
    """Convert a known scalar to a string as Terraform does; None where it is no known scalar."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**300 else None
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 2**63 else repr(value)
    return None


def to_number(value: Value) -> int | float:
    """Convert a known value to a number.

    Raises
    ------
    ValueError
        It is none.
    """
    if isinstance(value, bool) or value is None:
        raise ValueError("it is no number")
    if isinstance(value, int | float):
        return value
    text = str(value)
    if len(text) > 300:
        raise ValueError("it is no number")
    return int(text) if text.lstrip("-").isdigit() else float(text)


def to_bool(value: Value) -> Value:
    """Convert ``"true"`` and ``"false"``; anything else stays as it is."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(str(value), value)
    return value


def _is_whole(value: Value) -> bool:
    return not isinstance(value, Unknown | Reference | Template | Encoded | ManyValue)


def _jsonencode(value: Value) -> Value:
    structure = plain(value)
    if is_known(structure):
        text = _dumped(structure)
        if text is None:
            return Unknown("the string is too long")
        references = tuple(references_in(structure)[:MAX_REFERENCES])
        return Text(text, references) if references else text
    return Encoded(structure)


_ESCAPED: Final = {ord(one): f"\\u{ord(one):04x}" for one in "<>&\u2028\u2029"}
"""What Terraform's jsonencode() does not write as it is."""


def _dumped(structure: Value) -> str | None:
    """Write JSON text, up to the length that is allowed: what is shared may stand in it very often."""
    pieces: list[str] = []
    length = 0
    for part in json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, sort_keys=True).iterencode(structure):
        piece = part.translate(_ESCAPED)
        length += len(piece)
        if length > MAX_TEXT:
            return None
        pieces.append(piece)
    return "".join(pieces)


def _jsondecode(value: Value) -> Value:
    value = plain(value)
    if isinstance(value, Encoded):
        return value.structure
    if isinstance(value, str):
        return json.loads(value)
    return unknown_from("jsondecode() of what is known only after apply", value)


def _concat(*lists: Value) -> Value:
    if not all(isinstance(one, list) for one in lists):
        return unknown_from("concat() of what is known only after apply", *lists)
    return _bounded(itertools.chain(*lists))


def _bounded(items: Any) -> Value:
    made = list(itertools.islice(items, MAX_ITEMS + 1))
    return made if len(made) <= MAX_ITEMS else Unknown("the list is too long")


def _merge(*maps: Value) -> Value:
    made: dict[str, Value] = {}
    for one in maps:
        if one is None:
            continue
        if not isinstance(one, dict):
            return unknown_from("merge() of what is known only after apply", *maps)
        made.update(one)
    return made


def _flatten(value: Value) -> Value:
    made: list[Value] = []
    left = MAX_ITEMS * 2
    stack = [iter([value])]
    while stack:
        for one in stack[-1]:
            left -= 1
            if not left:
                return Unknown("the list is too long")
            if isinstance(one, list):
                if len(stack) > 50:
                    return Unknown("it is nested too deeply")
                stack.append(iter(one))
                break
            if not _is_whole(one) and not isinstance(one, Reference | Template):
                return unknown_from("flatten() of what is known only after apply", value)
            made.append(one)
            if len(made) > MAX_ITEMS:
                return Unknown("the list is too long")
        else:
            stack.pop()
    return made


def _keys(value: Value) -> Value:
    if isinstance(value, dict):
        return sorted(value)
    return unknown_from("keys() of what is known only after apply", value)


def _values(value: Value) -> Value:
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]
    if isinstance(value, ManyValue):
        return value
    return unknown_from("values() of what is known only after apply", value)


def _lookup(mapping: Value, key: Value, default: Value = None) -> Value:
    key = plain(key)
    if isinstance(mapping, dict) and isinstance(key, str):
        return mapping.get(key, default)
    return unknown_from("lookup() in what is known only after apply", mapping, key, default)


def _element(items: Value, index: Value) -> Value:
    index = plain(index)
    if isinstance(items, Reference) and isinstance(index, int):
        return items.then(index)
    if isinstance(items, list) and items and isinstance(index, int | float):
        return items[int(index) % len(items)]
    if isinstance(items, ManyValue):
        return ResourceValue(items.resource)
    return unknown_from("element() of what is known only after apply", items, index)


def _length(value: Value) -> Value:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list | dict):
        return len(value)
    return unknown_from("length() of what is known only after apply", value)


def _slice(items: Value, start: Value, end: Value) -> Value:
    start, end = plain(start), plain(end)
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start <= end):
        return unknown_from("slice() of what is known only after apply", items, start, end)
    if isinstance(items, Reference) and end - start <= 64:
        # The zones of a region: which they are is not known, but that they are different ones is.
        return [items.then(index) for index in range(start, end)]
    if isinstance(items, list):
        return items[start:end]
    return unknown_from("slice() of what is known only after apply", items)


def _same(value: Value, *_: Value) -> Value:
    return value


def _tolist(value: Value) -> Value:
    if isinstance(value, SetValue):
        return sorted(value) if all(isinstance(one, str) for one in value) else list(value)
    return value if not isinstance(value, dict) else list(value.values())


def _toset(value: Value) -> Value:
    if not isinstance(value, list):
        return value
    return SetValue(_distinct(value))


def _distinct(value: Value) -> Value:
    if not isinstance(value, list):
        return unknown_from("distinct() of what is known only after apply", value)
    made: list[Value] = []
    seen: set[Any] = set()
    for one in value:
        try:
            key: Any = (type(one) is bool, one)
            if key in seen:
                continue
            seen.add(key)
        except TypeError:  # lists and maps are kept, alike or not
            pass
        made.append(one)
    return made


def _coalesce(*values: Value) -> Value:
    for value in values:
        if isinstance(value, Unknown):
            return unknown_from("coalesce() of what is known only after apply", *values)
        if value is not None and value != "":
            return value
    return Unknown("there is no argument of coalesce() that is neither null nor empty")


def _coalescelist(*values: Value) -> Value:
    for value in values:
        if not isinstance(value, list):
            return unknown_from("coalescelist() of what is known only after apply", *values)
        if value:
            return value
    return Unknown("there is no argument of coalescelist() that is not empty")


def _compact(value: Value) -> Value:
    if not isinstance(value, list):
        return unknown_from("compact() of what is known only after apply", value)
    return [one for one in value if one not in (None, "")]


def _join(separator: Value, items: Value) -> Value:
    from tercet.preflight.evaluation.evaluate import join_parts

    separator, items = plain(separator), plain(items)
    if not isinstance(separator, str) or not isinstance(items, list):
        return unknown_from("join() of what is known only after apply", separator, items)
    parts: list[Value] = []
    for position, item in enumerate(items):
        parts.extend([separator, item] if position else [item])
    return join_parts(parts)


_VERB: Final = re.compile(r"%(?:(%)|(-|0)?(\d{1,3})?(?:\.(\d{1,2}))?([bdfoqsvxX]))")


def _format(template: Value, *arguments: Value) -> Value:
    from tercet.preflight.evaluation.evaluate import join_parts

    template = plain(template)
    if not isinstance(template, str):
        return unknown_from("format() of what is known only after apply", template, *arguments)
    parts: list[Value] = []
    left = iter(arguments)
    at = 0
    for found in _VERB.finditer(template):
        parts.append(template[at : found.start()])
        at = found.end()
        made = "%" if found[1] else _formatted(found, plain(next(left, Unknown("there is no argument for it"))))
        if made is None:
            return unknown_from("format() with a verb that is not computed", *arguments)
        parts.append(made)
    if "%" in _VERB.sub("", template):
        return unknown_from("format() with a verb that is not computed", *arguments)
    return join_parts([*parts, template[at:]])


def _formatted(found: re.Match[str], value: Value) -> Value:
    """Return one argument of ``format`` as its verb wants it; None where that is not computed."""
    _, flag, width, precision, verb = found.groups()
    if verb in "sdv" and not flag and not width and not precision:
        return value
    if verb in "qs" and isinstance(value, str) and not precision and flag != "0":
        text = json.dumps(str(value), ensure_ascii=False).translate(_ESCAPED) if verb == "q" else str(value)
        return text.ljust(int(width or 0)) if flag else text.rjust(int(width or 0))
    number = to_number(value)
    if verb in "sqv" or not isinstance(number, int | float) or isinstance(number, bool):
        return None
    if verb != "f" and (number < 0 or precision or not isinstance(number, int)):
        return None
    made = f"{number:.{precision or 6}f}" if verb == "f" else f"{number:{verb}}"
    return made.ljust(int(width or 0)) if flag == "-" else made.rjust(int(width or 0), flag or " ")


def _formatlist(template: Value, *arguments: Value) -> Value:
    if not all(isinstance(one, list | str | int | float) for one in arguments):
        return unknown_from("formatlist() of what is known only after apply", template, *arguments)
    lengths = {len(one) for one in arguments if isinstance(one, list)}
    if len(lengths) != 1:
        return unknown_from("formatlist() of lists that do not match", template, *arguments)
    return [
        _format(template, *(one[at] if isinstance(one, list) else one for one in arguments))
        for at in range(lengths.pop())
    ]


def _one(value: Value) -> Value:
    if isinstance(value, list) and len(value) <= 1:
        return value[0] if value else None
    if isinstance(value, ManyValue):
        return ResourceValue(value.resource)
    return unknown_from("one() of what is known only after apply", value)


def _zipmap(keys: Value, values: Value) -> Value:
    if isinstance(keys, list) and isinstance(values, list) and all(isinstance(key, str) for key in keys):
        return dict(zip(keys, values, strict=False))
    return unknown_from("zipmap() of what is known only after apply", keys, values)


def _setproduct(*sets: Value) -> Value:
    if not all(isinstance(one, list) for one in sets):
        return unknown_from("setproduct() of what is known only after apply", *sets)
    if math.prod(len(one) for one in sets) > MAX_ITEMS:
        return Unknown("the list is too long")
    return [list(one) for one in itertools.product(*sets)]


def _contains(items: Value, wanted: Value) -> Value:
    items, wanted = plain(items), plain(wanted)
    if isinstance(items, list) and is_known(wanted):
        if is_known(items):
            return wanted in items
        if any(is_known(one) and one == wanted for one in items):
            return True
    return unknown_from("contains() of what is known only after apply", items, wanted)


def _tostring(value: Value) -> Value:
    text = to_text(plain(value))
    return value if text is None or isinstance(value, str) else text


def _cidrsubnet(prefix: str, bits: int, number: int) -> str:
    network = ipaddress.ip_network(prefix, strict=False)
    length = network.prefixlen + int(bits)
    if length > network.max_prefixlen or not 0 <= int(number) < 2 ** int(bits):
        raise ValueError("there is no such subnet")
    start = int(network.network_address) + (int(number) << (network.max_prefixlen - length))
    return str(ipaddress.ip_network((start, length)))


def _cidrsubnets(prefix: str, *bits: int) -> list[str]:
    network = ipaddress.ip_network(prefix, strict=False)
    found, at = [], int(network.network_address)
    for more in bits:
        length = network.prefixlen + int(more)
        size = 1 << (network.max_prefixlen - length)
        at = (at + size - 1) // size * size
        found.append(str(ipaddress.ip_network((at, length))))
        at += size
    return found


def _cidrhost(prefix: str, number: int) -> str:
    network = ipaddress.ip_network(prefix, strict=False)
    return str(network[int(number)])


def _substr(text: str, offset: int, length: int) -> str:
    start = offset if offset >= 0 else len(text) + offset
    return text[start:] if length < 0 else text[start : start + length]


def _replace(text: str, old: str, new: str) -> Value:
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return regular.replaced(old[1:-1], text, new) if len(text) * (len(new) + 1) < MAX_TEXT else _TOO_LONG
    if len(text) + text.count(old) * len(new) > MAX_TEXT:
        return _TOO_LONG
    return text.replace(old, new)


_TOO_LONG: Final = Unknown("the string is too long")


def _quick(items: list[Value]) -> Collection[Value]:
    """Return items for looking into often."""
    try:
        return frozenset(items)
    except TypeError:  # there are lists and maps among them
        if len(items) > 1_000:
            raise ValueError("it takes too long") from None
        return items


def _intersection(first: list[Value], others: list[Collection[Value]]) -> Value:
    return [one for one in first if all(one in other for other in others)]


def _difference(first: list[Value], second: Collection[Value]) -> Value:
    return [one for one in first if one not in second]


def _range(*numbers: Any) -> Value:
    made = range(*(int(number) for number in numbers))
    # Of one that is longer it is known only that its length is none that is meant.
    return list(made) if len(made) <= MAX_ITEMS else Unknown("the list is too long")


def _log(number: Any, base: Any) -> Value:
    number, base = to_number(number), to_number(base)
    made = math.log(number) / math.log(base)
    if abs(made - round(made)) > 1e-9:
        return made
    # Powers of two come out whole; of others the last digit may differ from Terraform's, and so what ceil() makes.
    return round(made) if base == 2 else Unknown("log() of this is computed only at apply")


def _pow(base: Any, power: Any) -> Value:
    made = math.pow(to_number(base), to_number(power))
    return int(made) if made.is_integer() and abs(made) < 2**53 else made


def _title(text: str) -> str:
    """Make the first letter of each word a capital one, and leave the others."""
    return re.sub(r"(?<!\w)[^\W\d_]", lambda found: found[0].upper(), text)


def _transpose(lists: dict[str, list[str]]) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {}
    for key in sorted(lists):
        for one in lists[key]:
            made.setdefault(one, []).append(key)
    return {one: made[one] for one in sorted(made)}


def _chunklist(items: list[Value], size: Any) -> Value:
    step = int(to_number(size))
    return [items[at : at + step] for at in range(0, len(items), step)] if step else [items]


def _tonumber(value: Value) -> Value:
    return None if value is None else to_number(value)


def _base64decode(text: str) -> str:
    return base64.b64decode(text, validate=True).decode("utf-8")


_STRUCTURAL: Final[dict[str, Callable[..., Value]]] = {
    "coalesce": _coalesce,
    "coalescelist": _coalescelist,
    "compact": _compact,
    "concat": _concat,
    "contains": _contains,
    "distinct": _distinct,
    "element": _element,
    "flatten": _flatten,
    "format": _format,
    "formatlist": _formatlist,
    "join": _join,
    "jsondecode": _jsondecode,
    "jsonencode": _jsonencode,
    "keys": _keys,
    "length": _length,
    "lookup": _lookup,
    "merge": _merge,
    "nonsensitive": _same,
    "one": _one,
    "regex": regular.regex,
    "regexall": regular.regexall,
    "sensitive": _same,
    "setproduct": _setproduct,
    "slice": _slice,
    "tobool": lambda value: to_bool(plain(value)),
    "tolist": _tolist,
    "tomap": _same,
    "toset": _toset,
    "tostring": _tostring,
    "values": _values,
    "zipmap": _zipmap,
}

_ON_KNOWN: Final[dict[str, Callable[..., Value]]] = {
    "abs": abs,
    "alltrue": lambda items: all(to_bool(one) is True for one in items),
    "anytrue": lambda items: any(to_bool(one) is True for one in items),
    "base64decode": _base64decode,
    "base64encode": lambda text: base64.b64encode(text.encode()).decode(),
    "base64sha256": lambda text: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode(),
    "basename": lambda path: posixpath.basename(path.rstrip("/")) if path.strip("/") else Unknown("it names no file"),
    "ceil": lambda number: math.ceil(to_number(number)),
    "chunklist": _chunklist,
    "chomp": lambda text: text.rstrip("\r\n"),
    "cidrhost": _cidrhost,
    "cidrnetmask": lambda prefix: str(ipaddress.ip_network(prefix, strict=False).netmask),
    "cidrsubnet": _cidrsubnet,
    "cidrsubnets": _cidrsubnets,
    "dirname": lambda path: posixpath.normpath(path[: path.rfind("/") + 1]),
    "endswith": lambda text, end: text.endswith(end),
    "floor": lambda number: math.floor(to_number(number)),
    "index": lambda items, one: items.index(one),
    "indent": lambda spaces, text: _replace(text, "\n", "\n" + " " * min(int(spaces), 100)),
    "log": _log,
    "lower": str.lower,
    "matchkeys": lambda items, keys, wanted: [one for one, key in zip(items, keys, strict=True) if key in wanted],
    "max": lambda *numbers: max(map(to_number, numbers)),
    "md5": lambda text: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
    "min": lambda *numbers: min(map(to_number, numbers)),
    "parseint": lambda text, base: int(text, int(base)) if len(text) < 300 else Unknown("the number is too long"),
    "pow": _pow,
    "range": _range,
    "replace": _replace,
    "reverse": lambda items: items[::-1],
    "setintersection": lambda first, *rest: SetValue(_intersection(first, [_quick(other) for other in rest])),
    "setsubtract": lambda first, second: SetValue(_difference(first, _quick(second))),
    "setunion": lambda *sets: SetValue(_distinct(list(itertools.chain(*sets)))),
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
    "substr": _substr,
    "sum": lambda items: sum(map(to_number, items)),
    "title": _title,
    "tonumber": _tonumber,
    "transpose": _transpose,
    "trim": lambda text, cut: text.strip(cut),
    "trimprefix": lambda text, prefix: text.removeprefix(prefix),
    "trimspace": str.strip,
    "trimsuffix": lambda text, suffix: text.removesuffix(suffix),
    "upper": str.upper,
    "urlencode": lambda text: urllib.parse.quote_plus(text, safe="~"),
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
"""Functions that Terraform or OpenTofu has, be they evaluated here or not."""


def _read_file(name: str, arguments: list[Value], scope: Scope) -> Value:
    """Read a file of the module's own tree; one outside is not looked at."""
    folder: Path | None = getattr(scope.names, "folder", None)
    root: Path | None = getattr(scope.names, "tree", None)
    if folder is None or root is None or not isinstance(arguments[0], str):
        return unknown_from(f"{name}() of a file that is not at hand", *arguments)
    path = (folder / str(arguments[0])).resolve()
    if not path.is_relative_to(root.resolve()) or not path.is_file() or path.stat().st_size > MAX_FILE_BYTES:
        return unknown_from(f"{name}() of a file that is not at hand", *arguments)
    if name == "fileexists":
        return True
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        return unknown_from(f"{name}() of a file that cannot be read", *arguments)
    if not scope.budget.spend(text):
        return Unknown("the configuration takes too long to evaluate")
    if name == "file":
        return text
    return _template(text, arguments[1] if len(arguments) > 1 else {}, scope)


def _template(text: str, names: Value, scope: Scope) -> Value:
    from tercet.preflight.evaluation.evaluate import value_of
    from tercet.preflight.syntax import hcl

    if not isinstance(names, dict):
        return unknown_from("templatefile() with names that are known only after apply", names)
    return value_of(hcl.template(text), Scope(scope.names, scope.budget, dict(names)))
