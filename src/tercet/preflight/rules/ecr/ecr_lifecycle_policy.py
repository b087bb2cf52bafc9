"""Lifecycle policies of registries that ECR does not take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Value, is_known, shown

_TAGS: Final = ("tagPatternList", "tagPrefixList")
_SINCE: Final = frozenset({"sinceImagePulled", "sinceImagePushed", "sinceImageTransitioned"})
_FAILURE: Final = (
    "InvalidParameterException: Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle "
    "policy validation failure: {}'"
)
_NO_SCHEMA: Final = "instance failed to match exactly one schema (matched 0 out of 2)"
_MOST_RULES: Final = 100

_EXAMPLE = """
resource "aws_ecr_repository" "payments" {
  name                 = "payments-dev"
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
  }
}

resource "aws_ecr_lifecycle_policy" "payments" {
  repository = aws_ecr_repository.payments.name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      action       = { type = "expire" }
      selection    = { tagStatus = "untagged", countType = "sinceImagePushed"MORE, countNumber = 14 }
    }]
  })
}
"""

RULE = Rule(
    id="ecr-lifecycle-policy",
    title="A lifecycle policy that ECR does not take",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A rule for tagged images names their tags by a list of prefixes or of patterns, the others name none. A rule "
        "that counts days has countUnit, one that counts images has none, and null is not the same as absent. "
        "Priorities are different, and a rule for any image comes last."
    ),
    aws_error=_FAILURE.format(_NO_SCHEMA),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html",
        "https://github.com/cloudposse/terraform-aws-ecr/pull/132",
        "https://github.com/cloudposse/terraform-aws-ecr/issues/158",
    ),
    resources=("aws_ecr_lifecycle_policy",),
    failing=_EXAMPLE.replace("MORE", ""),
    passing=_EXAMPLE.replace("MORE", ', countUnit = "days"'),
)


@RULE.check
def check(policy: Resource, _context: Context) -> Iterator[Problem]:
    """Look at each rule, and at the priorities of all."""
    document = policy.document("policy")
    listed = document.get("rules") if isinstance(document, dict) else None
    rules = [one for one in listed[:_MOST_RULES] if isinstance(one, dict)] if isinstance(listed, list) else []
    seen: dict[str, int] = {}
    for index, rule in enumerate(rules):
        where = f"rules[{index}]"
        selection = rule.get("selection")
        if isinstance(selection, dict):
            for what, fix in _wrong(selection):
                yield _problem(policy, f"{where}.selection", what, fix, _NO_SCHEMA)
        priority = rule.get("rulePriority")
        if isinstance(priority, int | str):
            first = seen.setdefault(str(priority), index)
            if first != index:
                what = f"is {priority}, as it is of rules[{first}]"
                yield _problem(
                    policy, f"{where}.rulePriority", what, "Give it another number.", "Rule priorities must be unique"
                )
    yield from _any_last(policy, rules)


def _wrong(selection: dict[str, Value]) -> Iterator[tuple[str, str]]:
    status, counted = selection.get("tagStatus"), selection.get("countType")
    given = [name for name in _TAGS if name in selection]
    if status == "tagged" and not given:
        yield (
            "is for tagged images and has no tagPrefixList",
            'Give tagPatternList = ["*"], or the prefixes that are meant.',
        )
    if status == "tagged" and len(given) > 1 and all(is_known(selection[name]) for name in given):
        yield "has tagPrefixList and tagPatternList", "Keep one of the two."
    if status in ("any", "untagged") and given:
        yield f"is for {status} images and has {given[0]}", f"Remove {given[0]}."
    if counted in _SINCE and "countUnit" not in selection:
        yield f"counts by {counted} and has no countUnit", 'Add countUnit = "days".'
    if counted == "imageCountMoreThan" and "countUnit" in selection and is_known(selection["countUnit"]):
        yield f"counts images and has countUnit {shown(selection['countUnit'])}", "Remove countUnit."
    if isinstance(counted, str) and "countNumber" not in selection:
        yield "has no countNumber", "Add countNumber."


def _any_last(policy: Resource, rules: list[dict[str, Value]]) -> Iterator[Problem]:
    numbers = [one for rule in rules if isinstance(one := rule.get("rulePriority"), int)]
    if len(numbers) != len(rules):
        return
    for index, rule in enumerate(rules):
        selection = rule.get("selection")
        if isinstance(selection, dict) and selection.get("tagStatus") == "any" and numbers[index] != max(numbers):
            yield _problem(
                policy,
                f"rules[{index}].rulePriority",
                f"is {numbers[index]}, the rule is for any image, and {max(numbers)} comes after it",
                "Give it the highest number.",
                "rule with tagStatus any must have the lowest priority",
            )
            return


def _problem(policy: Resource, path: str, what: str, fix: str, failure: str) -> Problem:
    return Problem(
        policy, "policy", f"{path} {what}.", fix=fix, aws_error=_FAILURE.format(failure), also={"path": path}
    )
