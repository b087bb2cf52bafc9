"""Near misses of the rules of registries."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, block, verdict

RULE = "ecr-lifecycle-policy"
UNKNOWN = 'variable "unknown" {}\n'
DAYS = 'countType = "sinceImagePushed", countUnit = "days", countNumber = 14'
IMAGES = 'countType = "imageCountMoreThan", countNumber = 30'


def policy(*rules: tuple[int, str]) -> str:
    written = ", ".join(
        f'{{ rulePriority = {number}, action = {{ type = "expire" }}, selection = {{ {selection} }} }}'
        for number, selection in rules
    )
    return block("aws_ecr_lifecycle_policy", "p", f'repository = "r"\npolicy = jsonencode({{ rules = [{written}] }})')


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (policy((1, f'tagStatus = "untagged", {DAYS}'), (2, f'tagStatus = "any", {IMAGES}')), SILENT),
        (policy((2, f'tagStatus = "untagged", {DAYS}'), (1, f'tagStatus = "any", {IMAGES}')), FOUND),
        (policy((1, f'tagStatus = "tagged", tagPatternList = ["v*"], {IMAGES}')), SILENT),
        (policy((1, f'tagStatus = "tagged", {IMAGES}')), FOUND),
        (policy((1, f'tagStatus = "any", tagPrefixList = null, {IMAGES}')), FOUND),
        (policy((1, f'tagStatus = "any", {IMAGES}, countUnit = null')), FOUND),
        (UNKNOWN + policy((1, f"tagStatus = var.unknown, {IMAGES}")), SILENT),
        (UNKNOWN + block("aws_ecr_lifecycle_policy", "p", "policy = jsonencode({ rules = var.unknown })"), SILENT),
        (block("aws_ecr_lifecycle_policy", "p", "policy = data.aws_ecr_lifecycle_policy_document.d.json"), None),
    ],
)
def test_lifecycle_policies(text: str, expected: str | None):
    assert verdict(RULE, text) in ((expected,) if expected else (SILENT, "undecided"))


DOCUMENT = """
data "aws_iam_policy_document" "d" {
  statement {
    actions = ["ecr:BatchGetImage"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root"]
    }
    MORE
  }
}
resource "aws_ecr_repository_policy" "p" {
  repository = "r"
  policy     = data.aws_iam_policy_document.d.json
}
"""


@pytest.mark.parametrize(("more", "expected"), [("", SILENT), ("resources = []", SILENT), ('resources = ["*"]', FOUND)])
def test_policies_of_repositories(more: str, expected: str):
    assert verdict("ecr-policy-resource", DOCUMENT.replace("MORE", more)) == expected
