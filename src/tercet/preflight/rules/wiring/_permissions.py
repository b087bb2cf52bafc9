"""Who may call a function: ``aws_lambda_permission``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.policies import function_allows, functions_of, permissions_of
from tercet.preflight.rule import Problem
from tercet.preflight.values import shown


def forbidden(function: Resource, service: str, source: Resource | None = None) -> bool:
    """Tell whether a service surely may not call a function, on behalf of a source.

    Raises
    ------
    Undecidable
        It depends on what is not known.
    """
    answer = function_allows(function, service, source=source)
    if answer is None and function.mode == "managed":
        raise Undecidable(f"permissions of {function.address}", "who may call it is known only in part")
    return answer is False


def unpermitted(
    block: Block,
    argument: str,
    service: str,
    consequence: str,
    *,
    functions: Iterable[Resource] | None = None,
    source: Resource | None = None,
) -> Iterator[Problem]:
    """Go through the functions of an argument that a service may not call."""
    for function in functions_of(block, argument) if functions is None else functions:
        if forbidden(function, service, source):
            yield Problem(
                block,
                argument,
                f"No aws_lambda_permission lets {service} call {function.address}{_for(source)}{_others(function)}: "
                f"{consequence}",
                fix=f"Add an aws_lambda_permission: function_name {function.address}, principal {service}.",
                also={"function": function.address},
            )


def _for(source: Resource | None) -> str:
    return f" for {source.address}" if source is not None else ""


def _others(function: Resource) -> str:
    sure, _ = permissions_of(function)
    names = list(dict.fromkeys(_whom(one) for one in sure))[:3]
    return f" (only {', '.join(names)})" if names else ""


def _whom(permission: Resource) -> str:
    source = permission.value("source_arn")
    principal = shown(permission.value("principal"), 60)
    return f"{principal} for {shown(source, 80)}" if source is not None else principal
