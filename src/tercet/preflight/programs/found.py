"""Makes findings of what is wrong at a place in a program."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from tercet.preflight.findings import Edit, Finding, Severity, Source
from tercet.preflight.programs.apps import App
from tercet.preflight.programs.bindings import Bindings
from tercet.preflight.programs.inference import Inference
from tercet.preflight.programs.older import Older
from tercet.preflight.programs.reading import Program
from tercet.preflight.programs.rules import rule

_SHOWN_CHARACTERS: Final = 80


@dataclass(frozen=True)
class Wrong:
    """What a rule says of a place; the fields are those of `Finding`."""

    rule: str
    node: ast.AST
    message: str
    fix: str
    aws_error: str | None = None
    evidence: dict[str, str] = field(default_factory=dict)
    severity: Severity | None = None
    edit: Edit | None = None


@dataclass(frozen=True, eq=False)
class Look:
    """What a rule may ask: the program, the app that it belongs to, the bindings, and what its expressions are."""

    program: Program
    bindings: Bindings
    inference: Inference
    older: Older

    @property
    def app(self) -> App:
        """All files that were read."""
        return self.inference.app

    def app_inferences(self) -> Iterator[Inference]:
        """Yield what tells about each of them."""
        return (self.inference.beside(program) for program in self.app.programs)

    @cached_property
    def own_names(self) -> frozenset[str]:
        """Names that the program itself gives to objects, or asks for before it uses them."""
        names: set[str] = set()
        for node in self.program.outline.nodes:
            match node:
                case ast.Attribute(attr=name, ctx=ast.Store() | ast.Del()):
                    names.add(name)
                case ast.Call(
                    func=ast.Name(id="hasattr" | "getattr" | "setattr"), args=[_, ast.Constant(value=str(name)), *_]
                ):
                    names.add(name)
                case _:
                    pass
        return frozenset(names)

    def source(self, node: ast.AST) -> str:
        """Return the source of an expression, shortened to a line."""
        first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
        line = self.program.line(first).encode("utf-8", "surrogatepass")
        end = getattr(node, "end_col_offset", None) if first == last else None
        text = line[getattr(node, "col_offset", 0) : end].decode("utf-8", "replace").strip()
        return text if len(text) <= _SHOWN_CHARACTERS and first == last else f"{text[: _SHOWN_CHARACTERS - 1]}…"


def finding(program: Program, wrong: Wrong) -> Finding:
    """Complete a finding from where it stands and from its rule."""
    about = rule(wrong.rule)
    scope = program.outline.path(wrong.node)
    return Finding(
        rule=wrong.rule,
        severity=wrong.severity or about.severity,
        address=f"{program.relative}:{scope}" if scope else program.relative,
        message=wrong.message,
        aws_error=wrong.aws_error,
        evidence=wrong.evidence,
        fix=wrong.fix,
        docs=about.sources[0],
        source=Source(file=program.file, line=getattr(wrong.node, "lineno", None)),
        edit=wrong.edit,
    )
