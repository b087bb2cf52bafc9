"""Which function something means: by its name, its ARN, or one of its aliases."""

from __future__ import annotations

from typing import Final

from tercet.preflight.graph import Block, Resource
from tercet.preflight.rules._targets import the_one
from tercet.preflight.values import references_in

FUNCTION: Final = "aws_lambda_function"
ALIAS: Final = "aws_lambda_alias"


def function_of(block: Block, argument: str) -> Resource | None:
    """Return the function that an argument means, directly or through an alias; None where it stands elsewhere."""
    if (function := the_one(block, argument, FUNCTION)) is not None:
        return function
    alias = the_one(block, argument, ALIAS)
    return the_one(alias, "function_name", FUNCTION) if alias is not None else None


def is_image(function: Resource) -> bool:
    """Tell whether the function is a container image.

    Raises
    ------
    Undecidable
        The kind of package is not known.
    """
    return function.has("image_uri") or function.text("package_type", "Zip") == "Image"


def names_latest(block: Block, argument: str) -> bool:
    """Tell whether a version argument is ``$LATEST``: as text, or as ``version`` of a function that publishes none.

    Raises
    ------
    Undecidable
        Neither the version nor whether the function publishes one is known.
    """
    value = block.value(argument)
    if isinstance(value, str):
        return str(value) == "$LATEST"
    for reference in references_in(value):
        if reference.path == ("version",):
            for function in block.owner.graph.find(reference.address):
                if function.type == FUNCTION and function.mode == "managed":
                    return not function.flag("publish", False)
    return False
