"""Builds and pipelines."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict


@pytest.mark.parametrize(
    ("source", "artifacts", "said"),
    [
        ('type = "CODEPIPELINE"', 'type = "CODEPIPELINE"', SILENT),
        ('type = "CODEPIPELINE"', 'type = "NO_ARTIFACTS"', FOUND),
        ('type = "GITHUB"\nlocation = var.given', 'type = "NO_ARTIFACTS"', SILENT),
        ('type = "GITHUB"\nlocation = null', 'type = "NO_ARTIFACTS"', SILENT),
        ('type = "GITHUB"', 'type = "NO_ARTIFACTS"', FOUND),
        ("type = var.given", 'type = "NO_ARTIFACTS"', UNDECIDED),
        ('type = "NO_SOURCE"', 'type = "NO_ARTIFACTS"', FOUND),
        ('type = "NO_SOURCE"\nbuildspec = file("x.yml")', 'type = "NO_ARTIFACTS"', SILENT),
    ],
)
def test_builds(source: str, artifacts: str, said: str):
    body = f'name = "b"\nsource {{\n{source}\n}}\nartifacts {{\n{artifacts}\n}}'
    assert verdict("codebuild-source", 'variable "given" {}\n' + block("aws_codebuild_project", "this", body)) == said


def action(body: str, category: str = "Build", provider: str = "CodeBuild") -> str:
    return f'action {{\nname = "a"\ncategory = "{category}"\nowner = "AWS"\nprovider = "{provider}"\n{body}\n}}'


def stages(*actions: str) -> str:
    body = "".join(f'stage {{\nname = "s"\n{one}\n}}\n' for one in actions)
    return 'variable "given" {}\n' + block("aws_codepipeline", "this", 'name = "p"\n' + body)


SOURCE = action('output_artifacts = ["source"]', "Source", "S3")
PROJECT = 'configuration = {\nProjectName = "p"\n}\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (stages(SOURCE, action(PROJECT + 'input_artifacts = ["source"]')), SILENT),
        (stages(SOURCE, action(PROJECT + 'input_artifacts = ["other"]')), FOUND),
        (stages(SOURCE, action(PROJECT + "input_artifacts = [var.given]")), UNDECIDED),
        (stages(SOURCE, action('input_artifacts = ["source"]')), FOUND),
        (stages(SOURCE, action('input_artifacts = ["source"]\nconfiguration = var.given')), UNDECIDED),
        (stages(SOURCE, SOURCE), FOUND),
        (stages(SOURCE), FOUND),
        (
            stages(
                SOURCE,
                action(PROJECT + 'run_order = 2\ninput_artifacts = ["built"]')
                + "\n"
                + action(PROJECT + 'input_artifacts = ["source"]\noutput_artifacts = ["built"]'),
            ),
            SILENT,
        ),
    ],
)
def test_pipelines(text: str, said: str):
    assert verdict("codepipeline-structure", text) == said
