"""The scopes of a Python file and what each of them binds: what a name means where it stands."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
ScopeNode = ast.Module | ast.ClassDef | Function | Comprehension
_BINDINGS_LIMIT: Final = 50
_CLIMB_LIMIT: Final = 200
_LOOK_BACK_LIMIT: Final = 500
_PLACES_LIMIT: Final = 200
_BLOCKS: Final = ("body", "orelse", "finalbody")


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """One place where a scope gives a name a value.

    Parameters
    ----------
    node
        What binds it.
    value
        The expression that it is assigned, where it is a plain assignment.
    imported
        The dotted name that it is imported as: ``cdktn.App`` of ``from cdktn import App``.
    annotation
        The annotation, where it is an argument.
    """

    node: ast.AST
    value: ast.expr | None = None
    imported: str | None = None
    annotation: ast.expr | None = None


@dataclass(eq=False)
class Scope:
    """What one scope binds, by name."""

    node: ScopeNode
    parent: Scope | None
    bound: dict[str, list[Binding]] = field(default_factory=dict)
    attributes: dict[str, list[Binding]] = field(default_factory=dict)

    def add(self, name: str, binding: Binding) -> None:
        """Remember that the scope binds the name."""
        self.bound.setdefault(name, []).append(binding)


class Outline:
    """All scopes of a file."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.parents: dict[ast.AST, ast.AST] = {}
        self.nodes: list[ast.AST] = []
        self._scopes: dict[ast.AST, Scope] = {}
        self._places: dict[ast.AST, tuple[list[ast.stmt], int]] = {}
        self._read(tree)
        for node in self.nodes:
            self._bind(node)

    def _read(self, tree: ast.Module) -> None:
        module = Scope(tree, None)
        waiting: list[tuple[ast.AST, Scope]] = [(tree, module)]
        while waiting:
            node, scope = waiting.pop()
            self.nodes.append(node)
            self._scopes[node] = scope
            inner = Scope(node, scope) if isinstance(node, ScopeNode) and node is not tree else scope
            if inner is not scope:
                self._scopes[node] = inner
            for child in reversed(list(ast.iter_child_nodes(node))):
                self.parents[child] = node
                waiting.append((child, inner))
            for name in _BLOCKS if "body" in node._fields else ():
                if isinstance(block := getattr(node, name, None), list):
                    self._places.update((statement, (block, index)) for index, statement in enumerate(block))

    def scope(self, node: ast.AST) -> Scope:
        """Return the innermost scope around a node; of a function, class or comprehension, its own."""
        return self._scopes[node]

    def outer(self, node: ast.AST) -> Scope:
        """Return the scope that a function, class or comprehension itself is bound in."""
        parent = self.parents.get(node)
        return self._scopes[parent] if parent is not None else self._scopes[node]

    def _bind(self, node: ast.AST) -> None:
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                self._bind_name(node, name)
            case ast.Attribute(value=ast.Name(id="self"), ctx=ast.Store() | ast.Del()):
                self._bind_attribute(node)
            case ast.Import() | ast.ImportFrom():
                self._bind_import(node)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                self.outer(node).add(name, Binding(node))
            case ast.arg(arg=name):
                self._scopes[node].add(name, Binding(node, annotation=node.annotation))
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                self._scopes[node].add(name, Binding(node))
            case ast.MatchMapping(rest=str(name)):
                self._scopes[node].add(name, Binding(node))
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                # Somebody else may bind it too: two bindings, so that neither is believed.
                scope: Scope | None = self._scopes[node]
                while scope:
                    for name in names:
                        scope.add(name, Binding(node))
                        scope.add(name, Binding(node))
                    scope = scope.parent
            case _:
                pass

    def _bind_name(self, node: ast.Name, name: str) -> None:
        scope = self._scopes[node]
        if isinstance(self.parents[node], ast.NamedExpr):
            while isinstance(scope.node, Comprehension) and scope.parent:
                scope = scope.parent
        scope.add(name, Binding(node, value=self._assigned(node)))

    def _bind_attribute(self, node: ast.Attribute) -> None:
        owner: Scope | None = self._scopes[node]
        while owner and not isinstance(owner.node, ast.ClassDef):
            owner = owner.parent
        if owner:
            owner.attributes.setdefault(node.attr, []).append(Binding(node, value=self._assigned(node)))

    def _bind_import(self, node: ast.Import | ast.ImportFrom) -> None:
        scope = self._scopes[node]
        for alias in node.names:
            if isinstance(node, ast.Import):
                top = alias.name.partition(".")[0]
                name, meant = (alias.asname, alias.name) if alias.asname else (top, top)
            else:
                name = alias.asname or alias.name
                meant = f"{node.module}.{alias.name}" if node.module and not node.level else ""
            scope.add(name, Binding(node, imported=meant or None))

    def _assigned(self, target: ast.expr) -> ast.expr | None:
        match self.parents[target]:
            case ast.Assign(value=value):
                return value
            case ast.AnnAssign(value=ast.expr() as value) | ast.NamedExpr(value=value):
                return value
            case _:
                return None

    def attribute(self, node: ast.Attribute) -> Binding | None:
        """Return the one assignment to ``self.x`` in the class around; None if there are several, or none."""
        owner: Scope | None = self._scopes[node]
        while owner and not isinstance(owner.node, ast.ClassDef):
            owner = owner.parent
        found = owner.attributes.get(node.attr, []) if owner else []
        return found[0] if len(found) == 1 else None

    def named(self, name: str) -> list[ast.Name] | None:
        """Return every place that says a name; None if those are too many to look at for each of them."""
        found = self._names.get(name, [])
        return found if len(found) <= _PLACES_LIMIT else None

    @cached_property
    def _names(self) -> dict[str, list[ast.Name]]:
        found: dict[str, list[ast.Name]] = {}
        for node in self.nodes:
            if isinstance(node, ast.Name):
                found.setdefault(node.id, []).append(node)
        return found

    @cached_property
    def stars(self) -> tuple[str | None, ...]:
        """The modules whose names the file takes all, by ``from … import *``; None for one of its own package."""
        found = self._scopes[self.tree].bound.get("*", [])
        return tuple(one.imported.removesuffix(".*") if one.imported else None for one in found)

    def is_builtin(self, node: ast.Name) -> bool:
        """Whether nothing in the file binds the name around the node."""
        return self._binder(node) is None

    def is_bound_once(self, node: ast.Name) -> bool:
        """Whether a name stands for the same value wherever its scope uses it."""
        scope = self._binder(node)
        return scope is not None and len(scope.bound[node.id]) == 1

    def _binder(self, node: ast.Name) -> Scope | None:
        start = scope = self._scopes[node]
        while True:
            if node.id in scope.bound and (scope is start or not isinstance(scope.node, ast.ClassDef)):
                return scope
            if scope.parent is None:
                return None
            scope = scope.parent

    def binding(self, node: ast.Name) -> Binding | None:
        """Return what gave a name the value that it has where it stands; None if that is not certain."""
        scope = self._binder(node)
        if scope is None:
            return None
        found = scope.bound[node.id]
        if len(found) == 1:
            return None if self._is_in_its_own_value(node, found[0]) else found[0]
        if len(found) > _BINDINGS_LIMIT or scope is not self._scopes[node]:
            return None
        return self._last_before(node, scope)

    def _is_in_its_own_value(self, node: ast.AST, binding: Binding) -> bool:
        if binding.value is None:
            return False
        one: ast.AST | None = node
        while one is not None:
            if one is binding.value:
                return True
            one = self.parents.get(one)
        return False

    def _last_before(self, node: ast.Name, scope: Scope) -> Binding | None:
        """Look back from the statement, and from those around it, for the last assignment that certainly ran."""
        binders = {self._statement(one.node): one for one in scope.bound[node.id]}
        around = self._ancestors_of(scope.bound[node.id])
        statement = self._statement(node)
        for _ in range(_CLIMB_LIMIT):
            block, index = self._places.get(statement, ([], 0))
            for earlier in reversed(block[max(0, index - _LOOK_BACK_LIMIT) : index]):
                if earlier in binders:
                    return binders[earlier]
                if earlier in around:
                    return None
            parent = self.parents.get(statement)
            # In a loop the last assignment may stand below; in a `try`, it may not have run.
            repeats = isinstance(parent, ast.For | ast.AsyncFor | ast.While | ast.Try | ast.ExceptHandler)
            if parent is None or parent is scope.node or parent in binders or (repeats and parent in around):
                return None
            statement = parent
        return None

    def _statement(self, node: ast.AST) -> ast.AST:
        while not isinstance(node, ast.stmt | ast.excepthandler | ast.match_case) and node in self.parents:
            node = self.parents[node]
        return node

    def _ancestors_of(self, bindings: list[Binding]) -> set[ast.AST]:
        found: set[ast.AST] = set()
        for binding in bindings:
            node = self.parents.get(binding.node)
            while node is not None and node not in found:
                found.add(node)
                node = self.parents.get(node)
        return found

    def path(self, node: ast.AST) -> str:
        """Return the dotted names of the classes and functions around a node; empty at the file's top."""
        names: list[str] = []
        scope: Scope | None = self._scopes[node]
        while scope:
            if isinstance(scope.node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                names.append(scope.node.name)
            scope = scope.parent
        return ".".join(reversed(names))
