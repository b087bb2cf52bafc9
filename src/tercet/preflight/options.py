"""How to check."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from tercet.preflight.intent import Intent
from tercet.preflight.suppressions import Suppression


@dataclass(frozen=True)
class Options:
    """How to check.

    Parameters
    ----------
    intent
        What the deployment is for.
    as_of
        The day for which dated knowledge is asked; today where None.
    terraform_version
        The exact version that will run the configuration; else its own constraint counts.
    select
        Ids of the only rules that are asked; all where empty. A glob such as ``aurora-*`` is allowed.
    ignore
        Ids or globs of rules that are not asked.
    suppressions
        Findings that are accepted, beside those that the configuration itself accepts.
    """

    intent: Intent = field(default_factory=Intent)
    as_of: datetime.date | None = None
    terraform_version: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
