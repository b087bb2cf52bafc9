"""Puts any value in the place of any argument of the rules' own examples."""

from __future__ import annotations

import copy
import functools
import random
import re
from typing import Any, Final

from tercet.preflight import registry
from tests.preflight.as_json import as_json

NASTY: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    7,
    10**30,
    -(10**30),
    0.5,
    1e308,
    float("inf"),
    "",
    " ",
    "x",
    "true",
    "0",
    "-1",
    "1e9",
    "nan",
    "inf",
    "1_000",
    "٣",
    "*",
    "?",
    "[",
    "]",
    "(",
    "\\",
    "\ud800",
    "\0",
    "\n",
    "a\nb",
    "ü",
    "🜂",
    "a" * 3000,
    "${",
    "$${",
    "%{",
    "arn:",
    "arn:aws:",
    "arn:aws:s3:::",
    "arn:aws:lambda:us-east-1:123456789012:function:a",
    "arn:aws:iam::1:role/",
    ":::::",
    "10.0.0.0",
    "10.0.0.0/33",
    "0.0.0.0/0",
    "::/0",
    "10.0.0.0/8",
    "us-east-1",
    "us-east-1a",
    "vpc-1",
    "{}",
    "[]",
    "null",
    '"x"',
    "{",
    '{"Statement": null}',
    '{"Statement": [null, 1, "x", {}]}',
    '{"Statement": {"Action": {}, "Effect": [], "Resource": 1, "Principal": [1], "Condition": []}}',
    '{"Version": [], "Statement": [{"Principal": {"AWS": [1, null, {}]}}]}',
    '{"States": {"a": null}, "StartAt": []}',
    '{"States": {"a": {"Type": "Task", "Resource": [], "Next": {}}}, "StartAt": "a"}',
    '{"source": 1, "detail": {"a": [{"prefix": []}]}}',
    '{"widgets": [{"properties": []}, null]}',
    '[{"name": 1, "image": []}]',
    '{"openapi": 3, "paths": {"/": {"get": [], "x-amazon-apigateway-integration": 1}}}',
    '{"a": 1' + "0" * 400 + "}",
    [],
    [None],
    [[]],
    [{}],
    [1],
    [""],
    ["x", 1, None, {}],
    [[["x"]]],
    ["x"] * 50,
    {},
    {"": None},
    {"x": {}},
    {"x": [1]},
    {"": {"": []}},
    "${var.nothing}",
    "${var.undeclared}",
    ["${var.nothing}"],
    {"x": "${var.nothing}"},
    "a-${var.nothing}-b",
    "${var.nothing}${var.nothing}",
    "${aws_missing.a.arn}",
    "${aws_missing.a}",
    "${data.aws_missing.a[0].x}",
    "${local.missing}",
    "${module.missing.a}",
    "${each.value}",
    "${count.index}",
    "${self}",
    "${jsonencode({a = var.nothing})}",
    "${jsonencode([var.nothing])}",
    "${jsonencode({Statement = var.nothing})}",
    "${jsonencode({Statement = [{Action = var.nothing, Principal = {AWS = var.nothing}, Effect = 1}]})}",
    "${[for x in var.nothing : x]}",
    "${{a = 1}}",
    "${[1, [2]]}",
    "${1}",
    "${-1.5}",
    "${null}",
    "${true}",
    "${1/0}",
    "${upper(1)}",
    '${join(",", [var.nothing])}',
    "${cidrsubnet(var.nothing, 1, 1)}",
    "${slice(var.nothing, 0, 2)}",
    "${try(var.nothing, 1)}",
)
"""Values that no argument is made for, or that some are."""


@functools.cache
def examples() -> tuple[dict[str, Any], ...]:
    """Return the failing and passing example of every rule, in the JSON syntax."""
    return tuple(as_json(text) for rule in registry.all_rules().values() for text in (rule.failing, rule.passing))


def mutated(number: int, seed: int) -> dict[str, Any]:
    """Return one example with a few of its parts replaced, left out, doubled or wrapped."""
    document = copy.deepcopy(examples()[number % len(examples())])
    document.setdefault("variable", [])
    if isinstance(document["variable"], dict):
        document["variable"].setdefault("nothing", {})
    else:
        document["variable"] = {"nothing": {}}
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 4)):
        _mutate(document, chance)
    return document


def _mutate(document: dict[str, Any], chance: random.Random) -> None:
    places = list(_places(document, 0))
    if not places:
        return
    holder, key = chance.choice(places)
    what = chance.random()
    if what < 0.70:
        holder[key] = copy.deepcopy(chance.choice(NASTY))
    elif what < 0.80:
        del holder[key]
    elif what < 0.90:
        holder[key] = [holder[key]]
    elif isinstance(holder, dict):
        holder[key] = {str(key): holder[key]}
    else:
        holder.append(holder[key])


def _places(value: Any, depth: int) -> Any:
    """Go through the places inside blocks: not their types, whose change makes it another configuration."""
    if isinstance(value, dict):
        for key, one in value.items():
            if depth >= 3:
                yield value, key
            yield from _places(one, depth + 1)
    elif isinstance(value, list):
        for at, one in enumerate(value):
            if depth >= 3:
                yield value, at
            yield from _places(one, depth + 1)


_TOKENS: Final = re.compile(
    r'"[^"$\n]*"|\b\d+\b|\btrue\b|\bfalse\b|\[[^\[\]]*\]|\{[^{}]*\}'
    r"|\b(?:data\.)?aws_\w+\.\w+(?:\.\w+)*"
)
_WRITTEN: Final = (
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    "0.5",
    '""',
    '"x"',
    '"*"',
    '"${var.nothing}"',
    "var.nothing",
    "[]",
    "[null]",
    "[[]]",
    "[{}]",
    "{}",
    "{ x = null }",
    "{ x = [1] }",
    '[1, null, "x", {}]',
    "[var.nothing]",
    "{ x = var.nothing }",
    "local.none",
    "data.aws_x.y.z",
    '"arn:aws:s3:::"',
    '"a:b:c:d:e:f:g"',
    "[for x in var.nothing : x]",
    "{ for x in var.nothing : x => x }",
    "toset([])",
    '"$${"',
    '"\\ud800"',
    '"10.0.0.0/33"',
    "jsonencode(null)",
    "jsonencode([1])",
    "jsonencode({ Statement = [null] })",
    '"{"',
    "each.key",
    "upper(1)",
    "1 / 0",
    "aws_sqs_queue.none[*].arn",
    '"-${var.nothing}-"',
    '["x", "x"]',
    "var.nothing[0]",
    '{ "" = 1 }',
    "99999999999999999999",
)


def _is_in_header(text: str, at: int) -> bool:
    """Tell whether a place is in the first line of a block: without its labels it is no HCL."""
    line = text[text.rfind("\n", 0, at) + 1 :].partition("\n")[0].strip()
    return (
        line.startswith(("resource", "data ", "variable", "provider ", "module", "output", "terraform")) and "{" in line
    )


@functools.cache
def texts() -> tuple[str, ...]:
    """Return the failing and passing example of every rule, in HCL."""
    return tuple(text for rule in registry.all_rules().values() for text in (rule.failing, rule.passing))


def mutated_text(number: int, seed: int) -> str:
    """Return one example in HCL with a few of its values replaced, those inside of documents too."""
    text = texts()[number % len(texts())]
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 5)):
        found = [one for one in _TOKENS.finditer(text) if not _is_in_header(text, one.start())]
        if not found:
            break
        match = chance.choice(found)
        text = text[: match.start()] + chance.choice(_WRITTEN) + text[match.end() :]
    return text if 'variable "nothing"' in text else text + '\nvariable "nothing" {}\n'
