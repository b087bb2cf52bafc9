"""Patterns of policies: ``*`` and ``?``, without backtracking that an input could make long."""

from __future__ import annotations

from typing import Final

MAX_LENGTH: Final = 2_048
"""Longer patterns and texts than this are no names of AWS: the longest ARN is shorter."""

_MAX_CELLS: Final = 100_000


def matches(pattern: str, text: str) -> bool:
    """Tell whether a pattern with ``*`` and ``?`` matches the whole text, in time of at most length times length."""
    if len(pattern) > MAX_LENGTH or len(text) > MAX_LENGTH:
        return pattern == text
    at, here, star, marked = 0, 0, -1, 0
    while here < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, marked = at, here
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[here]):
            at += 1
            here += 1
        elif star >= 0:
            at, marked = star + 1, marked + 1
            here = marked
        else:
            return False
    return all(one == "*" for one in pattern[at:])


def overlap(one: str, other: str) -> bool:
    """Tell whether some text matches both patterns; true where that would take too long to find out."""
    if "*" not in other and "?" not in other:
        return matches(one, other)
    if len(one) * len(other) > _MAX_CELLS:
        return True
    # Row by row: can the first i characters of one and the first j of the other match the same text?
    row = [True] + [False] * len(other)
    for j, right in enumerate(other):
        row[j + 1] = row[j] and right == "*"
    for left in one:
        before, row = row, [row[0] and left == "*"] + [False] * len(other)
        for j, right in enumerate(other):
            if left == "*" or right == "*":
                row[j + 1] = before[j] or (left == "*" and row[j]) or (right == "*" and before[j + 1])
                row[j + 1] = row[j + 1] or (left == "*" and before[j + 1]) or (right == "*" and row[j])
            else:
                row[j + 1] = before[j] and (left == right or "?" in (left, right))
    return row[-1]
