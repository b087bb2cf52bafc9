"""What all commands share: the application they belong to, where they print, and what their exit codes mean."""

from __future__ import annotations

from typing import Final

import typer
from rich.console import Console

NOT_RUNNING: Final = 1
DECLINED: Final = 1
FOUND: Final = 1
CANNOT: Final = 2
INTERRUPTED: Final = 130

app = typer.Typer(
    name="tercet",
    help="A payment platform for one AWS region that goes on when an availability zone is lost.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)
