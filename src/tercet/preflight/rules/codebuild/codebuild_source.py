"""A build whose source, artifacts or machine do not go together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each

_EXAMPLE = """
resource "aws_codebuild_project" "payments" {
  name         = "payments-dev"
  service_role = "arn:aws:iam::123456789012:role/build"

  artifacts {
    type = "ARTIFACTS"
  }

  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/amazonlinux2-x86_64-standard:5.0"
    type         = "LINUX_CONTAINER"
  }

  source {
    type = "CODEPIPELINE"
  }
}
"""

RULE = Rule(
    id="codebuild-source",
    title="Build whose source, artifacts or machine do not go together",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A build of a pipeline takes its source from there and leaves its artifacts there, both or neither. Any other "
        "source has a location, no source has a buildspec of its own, and artifacts in S3 have a bucket. Lambda's "
        "machines run Lambda's containers."
    ),
    aws_error=(
        "InvalidInputException: Invalid input: when using CodePipeline both sourceType, and artifactType must be set "
        "to: CODEPIPELINE"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectSource.html",
        "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectArtifacts.html",
        "https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-compute-types.html",
        "https://github.com/cloudposse/terraform-aws-codebuild/issues/23",
    ),
    resources=("aws_codebuild_project",),
    failing=_EXAMPLE.replace("ARTIFACTS", "NO_ARTIFACTS"),
    passing=_EXAMPLE.replace("ARTIFACTS", "CODEPIPELINE"),
)

_PIPELINE: Final = "CODEPIPELINE"
_AT_A_PLACE: Final = ("BITBUCKET", "CODECOMMIT", "GITHUB", "GITHUB_ENTERPRISE", "GITLAB", "GITLAB_SELF_MANAGED", "S3")


@RULE.check
def check(project: Resource, _: Context) -> Iterator[Problem]:
    """Look at source, artifacts and machine."""
    yield from ask_each(project, (_pipeline, _location, _buildspec, _bucket, _machine))


def _type(project: Resource, block: str) -> str:
    found = project.block(block)
    return (found.text("type", "") or "") if found else ""


def _pipeline(project: Resource) -> Iterator[Problem]:
    source, artifacts = _type(project, "source"), _type(project, "artifacts")
    if source and artifacts and (source == _PIPELINE) != (artifacts == _PIPELINE):
        yield Problem(
            project,
            "artifacts",
            f"The source is of type {source} and the artifacts of type {artifacts}: of a pipeline are both or neither.",
            fix=f"Set both types to {_PIPELINE}, or neither.",
            also={"source": source},
        )


def _location(project: Resource) -> Iterator[Problem]:
    for source in project.blocks("source"):
        if source.text("type", "") in _AT_A_PLACE and "location" not in source.values:
            yield Problem(
                source,
                "location",
                f"The source is of type {source.text('type')}, and has no location.",
                fix="Set location, such as the repository's address.",
                aws_error="InvalidInputException",
            )


def _buildspec(project: Resource) -> Iterator[Problem]:
    for source in project.blocks("source"):
        if source.text("type", "") == "NO_SOURCE" and "buildspec" not in source.values:
            yield Problem(
                source,
                "buildspec",
                "There is no source in which a buildspec.yml could be, and no buildspec.",
                fix="Write the buildspec into the argument buildspec.",
                aws_error="InvalidInputException",
            )


def _bucket(project: Resource) -> Iterator[Problem]:
    for artifacts in project.blocks("artifacts"):
        if artifacts.text("type", "") == "S3" and "location" not in artifacts.values:
            yield Problem(
                artifacts,
                "location",
                "The artifacts go to S3, and no location says to which bucket.",
                fix="Set location to the bucket's name.",
                aws_error="InvalidInputException",
            )


def _machine(project: Resource) -> Iterator[Problem]:
    for environment in project.blocks("environment"):
        size, kind = environment.text("compute_type", "") or "", environment.text("type", "") or ""
        if not size or not kind or size.startswith("BUILD_LAMBDA_") == kind.endswith("_LAMBDA_CONTAINER"):
            continue
        yield Problem(
            environment,
            "compute_type",
            f"compute_type is {size} and type is {kind}: Lambda's machines run Lambda's containers, and only they do.",
            fix=(
                "Take a size such as BUILD_LAMBDA_1GB."
                if kind.endswith("_LAMBDA_CONTAINER")
                else "Take a size such as BUILD_GENERAL1_SMALL."
            ),
            aws_error="InvalidInputException",
            also={"type": kind},
        )
