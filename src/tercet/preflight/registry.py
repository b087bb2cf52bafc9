"""Finds the rules: every module below ``tercet.preflight.rules`` that has a ``RULE``."""

from __future__ import annotations

import difflib
import fnmatch
import functools
import importlib
import pkgutil
from collections.abc import Iterable, Mapping

from tercet.errors import PreflightError
from tercet.preflight import rules
from tercet.preflight.programs.rules import PROGRAM_RULES
from tercet.preflight.rule import Rule


@functools.cache
def all_rules() -> Mapping[str, Rule]:
    """Return every rule by its id, in the order of ids."""
    found: dict[str, Rule] = {}
    for module in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}."):
        if module.ispkg or module.name.rsplit(".", 1)[-1].startswith("_"):
            continue
        rule = getattr(importlib.import_module(module.name), "RULE", None)
        if isinstance(rule, Rule):
            if rule.id in found:
                raise ValueError(f"two rules are called {rule.id}")
            found[rule.id] = rule
    return dict(sorted(found.items()))


def chosen(select: Iterable[str], ignore: Iterable[str], known: Mapping[str, Rule] | None = None) -> dict[str, Rule]:
    """Return the rules that are asked.

    Parameters
    ----------
    select, ignore
        Ids or globs.
    known
        The rules to choose from; all rules of configurations by default.

    Raises
    ------
    PreflightError
        One of them names no rule.
    """
    known = everything() if known is None else known
    selected, ignored = tuple(select), tuple(ignore)
    for pattern in (*selected, *ignored):
        if not fnmatch.filter(known, pattern):
            raise PreflightError(f"No rule is called {pattern!r}; `tercet rules` lists them.")
    return {
        name: rule
        for name, rule in known.items()
        if (not selected or any(fnmatch.fnmatchcase(name, one) for one in selected))
        and not any(fnmatch.fnmatchcase(name, one) for one in ignored)
    }


@functools.cache
def everything() -> Mapping[str, Rule]:
    """Return every rule by its id: those for configurations, and those for Python programs."""
    return dict(sorted({**all_rules(), **{rule.id: rule for rule in PROGRAM_RULES}}.items()))


def one(name: str, known: Mapping[str, Rule]) -> Rule:
    """Return a rule by its id.

    Raises
    ------
    PreflightError
        There is none of that id.
    """
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=3)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise PreflightError(f"No rule is called {name!r}.{hint} `tercet rules` lists them.")
