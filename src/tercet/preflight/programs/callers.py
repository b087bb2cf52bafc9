"""What a function of the app is given: an argument is what every call that is seen passes for it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tercet.preflight.programs.inference import Inference, Instance, Token, Value
from tercet.preflight.programs.own import OwnClass, OwnFunction, OwnInstance, own_init, the_same

if TYPE_CHECKING:
    from tercet.preflight.programs.apps import App


def argument(home: Inference, node: ast.arg, depth: int) -> Value | None:
    """Return what an argument is, if all calls of its function pass the same kind of object or placeholder."""
    function = _function_of(home, node)
    if function is None or _is_asked_for_its_type(function, node.arg):
        return None
    around = home.outline.parents.get(function)
    is_method = isinstance(around, ast.ClassDef)
    is_init = isinstance(around, ast.ClassDef) and own_init(around) is function
    target: ast.AST = around if is_init and around is not None else function
    names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)][1 if is_method else 0 :]
    calls = _calls(
        home.app, around.name if isinstance(around, ast.ClassDef) and is_init else function.name, home, target
    )
    if not calls:
        return None
    found = [_passed(by, call, names, node.arg, depth) for by, call in calls]
    value = the_same(found)
    return value if isinstance(value, Token | OwnInstance) or (isinstance(value, Instance) and value.is_exact) else None


def _function_of(home: Inference, node: ast.arg) -> ast.FunctionDef | None:
    """Return the function whose argument, neither the first of a method nor one of many, this is."""
    arguments = home.outline.parents.get(node)
    function = home.outline.parents.get(arguments) if arguments is not None else None
    if not isinstance(arguments, ast.arguments) or not isinstance(function, ast.FunctionDef):
        return None
    is_one = node not in (arguments.vararg, arguments.kwarg)
    is_method = isinstance(home.outline.parents.get(function), ast.ClassDef)
    is_first = is_method and node in (*arguments.posonlyargs, *arguments.args)[:1]
    return function if is_one and not is_first and not function.decorator_list else None


def _is_asked_for_its_type(function: ast.FunctionDef, name: str) -> bool:
    """Whether the function decides by what it is given, or gives the argument another value."""
    for node in ast.walk(function):
        match node:
            case ast.Call(
                func=ast.Name(id="isinstance" | "hasattr" | "type" | "callable"), args=[ast.Name(id=asked), *_]
            ):
                if asked == name:
                    return True
            case ast.Match(subject=ast.Name(id=asked)) if asked == name:
                return True
            case ast.Name(id=stored, ctx=ast.Store()) if stored == name:
                return True
            case _:
                pass
    return False


def _calls(app: App, name: str, home: Inference, target: ast.AST) -> list[tuple[Inference, ast.Call]]:
    """Return the calls of a function or class; none if it is handed to somebody who may call it too."""
    found: list[tuple[Inference, ast.Call]] = []
    if name in app.bases:
        return []
    for program, node in app.mentions(name) or ():
        by = home.beside(program)
        parent = by.outline.parents.get(node)
        if not isinstance(parent, ast.Call) or parent.func is not node:
            if _is_annotation(by, node):
                continue
            return []
        match by.of(node):
            case OwnClass(node=called) | OwnFunction(node=called) if called is target:
                found.append((by, parent))
            case _:
                return []
    return found


def _is_annotation(by: Inference, node: ast.AST) -> bool:
    parents = by.outline.parents
    while (parent := parents.get(node)) is not None and not isinstance(parent, ast.stmt):
        if isinstance(parent, ast.arg):
            return True
        node = parent
    match parent:
        case ast.AnnAssign(annotation=annotation):
            return annotation is node
        case ast.FunctionDef(returns=returns) | ast.AsyncFunctionDef(returns=returns):
            return returns is node
        case _:
            return False


def _passed(by: Inference, call: ast.Call, names: list[str], name: str, depth: int) -> Value | None:
    if any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
        return None
    given = next((one.value for one in call.keywords if one.arg == name), None)
    if given is None and name in names and names.index(name) < len(call.args):
        given = call.args[names.index(name)]
    return by.of(given, depth) if given is not None else None
