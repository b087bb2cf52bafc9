"""Arguments that do not go with the kind of package."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.lambda_._examples import function
from tercet.preflight.values import is_known

RULE = Rule(
    id="lambda-package-arguments",
    title="Arguments that do not go with the kind of package",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An image brings its own runtime, handler and layers, and Lambda refuses to be told them again. A zip needs a "
        "runtime and a handler. package_type is Zip unless it is said to be Image, also with an image_uri."
    ),
    aws_error=(
        "InvalidParameterValueException: Please don't provide Handler or Runtime or Layer when the intended function "
        "PackageType is Image."
    ),
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/images-create.html",
        "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
    ),
    resources=("aws_lambda_function",),
    failing="""
resource "aws_lambda_function" "payments" {
  function_name = "payments-dev"
  role          = "arn:aws:iam::123456789012:role/payments-dev"
  package_type  = "Image"
  image_uri     = "123456789012.dkr.ecr.us-east-1.amazonaws.com/payments:1.4.0"
  handler       = "app.handler"
  runtime       = "python3.13"
}
""",
    passing="""
resource "aws_lambda_function" "payments" {
  function_name = "payments-dev"
  role          = "arn:aws:iam::123456789012:role/payments-dev"
  package_type  = "Image"
  image_uri     = "123456789012.dkr.ecr.us-east-1.amazonaws.com/payments:1.4.0"
}
"""
    + function().replace('"payments"', '"refunds"').replace("payments-dev", "refunds-dev"),
)


@RULE.check
def check(function: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the kind of package with what is given."""
    if function.text("package_type", "Zip") == "Image":
        yield from _image(function)
    else:
        yield from _zip(function)


def _image(function: Resource) -> Iterator[Problem]:
    given = [name for name in ("handler", "runtime", "layers") if _given(function, name)]
    if given:
        names = ", ".join(f"{name} is {function.shown(name)}" for name in given)
        yield Problem(
            function,
            given[0],
            f"package_type is Image and {names}: the image says these itself, and Lambda refuses them.",
            fix=f"Remove {', '.join(given)}; set image_config.command for another handler.",
        )


def _zip(function: Resource) -> Iterator[Problem]:
    if _given(function, "image_uri"):
        yield Problem(
            function,
            "package_type",
            f"image_uri is {function.shown('image_uri')} and package_type is not Image: the function is taken for a "
            "zip.",
            fix='Set package_type = "Image".',
            aws_error="Error: handler and runtime must be set when PackageType is Zip",
        )
        return
    if function.has("image_uri"):
        return
    missing = [name for name in ("handler", "runtime") if not function.has(name)]
    if missing:
        yield Problem(
            function,
            missing[0],
            f"package_type is Zip and {' and '.join(missing)} missing: Lambda cannot run the package.",
            fix=f"Give {' and '.join(missing)}.",
            aws_error="Error: handler and runtime must be set when PackageType is Zip",
        )


def _given(function: Resource, name: str) -> bool:
    return function.has(name) and is_known(function.value(name)) and function.value(name) != ""
