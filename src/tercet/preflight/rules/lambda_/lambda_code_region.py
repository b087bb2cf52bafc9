"""Layers and images that Lambda does not take from where they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.lambda_._examples import function
from tercet.preflight.values import Reference, shown

_LAYER: Final = re.compile(r"arn:[a-z-]{1,20}:lambda:([a-z0-9-]{1,30}):.*", re.DOTALL)
_ECR: Final = re.compile(
    r"[0-9]{12}\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]{1,30})\.(?:amazonaws\.com(?:\.cn)?|on\.aws)/.*", re.DOTALL
)
_REGISTRY: Final = re.compile(
    r"(?:public\.ecr\.aws|docker\.io|registry-1\.docker\.io|ghcr\.io|quay\.io|gcr\.io)/.*", re.DOTALL
)
_TAGGED: Final = re.compile(r"[:@][^/]+$")
_PROVIDER: Final = '\nprovider "aws" {\n  region = "us-east-1"\n}\n'


def _with_layer(region: str) -> str:
    return _PROVIDER + function(f'layers        = ["arn:aws:lambda:{region}:123456789012:layer:payments:3"]')


RULE = Rule(
    id="lambda-code-region",
    title="A layer of another region, or an image that Lambda cannot find",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A function's layers, and the repository of its image, are in its region. An image is in a private repository "
        "of ECR: a public one, or another registry, is not read. It is named with a tag or a digest, for there is no "
        "usual one."
    ),
    aws_error=(
        "InvalidParameterValueException: Layers are not in the same region as the function. Layers are expected to be "
        "in region <region>."
    ),
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#images-permissions",
        "https://github.com/grafana/loki/issues/7218",
        "https://github.com/hashicorp/terraform/issues/27963",
    ),
    resources=("aws_lambda_function",),
    failing=_with_layer("eu-west-1"),
    passing=_with_layer("us-east-1"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the literal places of layers and image."""
    layers = resource.value("layers")
    for layer in layers if isinstance(layers, list) else ():
        found = _LAYER.fullmatch(layer) if isinstance(layer, str) else None
        if found and found[1] != (region := resource.known_region()):
            yield Problem(
                resource,
                "layers",
                f"{shown(layer)} is a layer of {found[1]}, and the function is in {region}.",
                fix=f"Use the layer's version in {region}.",
                also={"region": region},
            )
    if said := _wrong_image(resource):
        uri = resource.shown("image_uri")
        yield Problem(
            resource,
            "image_uri",
            f"image_uri is {uri}, {said[0]}.",
            fix=said[1],
            aws_error=f"InvalidParameterValueException: Source image {uri} is not valid. Provide a valid source image.",
        )


def _wrong_image(resource: Resource) -> tuple[str, str] | None:
    uri = resource.value("image_uri")
    tag = 'Add a tag or a digest: "${<repository>.repository_url}:<tag>".'
    if isinstance(uri, Reference):
        # A plan does not say what was written around the reference.
        whole = uri.path == ("repository_url",) and resource.graph.kind != "plan"
        return ("a repository without a tag", tag) if whole else None
    if not isinstance(uri, str):
        return None
    if _REGISTRY.fullmatch(uri):
        return "which is in no private repository of ECR", "Copy the image to a repository of your own, and name that."
    if (private := _ECR.fullmatch(uri)) is None:
        return None
    if not _TAGGED.search(uri):
        return "a repository without a tag", tag
    if private[1] != (region := resource.known_region()):
        return f"in {private[1]}, and the function is in {region}", f"Replicate the repository to {region}."
    return None
