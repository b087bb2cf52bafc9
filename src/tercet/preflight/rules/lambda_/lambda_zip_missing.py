"""A package that is not there when Terraform reads it, or only on one machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.lambda_._examples import function

_MAKERS: Final = ("archive_file", "external", "local_file", "null_resource", "terraform_data")
_LONGEST_PATH: Final = 1024

RULE = Rule(
    id="lambda-zip-missing",
    title="A function's package is not there, or only on one machine",
    severity=Severity.ADVICE,
    rationale=(
        "Terraform reads the package when it plans or applies. Where the file is not beside the configuration and "
        "nothing in the configuration makes it, something else has to make it first, or the deployment stops. "
        "Whether something does is not in the configuration, so this is advice. A file is looked for only where the "
        "configuration is a folder, and never outside of that folder. An absolute path is somebody's own."
    ),
    aws_error="Error: reading ZIP file (<file>): open <file>: no such file or directory",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/configuration-function-zip.html",),
    resources=("aws_lambda_function",),
    failing="""
resource "aws_lambda_function" "payments" {
  function_name = "payments-dev"
  role          = "arn:aws:iam::123456789012:role/payments-dev"
  filename      = "/home/ana/payments/build/payments.zip"
  handler       = "app.handler"
  runtime       = "python3.13"
}
""",
    passing=function(),
)


@RULE.check
def check(function: Resource, context: Context) -> Iterator[Problem]:
    """Look for the file below the folder of the configuration."""
    filename = function.value("filename")
    folder = _folder(function)
    if not isinstance(filename, str) or function.references("filename") or _made(context.graph):
        return
    path = PurePosixPath(filename)
    if path.is_absolute() and function.graph.kind != "plan":
        yield Problem(
            function,
            "filename",
            f"filename is {function.shown('filename')}, an absolute path: other machines do not have it.",
            fix="Use a path below the configuration, or a bucket.",
        )
    if folder is None or path.is_absolute() or ".." in path.parts or "\0" in filename or len(filename) > _LONGEST_PATH:
        return
    if _is_missing(folder / path):
        yield Problem(
            function,
            "filename",
            f"filename is {filename}: it is not in the folder of the configuration, and nothing in the configuration "
            "makes it.",
            fix="Make it with an archive_file data source, or build it before Terraform runs.",
        )


def _folder(function: Resource) -> Path | None:
    """Return the root module's folder; relative file names count from there, so that other modules tell nothing."""
    if function.graph.kind == "plan" or function.address.startswith("module.") or not function.source.file:
        return None
    folder = Path(function.source.file).parent
    try:
        return folder if Path(function.source.file).is_file() else None
    except (OSError, ValueError):
        return None


def _made(graph: Graph) -> bool:
    return bool(graph.data(*_MAKERS) or graph.of_type(*_MAKERS))


def _is_missing(path: Path) -> bool:
    try:
        return not path.exists() and not path.is_symlink()
    except (OSError, ValueError):
        return False
