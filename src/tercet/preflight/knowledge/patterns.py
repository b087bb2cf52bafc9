"""Regular expressions of the API's models, made ready for Python, where that can be done safely.

The models are written for another dialect, and some of their expressions take exponentially long to fail. Those that
Python cannot read, or that could take long, are not used: then nothing is said of the value.
"""

from __future__ import annotations

import re
import warnings
from functools import cache, lru_cache
from typing import Final

LONGEST: Final = 2048
"""Characters of a string that is compared with a pattern; longer ones are not."""

_CLASSES: Final = {r"\p{Alnum}": "A-Za-z0-9", r"\p{Alpha}": "A-Za-z", r"\p{Digit}": "0-9"}
_FOREIGN: Final = re.compile(r"\\p\{|\\P\{|&&|\\u[dD][89a-fA-F]|\\x\{|\\[hHRXzZ]")
_TOKEN: Final = re.compile(
    r"\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:<?[=!:]|[imsx]+\)|P?<\w+>))?|[^\\\[(]",
    re.DOTALL,
)
_REPEAT: Final = re.compile(r"\{(\d*)(,?)(\d*)\}|[*+?]")
_WIDE: Final = 16
"""From this many repetitions more or less on, a repetition counts as unbounded."""

_LONGEST_BY_REPEATS: Final = (LONGEST, LONGEST, 512, 128, 64)
"""Unbounded repetitions in the expression → the longest string: the time to fail grows with that power of it."""


def matches(pattern: str, text: str) -> bool | None:
    """Tell whether the API takes a text; None where that is not known.

    An expression without ``^`` and ``$`` has to match the whole text, as the services' error messages show; one that
    has only one of them is taken at its word.
    """
    made = _compiled(pattern)
    if made is None or len(text) > made[1]:
        return None
    expression = made[0]
    half_open = pattern.startswith("^") != (pattern.endswith("$") and not pattern.endswith(r"\$"))
    return bool(expression.search(text) if half_open else expression.fullmatch(text))


@cache
def _compiled(pattern: str) -> tuple[re.Pattern[str], int] | None:
    """Compile a pattern of a model, as `compiled` does."""
    for foreign, own in _CLASSES.items():
        pattern = re.sub(rf"(?<!\[){re.escape(foreign)}", f"[{own}]", pattern).replace(foreign, own)
    return compiled(pattern, re.ASCII | re.DOTALL)


@lru_cache(maxsize=1_000)
def compiled(pattern: str, flags: re.RegexFlag) -> tuple[re.Pattern[str], int] | None:
    """Compile a pattern, and say how long a text it may be given; None where it cannot be used."""
    if len(pattern) > LONGEST or _FOREIGN.search(pattern):
        return None
    repeats = _unbounded_repeats(pattern)
    if repeats is None or repeats >= len(_LONGEST_BY_REPEATS):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a set inside a set means something else elsewhere
            return re.compile(pattern, flags), _LONGEST_BY_REPEATS[repeats]
    except (re.error, Warning, RecursionError, OverflowError):
        return None


def _unbounded_repeats(pattern: str) -> int | None:
    """Count the repetitions without a narrow bound; None where one stands inside another."""
    total = 0
    groups: list[bool] = []  # for each open group, whether it holds a repetition
    holds = False
    position = 0
    while position < len(pattern):
        token = _TOKEN.match(pattern, position)
        if token is None:
            return None
        position = token.end()
        if token[0].startswith("(") and not token[0].endswith(")"):
            groups.append(holds)
            holds = False
            continue
        inside = False
        if token[0] == ")":
            inside, holds = holds, (groups.pop() if groups else False) or holds
        if (repeat := _REPEAT.match(pattern, position)) and token[0] not in "|^(":
            position = repeat.end()
            varies, wide, many = _extent(repeat)
            if inside and many:
                return None
            total += wide
            holds = holds or varies
    return total


def _extent(repeat: re.Match[str]) -> tuple[bool, bool, bool]:
    """Tell whether a quantifier varies, whether it does so widely, and whether it may repeat at all."""
    if repeat[0] in "*+":
        return True, True, True
    if repeat[0] == "?":
        return True, False, False
    least = int(repeat[1] or 0)
    most = (int(repeat[3]) if repeat[3] else 10**6) if repeat[2] else least
    return most > least, most - least > _WIDE, most > 1
