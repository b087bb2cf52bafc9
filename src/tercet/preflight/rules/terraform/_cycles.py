"""Circles of resources that wait for one another."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from tercet.preflight.graph import Graph

Edges = Mapping[str, list[str]]


def cycles(graph: Graph) -> Iterator[list[str]]:
    """Return one shortest circle of each group of blocks that wait for one another, as block addresses in order."""
    edges = _edges(graph)
    for group in _components(edges):
        if len(group) > 1:
            yield _circle(edges, group)


def _edges(graph: Graph) -> dict[str, list[str]]:
    """Return which blocks each block waits for: Terraform orders blocks, not their instances."""
    edges: dict[str, dict[str, None]] = {one.block_address: {} for one in graph.resources.values()}
    for resource in graph.resources.values():
        for waiting in resource.referrers():
            if waiting.block_address != resource.block_address:
                edges[waiting.block_address][resource.block_address] = None
        for name in resource.depends_on:
            for awaited in graph.find(name):
                if awaited.block_address != resource.block_address:
                    edges[resource.block_address][awaited.block_address] = None
    return {name: list(others) for name, others in edges.items()}


def _components(edges: Edges) -> Iterator[set[str]]:
    """Go through the strongly connected components, after Tarjan, without recursion."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    on_stack: set[str] = set()
    stack: list[str] = []
    for root in edges:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        path = [(root, iter(edges[root]))]
        while path:
            node, following = path[-1]
            for other in following:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    on_stack.add(other)
                    path.append((other, iter(edges[other])))
                    break
                if other in on_stack:
                    low[node] = min(low[node], index[other])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == index[node]:
                    yield _popped(stack, on_stack, node)


def _popped(stack: list[str], on_stack: set[str], last: str) -> set[str]:
    component: set[str] = set()
    while stack:
        one = stack.pop()
        on_stack.discard(one)
        component.add(one)
        if one == last:
            break
    return component


def _circle(edges: Edges, group: set[str]) -> list[str]:
    """Return the shortest circle through the first block of a component."""
    start = min(group)
    came_from: dict[str, str] = {}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for other in edges[node]:
            if other == start:
                circle = [node]
                while circle[-1] != start:
                    circle.append(came_from[circle[-1]])
                return circle[::-1]
            if other in group and other not in came_from:
                came_from[other] = node
                queue.append(other)
    return [start]
