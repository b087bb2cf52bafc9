"""A handler that its runtime cannot find."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.lambda_._examples import function
from tercet.preflight.rules.lambda_._functions import is_image

_EXTENSIONS: Final = {"python": (".py",), "nodejs": (".js", ".mjs", ".cjs", ".ts"), "ruby": (".rb",)}

RULE = Rule(
    id="lambda-handler-format",
    title="A handler that its runtime cannot find",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "Python, Node.js and Ruby find the handler as <file>.<function>, without the file's extension. Lambda takes "
        "any text, so the function deploys, and every invocation fails before it reaches the code."
    ),
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/ruby-handler.html",
    ),
    resources=("aws_lambda_function",),
    failing=function(handler="handler"),
    passing=function(handler="app.handler"),
)


@RULE.check
def check(function: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the handler with what the runtime looks for."""
    if is_image(function) or not function.has("handler") or _is_wrapped(function):
        return
    runtime = function.text("runtime") or ""
    language = next((name for name in _EXTENSIONS if runtime.startswith(name)), None)
    if language is None:
        return
    handler = function.text("handler") or ""
    if "." not in handler.rsplit("/", 1)[-1]:
        what = "names no function: it is looked for as <file>.<function>"
    elif handler.endswith(_EXTENSIONS[language]):
        what = f"ends with a file's extension, where {runtime} looks for a function's name"
    else:
        return
    yield Problem(
        function,
        "handler",
        f"handler is {handler!r} and runtime is {runtime}: it {what}. Every invocation fails.",
        fix="Write <file>.<function>, such as app.handler for the function handler in app.",
        also={"runtime": runtime},
    )


def _is_wrapped(function: Resource) -> bool:
    """Tell whether a wrapper starts the runtime, which may read the handler in its own way."""
    return any("AWS_LAMBDA_EXEC_WRAPPER" in one.mapping("variables") for one in function.blocks("environment"))
