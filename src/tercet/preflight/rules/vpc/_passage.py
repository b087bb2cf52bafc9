"""Whether security groups let a client through to a server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.network import admits, lets_out
from tercet.preflight.rule import Problem


def blocked(
    client: Resource, groups: list[Resource], server: Resource, server_groups: list[Resource], port: int
) -> Iterator[Problem]:
    """Report what keeps a client from a port of a server."""
    if not _any(partial(lets_out, one, port, other) for one in groups for other in server_groups):
        yield _problem(client, groups, server, server_groups, port, admitting=False)
    if not _any(partial(admits, other, port, one) for one in groups for other in server_groups):
        yield _problem(client, groups, server, server_groups, port, admitting=True)


def _any(questions: Iterable[Callable[[], bool]]) -> bool:
    """Tell whether one answer is yes; what cannot be decided is raised unless another one is."""
    unsure: Undecidable | None = None
    for question in questions:
        try:
            if question():
                return True
        except Undecidable as reason:
            unsure = reason
    if unsure is not None:
        raise unsure
    return False


def _problem(
    client: Resource,
    groups: list[Resource],
    server: Resource,
    server_groups: list[Resource],
    port: int,
    *,
    admitting: bool,
) -> Problem:
    own, others = (server_groups, groups) if admitting else (groups, server_groups)
    names, peers = ", ".join(one.address for one in own), ", ".join(one.address for one in others)
    verb = f"admits nothing on {port} from" if admitting else f"lets nothing out on {port} to"
    direction = "ingress" if admitting else "egress"
    return Problem(
        own[0],
        direction,
        f"{client.address} talks to {server.address} on {port}, and {names} {verb} {peers}: connections time out.",
        fix=f"Add an {direction} rule to {own[0].block_address}: port {port}, {'from' if admitting else 'to'} {peers}.",
        also={"client": client.address, "server": server.address, "port": str(port)},
    )
