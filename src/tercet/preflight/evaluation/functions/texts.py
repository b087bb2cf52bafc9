"""Strings: joined, formatted, cut."""

from __future__ import annotations

import itertools
import json
import re
from typing import Final

from tercet.preflight.evaluation.functions import regular
from tercet.preflight.evaluation.functions.conversion import to_number, to_text
from tercet.preflight.evaluation.functions.encoding import ESCAPED
from tercet.preflight.evaluation.scope import MAX_PARTS, MAX_TEXT, plain, unknown_from
from tercet.preflight.values import MAX_REFERENCES, Reference, Template, Text, Unknown, Value


def join_parts(values: list[Value]) -> Value:
    """Join the parts of a template into a string, or into as much of one as is known."""
    parts: list[Value] = []
    references: dict[Reference, None] = {}
    length = 0
    for value in values:
        if isinstance(value, Text) and len(references) < MAX_REFERENCES:
            references.update(dict.fromkeys(value.references))
        text = to_text(value)
        new = value.parts if isinstance(value, Template) else (value if text is None else text,)
        length += sum(len(part) for part in new if isinstance(part, str))
        parts.extend(new)
        if length > MAX_TEXT or len(parts) > MAX_PARTS * 4:
            return unknown_from("the string is too long", *values[:MAX_REFERENCES])
    merged = _merged(parts)
    if all(isinstance(part, str) for part in merged):
        known = "".join(merged)
        return Text(known, tuple(references)) if references else known
    if len(merged) > MAX_PARTS:
        return unknown_from("the string is too long", *values[:MAX_REFERENCES])
    return Template(tuple(merged))


def _merged(parts: list[Value]) -> list[Value]:
    """Known parts that follow one another become one; empty ones go."""
    merged: list[Value] = []
    for is_known_text, group in itertools.groupby(parts, lambda part: isinstance(part, str)):
        if not is_known_text:
            merged.extend(group)
        elif text := "".join(group):
            merged.append(text)
    return merged


def joined(separator: Value, items: Value) -> Value:
    """Join strings with a separator, as much of them as is known."""
    separator, items = plain(separator), plain(items)
    if not isinstance(separator, str) or not isinstance(items, list):
        return unknown_from("join() of what is known only after apply", separator, items)
    parts: list[Value] = []
    for position, item in enumerate(items):
        parts.extend([separator, item] if position else [item])
    return join_parts(parts)


_VERB: Final = re.compile(r"%(?:(%)|(-|0)?(\d{1,3})?(?:\.(\d{1,2}))?([bdfoqsvxX]))")


def formatted(template: Value, *arguments: Value) -> Value:
    """Put values into a format, as much of the text as is known."""
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
        text = json.dumps(str(value), ensure_ascii=False).translate(ESCAPED) if verb == "q" else str(value)
        return text.ljust(int(width or 0)) if flag else text.rjust(int(width or 0))
    number = to_number(value)
    if verb in "sqv" or not isinstance(number, int | float) or isinstance(number, bool):
        return None
    if verb != "f" and (number < 0 or precision or not isinstance(number, int)):
        return None
    made = f"{number:.{precision or 6}f}" if verb == "f" else f"{number:{verb}}"
    return made.ljust(int(width or 0)) if flag == "-" else made.rjust(int(width or 0), flag or " ")


def formatlist(template: Value, *arguments: Value) -> Value:
    """Format each item of lists."""
    if not all(isinstance(one, list | str | int | float) for one in arguments):
        return unknown_from("formatlist() of what is known only after apply", template, *arguments)
    lengths = {len(one) for one in arguments if isinstance(one, list)}
    if len(lengths) != 1:
        return unknown_from("formatlist() of lists that do not match", template, *arguments)
    return [
        formatted(template, *(one[at] if isinstance(one, list) else one for one in arguments))
        for at in range(lengths.pop())
    ]


def substring(text: str, offset: int, length: int) -> str:
    """Return a part of a string."""
    start = offset if offset >= 0 else len(text) + offset
    return text[start:] if length < 0 else text[start : start + length]


_TOO_LONG: Final = Unknown("the string is too long")


def replaced(text: str, old: str, new: str) -> Value:
    """Replace text, or what a regular expression between slashes matches."""
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return regular.replaced(old[1:-1], text, new) if len(text) * (len(new) + 1) < MAX_TEXT else _TOO_LONG
    if len(text) + text.count(old) * len(new) > MAX_TEXT:
        return _TOO_LONG
    return text.replace(old, new)


def titled(text: str) -> str:
    """Make the first letter of each word a capital one, and leave the others."""
    return re.sub(r"(?<!\w)[^\W\d_]", lambda found: found[0].upper(), text)
