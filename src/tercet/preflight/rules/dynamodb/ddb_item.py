"""Items that are none of their table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import is_known, shown

_KINDS: Final = frozenset(("S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"))

_ITEM = """
resource "aws_dynamodb_table_item" "settings" {
  table_name = "payments-settings-dev"
  hash_key   = "name"
  item       = jsonencode(ITEM)
}
"""

RULE = Rule(
    id="ddb-item",
    title="An item without its key, or whose values have no type",
    severity=Severity.APPLY_FAILS,
    rationale=(
        'An item is an object of attributes, each with its type: { name = { S = "limit" } }. It has the table\'s '
        "keys. The provider or DynamoDB refuses it otherwise."
    ),
    aws_error="ValidationException: One or more parameter values were invalid: Missing the key <key> in the item",
    sources=(
        "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html",
        "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html",
    ),
    resources=("aws_dynamodb_table_item",),
    failing=_ITEM.replace("ITEM", '{ limit = { N = "100" } }'),
    passing=_ITEM.replace("ITEM", '{ name = { S = "limit" }, limit = { N = "100" } }'),
)


@RULE.check
def check(item: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the keys, and at the type of each attribute."""
    if not item.has("item"):
        return
    attributes = item.document("item")
    if not isinstance(attributes, dict) or not all(isinstance(name, str) and "${" not in name for name in attributes):
        return
    for argument in ("hash_key", "range_key"):
        key = item.value(argument)
        if isinstance(key, str) and key and key not in attributes:
            yield Problem(
                item,
                "item",
                f"The item has {shown(list(attributes))}, and lacks {shown(key)}, the table's {argument}.",
                fix=f"Add {shown(key)}.",
                aws_error=(
                    "ValidationException: One or more parameter values were invalid: Missing the key "
                    f"{shown(key)} in the item"
                ),
                also={argument: shown(key)},
            )
    for name, value in attributes.items():
        typed = isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _KINDS
        if not typed and (is_known(value) or isinstance(value, list | dict)):
            yield Problem(
                item,
                "item",
                f"{shown(name)} is {shown(value)}, without the type of the value.",
                fix=f'Write {shown(name)} = {{ S = "…" }}, or the type that it has.',
                aws_error='Error: Invalid format of "item": Decoding failed',
            )
            return
