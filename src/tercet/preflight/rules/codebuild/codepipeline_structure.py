"""A pipeline that CodePipeline does not take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each

_EXAMPLE = """
resource "aws_s3_bucket" "artifacts" {
  bucket_prefix = "artifacts-dev-"
}

resource "aws_codestarconnections_connection" "payments" {
  name          = "payments-dev"
  provider_type = "GitHub"
}

resource "aws_codepipeline" "payments" {
  name     = "payments-dev"
  role_arn = "arn:aws:iam::123456789012:role/pipeline"

  artifact_store {
    location = aws_s3_bucket.artifacts.bucket
    type     = "S3"
  }

  stage {
    name = "Source"

    action {
      name             = "Source"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeStarSourceConnection"
      version          = "1"
      output_artifacts = ["source"]

      configuration = {
        ConnectionArn    = aws_codestarconnections_connection.payments.arn
        FullRepositoryId = "example/payments"
        BranchName       = "main"
      }
    }
  }

  stage {
    name = "Build"

    action {
      name            = "Build"
      category        = "Build"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      input_artifacts = ["INPUT"]

      configuration = {
        ProjectName = "payments-dev"
      }
    }
  }
}
"""

RULE = Rule(
    id="codepipeline-structure",
    title="Pipeline whose stages or artifacts do not fit",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A pipeline has two stages or more. The first has sources only, and no other has one. What an action takes, an "
        "action before it leaves, each artifact under a name of its own. A build names its project."
    ),
    aws_error=(
        "InvalidActionDeclarationException: Input Artifact Bundle <name> in action <action> is not declared as Output "
        "Artifact Bundle in any of the preceding actions"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/codepipeline/latest/userguide/pipeline-requirements.html",
        "https://docs.aws.amazon.com/codepipeline/latest/userguide/welcome-introducing-artifacts.html",
        "https://github.com/aws-cloudformation/cfn-lint/issues/29",
    ),
    resources=("aws_codepipeline",),
    failing=_EXAMPLE.replace("INPUT", "sources"),
    passing=_EXAMPLE.replace("INPUT", "source"),
)

_SOURCE: Final = "Source"


@RULE.check
def check(pipeline: Resource, _: Context) -> Iterator[Problem]:
    """Look at stages, artifacts, and what builds name."""
    yield from ask_each(pipeline, (_stages, _sources, _artifacts, _builds))


def _stages(pipeline: Resource) -> Iterator[Problem]:
    count = len(pipeline.blocks("stage"))
    if count < 2 and pipeline.graph.kind != "plan":
        yield Problem(
            pipeline,
            "stage",
            f"The pipeline has {count} stage{'s' if count != 1 else ''}: it has two at least.",
            fix="Add a stage.",
            aws_error='Error: Insufficient stage blocks: At least 2 "stage" blocks are required.',
        )


def _sources(pipeline: Resource) -> Iterator[Problem]:
    for place, stage in enumerate(pipeline.blocks("stage")):
        for action in stage.blocks("action"):
            category = action.text("category", "") or ""
            if category and (category == _SOURCE) != (place == 0):
                yield Problem(
                    action,
                    "category",
                    (
                        f"The first stage has an action of category {category}: it has sources only."
                        if place == 0
                        else f"Stage {place + 1} has a source: only the first one has."
                    ),
                    fix="Put sources, and nothing else, into the first stage.",
                    aws_error=(
                        "InvalidStructureException: Pipeline should start with a stage that only contains source "
                        "actions"
                    ),
                )
                return


def _artifacts(pipeline: Resource) -> Iterator[Problem]:
    left: set[str] = set()
    for action in _in_order(pipeline):
        for name in action.texts("input_artifacts"):
            if name not in left:
                yield Problem(
                    action,
                    "input_artifacts",
                    f"Action {action.shown('name')} takes the artifact {name}, which no action before it leaves.",
                    fix=f"Name one of {', '.join(sorted(left)) or 'the artifacts of the first stage'}.",
                    aws_error=(
                        f"InvalidActionDeclarationException: Input Artifact Bundle {name} in action "
                        f"{action.shown('name')} is not declared as Output Artifact Bundle in any of the preceding "
                        "actions"
                    ),
                )
        for name in action.texts("output_artifacts"):
            if name in left:
                yield Problem(
                    action,
                    "output_artifacts",
                    f"Action {action.shown('name')} leaves the artifact {name}, which an action before it leaves too.",
                    fix="Give it another name.",
                    aws_error="InvalidStructureException",
                )
            left.add(name)


def _in_order(pipeline: Resource) -> Iterator[Block]:
    """Go through the actions in the order in which they run."""
    for stage in pipeline.blocks("stage"):
        yield from sorted(stage.blocks("action"), key=lambda one: one.number("run_order", 1) or 1)


def _builds(pipeline: Resource) -> Iterator[Problem]:
    for action in _in_order(pipeline):
        if action.text("provider", "") != "CodeBuild" or action.text("owner", "") != "AWS":
            continue
        if "configuration" in action.values and action.value("configuration") is None:
            continue
        if "ProjectName" not in action.mapping("configuration"):
            yield Problem(
                action,
                "configuration",
                f"Action {action.shown('name')} builds with CodeBuild, and its configuration has no ProjectName.",
                fix="Set ProjectName to the name of the project.",
                aws_error="InvalidActionDeclarationException",
            )
        if "input_artifacts" not in action.values:
            yield Problem(
                action,
                "input_artifacts",
                f"Action {action.shown('name')} builds with CodeBuild, and takes no artifact.",
                fix="Name the source's artifact in input_artifacts.",
                aws_error=(
                    f"InvalidActionDeclarationException: Action {action.shown('name')} declares 0 input artifacts "
                    "which is less than the minimum count (1)"
                ),
            )
