"""``python -m tercet.synth``: what the ``cdktn`` command line runs, and whoever wants the configuration alone."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from tercet import settings
from tercet.errors import TercetError
from tercet.synth.app import synthesize


def main() -> int:
    """Synthesize the deployment that ``tercet.toml`` and the environment describe."""
    parser = argparse.ArgumentParser(prog="python -m tercet.synth", description=main.__doc__)
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(os.environ.get("CDKTF_OUTDIR", "cdktf.out")),
        help="folder to write to (default: CDKTF_OUTDIR, which the cdktn command line sets, or cdktf.out)",
    )
    out: Path = parser.parse_args().out
    try:
        synthesize(settings.load(), out=out.absolute(), cache=Path(".tercet/cache").absolute())
    except TercetError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
