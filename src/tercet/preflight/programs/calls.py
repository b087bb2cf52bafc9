"""Calls of the bindings' classes: arguments that they do not have, and arguments that they need."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Edit
from tercet.preflight.programs.bindings import nearest
from tercet.preflight.programs.called import Called, called
from tercet.preflight.programs.found import Look, Wrong
from tercet.preflight.programs.keywords import Keyword, keywords

UNKNOWN: Final = "program-unknown-argument"
MISSING: Final = "program-missing-argument"

_HINTS: Final = {
    ("KmsKey", "primary_key_arn"): (
        "`KmsKey` makes a new key. A replica of a key in another region is a `KmsReplicaKey`, which has "
        "`primary_key_arn`: `from {provider}.kms_replica_key import KmsReplicaKey`."
    ),
    ("S3Backend", "use_lockfile"): (
        'Write `self.add_override("terraform.backend.s3.use_lockfile", True)` below the backend, or replace CDKTF, '
        "which is archived, by CDK Terrain (`cdktn`), whose `S3Backend` has the argument."
    ),
}


def check(look: Look) -> Iterator[Wrong]:
    """Yield the arguments that a class does not take, and those that it misses."""
    for node in look.program.outline.nodes:
        if isinstance(node, ast.Call) and (made := called(look, node)):
            yield from _unknown(look, node, made)
            yield from _missing(look, node, made)


def _unknown(look: Look, node: ast.Call, made: Called) -> Iterator[Wrong]:
    signature = made.signature
    for keyword in keywords(look, node)[0]:
        name = keyword.name
        if signature.takes_any_keyword or _is_older(look, made, name):
            continue
        if made.of and not made.is_method and look.older.lacks_argument(made.of, name):
            yield _refused(look, node, made, keyword, None)
        elif name not in signature.keywords:
            yield _refused(look, node, made, keyword, nearest(name, list(signature.keywords)))
    places = [one for one in node.args if not isinstance(one, ast.Starred)]
    if len(places) == len(node.args) > len(signature.positional) and not signature.is_variadic:
        yield _too_many(node, made)


def _is_older(look: Look, made: Called, name: str) -> bool:
    return made.of is not None and not made.is_method and look.older.has_otherwise(made.of, name)


def _refused(look: Look, node: ast.Call, made: Called, keyword: Keyword, meant: str | None) -> Wrong:
    name = keyword.name
    hint = _HINTS.get((made.name, name), "").format(provider=look.program.provider_packages[0])
    given = {one.arg for one in node.keywords}
    edit = None
    if meant and meant not in given and not hint:
        number = keyword.node.lineno
        line = look.program.line(number)
        if line.count(f"{name}=") == 1:
            edit = Edit(look.program.file, number, line, line.replace(f"{name}=", f"{meant}="))
    return Wrong(
        UNKNOWN,
        keyword.node,
        f"`{made.name}` is given `{name}`, which it does not have: the program stops before it writes anything.",
        fix=hint or (f"Did you mean `{meant}`?" if meant else f"Remove `{name}`."),
        aws_error=f"TypeError: {made.qualified}() got an unexpected keyword argument '{name}'",
        evidence={"class": made.name, "argument": name, **_id_of(node)},
        edit=edit,
    )


def _too_many(node: ast.Call, made: Called) -> Wrong:
    takes, given = len(made.signature.positional) + made.is_bound, len(node.args) + made.is_bound
    verb = "was" if given == 1 else "were"
    return Wrong(
        UNKNOWN,
        node,
        f"`{made.name}` is given {len(node.args)} arguments by place and takes "
        f"{len(made.signature.positional) or 'none'} that way.",
        fix="Pass them by name.",
        aws_error=f"TypeError: {made.qualified}() takes {takes} positional argument{'s' * (takes != 1)} "
        f"but {given} {verb} given",
        evidence={"class": made.name, **_id_of(node)},
    )


def _missing(look: Look, node: ast.Call, made: Called) -> Iterator[Wrong]:
    signature = made.signature
    known, are_all = keywords(look, node)
    if not are_all or any(isinstance(one, ast.Starred) for one in node.args):
        return
    given = {one.name for one in known} | set(signature.positional[: len(node.args)])
    absent = [name for name in signature.required if name not in given and not _is_older(look, made, name)]
    if not absent:
        return
    by_place = [name for name in absent if name in signature.positional]
    said = by_place or absent
    kind = "positional" if by_place else "keyword-only"
    named = _listed([f"'{name}'" for name in said])
    fix = f"Add {_listed([f'`{name}=…`' for name in absent])}."
    if by_place and "id" in given and "id_" in by_place:
        fix = (
            f'Pass the construct\'s id as the second argument, by place: `{made.name}(self, "…", …)`; `id` is another.'
        )
    yield Wrong(
        MISSING,
        node,
        f"`{made.name}` is {'called' if made.is_method else 'made'} without "
        f"{_listed([f'`{name}`' for name in absent])}, which it needs: "
        "the program stops before it writes anything.",
        fix=fix,
        aws_error=f"TypeError: {made.qualified}() missing {len(said)} required {kind} "
        f"argument{'s' * (len(said) != 1)}: {named}",
        evidence={"class": made.name, "argument": ", ".join(absent), **_id_of(node)},
    )


def _listed(names: list[str]) -> str:
    if len(names) < 3:
        return " and ".join(names)
    return f"{', '.join(names[:-1])}, and {names[-1]}"


def _id_of(node: ast.Call) -> dict[str, str]:
    """Return the construct's id where it is written out: two constructs of a class are two findings."""
    if len(node.args) > 1 and isinstance(node.args[1], ast.Constant) and isinstance(node.args[1].value, str):
        return {"construct": node.args[1].value[:100]}
    return {}
