"""Near misses of the rule of items."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
TABLE = block("aws_dynamodb_table", "t", 'name = "t"\nhash_key = "id"\nattribute {\n  name = "id"\n  type = "S"\n}')


def item(said: str, key: str = '"id"', more: str = "") -> str:
    return block("aws_dynamodb_table_item", "i", f'table_name = "t"\nhash_key = {key}\nitem = {said}\n{more}')


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (item('jsonencode({ id = { S = "1" } })'), SILENT),
        (item('jsonencode({ id = { S = "1" } })', "aws_dynamodb_table.t.hash_key") + TABLE, SILENT),
        (item('jsonencode({ name = { S = "1" } })', "aws_dynamodb_table.t.hash_key") + TABLE, FOUND),
        (item('jsonencode({ id = { S = "1" } })', more='range_key = "at"'), FOUND),
        (item('jsonencode({ id = { S = "1" }, a = { M = { b = { N = "1" } } } })'), SILENT),
        (item('jsonencode({ id = { S = "1" }, a = { NULL = true }, b = { SS = ["x"] } })'), SILENT),
        (item('jsonencode({ id = { S = "1" }, a = "b" })'), FOUND),
        (item('jsonencode({ id = { String = "1" } })'), FOUND),
        (item("jsonencode({ id = { S = var.unknown } })") + UNKNOWN, SILENT),
        (item("jsonencode({ id = var.unknown })") + UNKNOWN, SILENT),
        (item("var.unknown") + UNKNOWN, UNDECIDED),
        (item("jsonencode({})", "var.unknown") + UNKNOWN, SILENT),
        (item('<<JSON\n{ "id": { "S": "1" } }\nJSON\n'), SILENT),
    ],
)
def test_items(text: str, expected: str) -> None:
    assert verdict("ddb-item", text) == expected
