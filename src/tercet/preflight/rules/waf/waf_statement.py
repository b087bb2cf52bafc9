"""Statements of rules that WAF cannot ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule

_GROUP = """
resource "aws_wafv2_rule_group" "payments" {
  name     = "payments-dev"
  scope    = "REGIONAL"
  capacity = 10

  rule {
    name     = "countries"
    priority = 1

    action {
      block {}
    }

    statement {
      %s {
        statement {
          geo_match_statement {
            country_codes = ["KP"]
          }
        }
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "countries"
      sampled_requests_enabled   = true
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "payments-dev"
    sampled_requests_enabled   = true
  }
}
"""

RULE = Rule(
    id="waf-statement",
    title="Statement of a rule with too few or too many statements, or a set of another scope",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A statement block holds exactly one kind of statement; `and_statement` and `or_statement` join at least two. "
        "What a statement refers to (IP set, regular expressions, rule group) is of the scope of its web ACL, "
        "CLOUDFRONT or REGIONAL."
    ),
    aws_error=(
        "WAFInvalidParameterException: Error reason: You haven't met a minimum requirement for a threshold setting. "
        "Examples include a rule group capacity setting that's too low and an OR statement with only one nested "
        "statement."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/34320",
        "https://github.com/aws/aws-cli/issues/5571",
        "https://github.com/hashicorp/terraform-provider-aws/issues/14120",
    ),
    resources=("aws_wafv2_web_acl", "aws_wafv2_rule_group"),
    failing=_GROUP % "and_statement",
    passing=_GROUP % "not_statement",
)

_JOINING: Final = ("and_statement", "or_statement")
_INSIDE: Final = {
    "and_statement": "statement",
    "or_statement": "statement",
    "not_statement": "statement",
    "rate_based_statement": "scope_down_statement",
    "managed_rule_group_statement": "scope_down_statement",
}
_REFERRING: Final = {
    "ip_set_reference_statement": "aws_wafv2_ip_set",
    "regex_pattern_set_reference_statement": "aws_wafv2_regex_pattern_set",
    "rule_group_reference_statement": "aws_wafv2_rule_group",
}
_MULTIPLE: Final = (
    "WAFInvalidParameterException: Error reason: Your statement has multiple values set for a field that requires "
    "exactly one value., field: RULE, parameter: Rule"
)
_REFERENCE: Final = (
    "WAFInvalidParameterException: Error reason: A reference in your rule statement is not valid., field: RULE, "
    "parameter: Statement"
)


@RULE.check
def check(acl: Resource, _: Context) -> Iterator[Problem]:
    """Go down into the statements of each rule."""
    waiting = [statement for rule in acl.blocks("rule") for statement in rule.blocks("statement")]
    while waiting:
        statement = waiting.pop()
        kinds = [name for name in statement.values if name.endswith("_statement") and statement.blocks(name)]
        if len(kinds) > 1:
            yield _many(statement, kinds)
        for kind in kinds:
            for block in statement.blocks(kind):
                inside = block.blocks(_INSIDE[kind]) if kind in _INSIDE else []
                waiting.extend(inside)
                if kind in _JOINING and len(inside) == 1:
                    yield _alone(block, kind)
                if kind in _REFERRING:
                    yield from _of_other_scope(acl, block, _REFERRING[kind])


def _many(statement: Block, kinds: list[str]) -> Problem:
    return Problem(
        statement,
        kinds[1],
        f"{statement.path} holds {' and '.join(kinds)}, and WAF takes one kind of statement in each place.",
        fix="Join them with and_statement or or_statement, each in a statement block of its own.",
        aws_error=_MULTIPLE,
    )


def _alone(block: Block, kind: str) -> Problem:
    return Problem(
        block,
        "statement",
        f"{block.path} joins a single statement, and WAF wants at least two of them.",
        fix=f"Write the statement without the {kind} around it.",
    )


def _of_other_scope(acl: Resource, block: Block, kind: str) -> Iterator[Problem]:
    target = block.target("arn", kind)
    if target is None or target.mode != "managed":
        return
    own, other = acl.text("scope"), target.text("scope")
    if own and other and own != other:
        yield Problem(
            block,
            "arn",
            f"{target.address} has the scope {other}, and {acl.address} the scope {own}: WAF does not find it.",
            fix=f'Give {target.address} scope = "{own}".',
            aws_error=_REFERENCE,
            also={"scope": other},
        )
