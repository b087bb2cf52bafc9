"""Values of another type than the bindings' annotations want: another struct, a literal, one for a list."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tercet.preflight.programs.bindings import BindingClass
from tercet.preflight.programs.called import called
from tercet.preflight.programs.found import Look, Wrong
from tercet.preflight.programs.inference import Collection, Instance, Plain, Token, Value
from tercet.preflight.programs.signatures import parse_type
from tercet.preflight.programs.types import ListOf, MapOf, Nothing, Ref, Scalar, Type, alternatives, without_none

RULE: Final = "program-wrong-struct"
_DEPTH_LIMIT: Final = 6
_ELEMENTS_LIMIT: Final = 200
_PYTHON_NAMES: Final = {"str": "str", "number": "(int, float)", "bool": "bool"}


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Where, inside what was passed, a value is not of the wanted type."""

    node: ast.expr
    wanted: Type
    got: Value


def check(look: Look) -> Iterator[Wrong]:
    """Yield the arguments that the bindings will refuse."""
    for node in look.program.outline.nodes:
        target = called(look, node) if isinstance(node, ast.Call) else None
        if not isinstance(node, ast.Call) or target is None or target.of is None:
            continue
        made, signature = target.of, target.signature
        places = [] if any(isinstance(one, ast.Starred) for one in node.args) else node.args
        for name, value in [
            *zip(signature.positional, places, strict=False),
            *((one.arg, one.value) for one in node.keywords if one.arg),
        ]:
            if name in signature.keywords and (target.is_method or not look.older.has_otherwise(made, name)):
                wanted = parse_type(signature.keywords[name])
                for wrong in _mismatches(look, made, wanted, value, _DEPTH_LIMIT):
                    yield _refused(look, made, target.name, name, wanted, wrong)


def _mismatches(look: Look, made: BindingClass, wanted: Type, node: ast.expr, depth: int) -> Iterator[Mismatch]:
    value = look.inference.of(node)
    if value is None or depth == 0 or not isinstance(value, Plain | Collection | Instance | Token):
        return
    types = alternatives(wanted)
    if isinstance(value, Collection):
        yield from _in_collection(look, made, wanted, node, value, depth)
    elif not any(_accepts(made, one, value) for one in types):
        yield Mismatch(node, wanted, value)


def _in_collection(
    look: Look, made: BindingClass, wanted: Type, node: ast.expr, value: Collection, depth: int
) -> Iterator[Mismatch]:
    types = without_none(wanted)
    inner: list[Type]
    if value.kind == "dict":
        inner = [one.of for one in types if isinstance(one, MapOf)]
    else:
        inner = [one.of for one in types if isinstance(one, ListOf)]
    decided = all(isinstance(one, Scalar | ListOf | MapOf | Nothing) or _is_closed(made, one) for one in types)
    if not inner:
        if decided:
            yield Mismatch(node, wanted, value)
    elif value.kind in ("set", "tuple") and decided:
        # jsii takes lists only: a tuple passes the check of types, and then has no `__jsii_type__`.
        yield Mismatch(node, wanted, value)
    elif len(inner) == 1 and value.kind == "dict":
        yield from _in_dict(look, made, wanted, value, inner[0], depth)
    elif len(inner) == 1:
        elements = [value.node.elt] if isinstance(value.node, ast.ListComp) else getattr(value.node, "elts", [])
        for element in elements[:_ELEMENTS_LIMIT]:
            if not isinstance(element, ast.Starred):
                yield from _mismatches(look, made, inner[0], element, depth - 1)


def _in_dict(
    look: Look, made: BindingClass, wanted: Type, value: Collection, inner: Type, depth: int
) -> Iterator[Mismatch]:
    if not isinstance(value.node, ast.Dict):
        return
    # What a dict in place of a struct must hold is another rule's concern.
    if not any(_struct(made, one) for one in without_none(wanted)):
        for element in value.node.values[:_ELEMENTS_LIMIT]:
            yield from _mismatches(look, made, inner, element, depth - 1)


def _struct(made: BindingClass, type_: Type) -> BindingClass | None:
    if not isinstance(type_, Ref):
        return None
    found = made.module.bindings.referred(made.module, type_.package, type_.name)
    return found if found and found.is_struct else None


def _is_closed(made: BindingClass, type_: Type) -> bool:
    """Whether it is clear which values a type takes: no list or literal is any of these classes."""
    if not isinstance(type_, Ref):
        return False
    return made.module.bindings.referred(made.module, type_.package, type_.name) is not None


def _accepts(made: BindingClass, wanted: Type, value: Plain | Instance | Token) -> bool:
    """Whether a value may be passed; True where that is not certain."""
    match wanted, value:
        case Nothing(), Plain(kind="none"):
            return True
        case Nothing(), _:
            return False
        case Scalar(kind=kind), Plain(kind=given):
            return kind == given
        case Scalar(kind=kind), Token(type=Scalar(kind=given)):
            return kind == given
        case Scalar(), Token():
            return False
        case (ListOf(), Plain()) | (MapOf(), Plain()):
            return False
        case ListOf(), Token(type=given):
            return isinstance(given, ListOf)
        case MapOf(), Token(type=given):
            return isinstance(given, MapOf)
        case Ref(), Plain() | Token():
            return not _is_closed(made, wanted)
        case ((Scalar() | ListOf() | MapOf()), Instance(of=given_class)):
            # A value of a list of blocks may stand for the list.
            return not (given_class.is_struct or given_class.is_element)
        case Ref(), Instance(of=given_class):
            return _is_kind_of(made, wanted, given_class)
        case _:
            return True


def _is_kind_of(made: BindingClass, wanted: Ref, given: BindingClass) -> bool:
    target = made.module.bindings.referred(made.module, wanted.package, wanted.name)
    if target is None:
        return True
    if target.is_interface:
        return not given.is_struct
    return any(one is None or one == target for one in given.ancestry())


def _refused(look: Look, made: BindingClass, called_as: str, name: str, wanted: Type, wrong: Mismatch) -> Wrong:
    evidence = {"class": called_as, "argument": name, "value": look.source(wrong.node)}
    got = _named(wrong.got)
    wants = _wanted(wrong.wanted)
    inside = "" if wrong.wanted == wanted else " in a list" if _has_list(wanted) else " in a mapping"
    return Wrong(
        RULE,
        wrong.node,
        f"`{name}` of `{called_as}` takes {wants}{inside} and is given {got}: "
        "the program stops before it writes anything.",
        fix=_fix(look, made, wrong),
        aws_error=_error(made, name, wanted, wrong),
        evidence=evidence,
    )


def _has_list(type_: Type) -> bool:
    return any(isinstance(one, ListOf) for one in alternatives(type_))


def _fix(look: Look, made: BindingClass, wrong: Mismatch) -> str:
    types = without_none(wrong.wanted)
    lists = [one for one in types if isinstance(one, ListOf)]
    structs = [found.name for one in types if (found := _struct(made, one))]
    source = look.source(wrong.node)
    match wrong.got:
        case Collection(kind="tuple" | "set") if lists:
            return "Write a list: `[…]`."
        case Instance(of=given) if (
            given.is_struct
            and lists
            and any(
                _is_kind_of(made, one, given) for part in lists for one in without_none(part.of) if isinstance(one, Ref)
            )
        ):
            return "Put it in a list: `[…]`."
        case Collection(kind="list") if structs:
            return f"Pass one `{structs[0]}`, without the list."
        case Instance(of=given) if given.name == "TerraformVariable" and any(one == Scalar("str") for one in types):
            return f"Pass its value: `{source}.string_value`." if source.isidentifier() else "Pass its `.string_value`."
        case Instance(of=given) if given.is_construct and any(one == Scalar("str") for one in types):
            return f"Pass an attribute of it, such as `{source}.id`." if source.isidentifier() else "Pass its `.id`."
        case Token() if any(isinstance(one, ListOf) for one in types):
            return "Put it in a list: `[…]`."
        case Token() | Plain(kind="str") if any(one == Scalar("number") for one in types):
            return "Pass a number; what is only known after apply becomes one by `Token.as_number(…)`."
        case _ if structs:
            return f"Pass a `{structs[0]}`: `from {_module(look, made)} import {structs[0]}`."
        case _:
            return f"Pass {_wanted(wrong.wanted)}."


def _module(look: Look, made: BindingClass) -> str:
    """Name the class's module in the program's own generation."""
    old = {"cdktn": "cdktf", "cdktn_provider_aws": "cdktf_cdktf_provider_aws"}
    package = made.module.package
    if look.program.core == "cdktf":
        package = old.get(package, package)
    return f"{package}.{made.module.name}" if made.module.name else package


def _named(value: Value) -> str:
    match value:
        case Instance(of=given):
            return f"a `{given.name}`"
        case Token(type=Scalar(kind=kind), source=source):
            return f"`{source}`, {'text' if kind == 'str' else 'a number'}"
        case Token(source=source):
            return f"`{source}`"
        case Plain(kind=kind):
            return {"str": "text", "number": "a number", "bool": "a truth value", "none": "None"}.get(kind, kind)
        case Collection(kind=kind):
            return f"a {kind}"
        case _:
            return "another value"


def _wanted(type_: Type) -> str:
    names: list[str] = []
    for one in without_none(type_):
        match one:
            case Scalar(kind=kind):
                names.append({"str": "text", "number": "a number", "bool": "True or False"}[kind])
            case ListOf(of=of):
                names.append(f"a list of {_wanted(of)}" if isinstance(of, Scalar | Ref) else _list_of(of))
            case MapOf():
                names.append("a mapping")
            case Ref(name=name) if name != "IResolvable":
                names.append(f"a `{name}`")
            case _:
                pass
    has_struct = any(isinstance(one, Ref) and one.name != "IResolvable" for one in without_none(type_))
    # The dict that may stand for any struct is no help to anybody.
    shown = [name for name in names if not (has_struct and name == "a mapping")]
    return " or ".join(dict.fromkeys(shown)) or "another type"


def _list_of(type_: Type) -> str:
    refs = [one.name for one in without_none(type_) if isinstance(one, Ref) and one.name != "IResolvable"]
    return f"a list of `{refs[0]}`" if refs else "a list"


def _error(made: BindingClass, name: str, wanted: Type, wrong: Mismatch) -> str:
    """Return what Python answers: the check of types where it sees it, else jsii's kernel."""
    kinds = alternatives(wanted)
    in_kernel = any(
        (isinstance(one, ListOf) and not isinstance(one.of, Scalar))
        or (isinstance(one, Ref) and one.name[:1] == "I" and one.name[1:2].isupper())
        for one in kinds
    )
    if isinstance(wrong.got, Collection) and wrong.got.kind == "tuple":
        return "AttributeError: type object 'tuple' has no attribute '__jsii_type__'"
    is_text_for_list = _has_list(wanted) and isinstance(wrong.got, Plain | Token)
    if in_kernel or wrong.wanted != wanted or is_text_for_list or wrong.got == Plain("bool"):
        return "RuntimeError: … Unable to deserialize value as …"
    spelled = [_spelled(made, one) for one in kinds]
    types = spelled[0] if len(spelled) == 1 else f"one of ({', '.join(spelled)})"
    return f"TypeError: type of argument {name} must be {types}; got {_got(wrong.got)} instead"


def _spelled(made: BindingClass, type_: Type) -> str:
    match type_:
        case Scalar(kind="number"):
            return "int, float"
        case Scalar(kind=kind):
            return kind
        case Nothing():
            return "NoneType"
        case Ref(package=package, name=name):
            return f"{package or made.module.dotted}.{name}"
        case ListOf(of=of):
            return f"Sequence[{_spelled(made, of)}]"
        case MapOf(of=of):
            inner = _spelled(made, of)
            return f"Dict[str, {inner}]" if inner == "Any" else f"Mapping[str, {inner}]"
        case _:
            return "Any"


def _got(value: Value) -> str:
    match value:
        case Instance(of=given):
            return f"{given.module.dotted}.{given.name}"
        case Plain(kind="none"):
            return "NoneType"
        case Plain(kind=kind):
            return {"number": "int"}.get(kind, kind)
        case Token(type=Scalar(kind=kind)):
            return {"number": "float"}.get(kind, kind)
        case Collection(kind=kind):
            return kind
        case _:
            return "list"
