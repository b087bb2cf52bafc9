"""The command line: reads arguments, calls the rooms, prints, and turns errors into exit codes."""

from __future__ import annotations

import sys
from typing import NoReturn

from tercet.cli import platform, preflight
from tercet.cli.console import CANNOT, INTERRUPTED, app, err
from tercet.errors import TercetError

__all__ = ["app", "main", "platform", "preflight"]


def main() -> None:
    """Run the command line; every error that a user can cause or cure is a sentence and exit code 2."""
    if sys.stdout is None:
        err.print("tercet: standard output is closed, so there is nowhere to write.", markup=False)
        sys.exit(CANNOT)
    try:
        app()
    except TercetError as error:
        err.print(f"tercet: {error}", markup=False, soft_wrap=True)
        sys.exit(CANNOT)
    except BrokenPipeError:  # the reader has seen enough, as `head` does
        sys.stderr.close()
        sys.exit(CANNOT)
    except OSError as error:  # a full disk, a folder that may not be written: whichever file it hit
        err.print(
            f"tercet: {error.filename or 'A file'} cannot be used: {error.strerror or error}.",
            markup=False,
            soft_wrap=True,
        )
        sys.exit(CANNOT)
    except KeyboardInterrupt:
        _interrupted()
    except SystemExit as end:  # Typer makes one of an interruption too, and says nothing
        if end.code == INTERRUPTED:
            _interrupted()
        raise


def _interrupted() -> NoReturn:
    err.print("tercet: interrupted; the same command goes on from here.", markup=False)
    sys.exit(INTERRUPTED)
