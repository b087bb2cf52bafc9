"""Configurations that were made to hang, to fill the memory, or to reach outside."""

from __future__ import annotations

import json
from typing import Any, Final

QUEUE: Final = 'resource "aws_sqs_queue" "payments" {\n  name = %s\n}\n'


def _doubling(first: str, again: str, times: int = 60) -> str:
    """Locals of which each holds the one before twice."""
    lines = [f"  a0 = {first}", *(f"  a{n} = {again.replace('@', f'local.a{n - 1}')}" for n in range(1, times))]
    return "locals {\n" + "\n".join(lines) + "\n}\n" + QUEUE % f"local.a{times - 1}"


def _used(expression: str, times: int = 60) -> str:
    """A structure that doubles, given to an expression."""
    return (
        _doubling('{ x = "x" }', "[@, @]", times)
        + "locals {\n  b = "
        + expression.replace("@", f"local.a{times - 1}")
        + "\n}\n"
        + (QUEUE.replace("payments", "other") % "local.b")
    )


def _nested(opening: str, middle: str, closing: str, depth: int) -> str:
    return opening * depth + middle + closing * depth


_RANGE: Final = """locals {
  r    = range(20000)
  big  = [for i in range(20000) : { id = i, name = "n${i}" }]
  text = join("", [for i in range(20000) : "0123456789abcdef"])
}
"""


def _over(expression: str) -> str:
    return _RANGE + QUEUE % expression


BOMBS: Final[dict[str, str]] = {
    "a string doubles": _doubling('"ha"', '"${@}${@}"'),
    "a template doubles": QUEUE % '"x"'
    + _doubling('"${aws_sqs_queue.a.arn}"', '"${@}${@}"').replace("payments", "b")
    + QUEUE.replace("payments", "a") % '"y"',
    "a list doubles": _doubling('["x"]', "[@, @]"),
    "an empty list doubles": _doubling("[]", "[@, @]"),
    "an object doubles": _doubling('{ x = "x" }', "{ a = @, b = @ }"),
    "concat doubles": _doubling('["x"]', "concat(@, @)"),
    "merge of objects doubles": _doubling('{ x = "x" }', "merge({ a = @ }, { b = @ })"),
    "a number squares": _doubling("99999999999999999999", "@ * @"),
    "a conditional doubles": 'variable "c" {}\n' + _doubling('["x"]', "var.c ? [@, @] : [@, @, @]"),
    "jsonencode of what doubles": _used("jsonencode(@)"),
    "jsonencode doubles": _doubling('["x"]', "jsonencode([@, @])"),
    "jsonencode of unknowns doubles": 'variable "c" {}\n' + _doubling("var.c", "jsonencode([@, @])"),
    "flatten of what doubles": _used("flatten(@)"),
    "flatten of empty lists": _doubling("[]", "[@, @]")
    + "locals {\n  b = flatten(local.a59)\n}\n"
    + QUEUE.replace("payments", "o") % "local.b",
    "distinct of what doubles": _used("distinct([@, @])"),
    "equality of what doubles": _doubling('{ x = "x" }', "[@, @]", 40)
    + _doubling('{ x = "x" }', "[@, @]", 40)
    .replace("a", "z")
    .replace("loczls", "locals")
    .replace("loczl", "local")
    .replace("nzme", "name")
    .replace("zws_sqs", "aws_sqs")
    .replace("pzyments", "w")
    + QUEUE.replace("payments", "e") % "local.a39 == local.z39",
    "contains of what doubles": _used("contains([@], @)"),
    "tostring of what doubles": _used("tostring(@)"),
    "a key that doubles": _used("{ (@) = 1 }"),
    "a string of what doubles": _used('"x${@}"'),
    "a for over what doubles": _used("[for x in @ : x]"),
    "a for in a for in a for": QUEUE
    % "[for a in range(9999) : [for b in range(9999) : [for c in range(9999) : a + b + c]]]",
    "setproduct multiplies": QUEUE % "setproduct(range(9999), range(9999), range(9999))",
    "setproduct of setproducts": _doubling("range(100)", "setproduct(@, @)", 6),
    "range is too long": QUEUE % "range(100000000000)",
    "range of a huge step": QUEUE % "range(0, 1e308, 1e-300)",
    "a string is joined to itself": _over("join(local.text, [for i in range(20000) : local.text])"),
    "a string is formatted into itself": _over(
        'format(join("", [for i in range(20000) : "%s"]), [for i in range(20000) : local.text]...)'
    ),
    "a string replaces its own parts": _over('replace(local.text, "0", local.text)'),
    "indent of many lines": _over('indent(100, replace(local.text, "0", "\\n"))'),
    "setintersection is quadratic": _over(
        'setintersection([for i in range(20000) : "a${i}"], [for i in range(20000) : "b${i}"])'
    ),
    "setsubtract is quadratic": _over('setsubtract(local.big, [for i in range(20000) : { id = -1, name = "m${i}" }])'),
    "setunion is quadratic": _over("setunion(local.big, local.big)"),
    "index in a loop": _over("[for i in range(20000) : index(local.r, 19999)]"),
    "contains in a loop": _over("[for i in range(20000) : contains(local.r, -1)]"),
    "equality in a loop": _over("[for i in range(20000) : local.big == local.big]"),
    "merge in a loop": _over('merge([for i in range(20000) : { for j in range(500) : "k${j}" => j }]...)'),
    "merge of one map many times": _RANGE.replace("}\n", '  m = { for j in range(20000) : "k${j}" => j }\n}\n', 1)
    + QUEUE % "merge([for i in range(20000) : local.m]...)",
    "sort in a loop": _over('[for i in range(20000) : sort([for j in range(20000) : "k${j}"])]'),
    "keys in a loop": _over('[for i in range(20000) : length(keys({ for j in range(20000) : "k${j}" => j }))]'),
    "a template in a loop": _over('[for i in range(20000) : "${local.text}${i}"]'),
    "lookup in a loop": _over("[for i in range(20000) : values(local.big[i])]"),
    "pow": QUEUE % "pow(9, pow(9, pow(9, 9)))",
    "parseint": QUEUE % f'parseint("{"9" * 299}", 36)',
    "a number of a million digits": QUEUE % ("9" * 1_000_000),
    "an exponent": QUEUE % "1e999999999 * 1e999999999 % 7",
    "cidrsubnets": QUEUE % 'cidrsubnets("::/0", 128, 1000000000, -5)',
    "cidrhost": QUEUE % 'cidrhost("::/0", 1e300)',
    "cidrsubnet": QUEUE % 'cidrsubnet("10.0.0.0/8", 1000000000, 1e300)',
    "format widths": QUEUE % 'format("%099d%99999999s%*d", 1, "x")',
    "a billion instances": (QUEUE % '"x"').replace("{\n", "{\n  count = 1000000000\n"),
    "count is infinite": (QUEUE % '"x"').replace("{\n", "{\n  count = 1e999\n"),
    "count is negative": (QUEUE % '"x"').replace("{\n", "{\n  count = -1\n"),
    "count is itself": (QUEUE % '"x"').replace("{\n", "{\n  count = length(aws_sqs_queue.payments)\n"),
    "a million keys": (QUEUE % '"x${each.key}"').replace(
        "{\n", '{\n  for_each = { for i in range(1000000) : "k${i}" => i }\n'
    ),
    "a million keys of a product": (QUEUE % '"x${each.key}"').replace(
        "{\n", '{\n  for_each = toset([for p in setproduct(range(1000), range(1000)) : "${p[0]}-${p[1]}"])\n'
    ),
    "many blocks with many instances": "".join(
        f'resource "aws_subnet" "a{n}" {{\n  count = 1000\n  vpc_id = "vpc-1"\n'
        '  cidr_block = cidrsubnet("10.0.0.0/8", 16, count.index)\n}\n'
        for n in range(300)
    ),
    "dynamic blocks in dynamic blocks": 'resource "aws_security_group" "a" {\n'
    + "".join('dynamic "ingress" {\nfor_each = range(1000)\ncontent {\nfrom_port = ingress.value\n' for _ in range(6))
    + "}\n}\n" * 6
    + "}\n",
    "splat of splats": _over("local.big[*].name[*][*][*]"),
    "locals in a circle": 'locals {\n  a = local.b\n  b = "${local.c}x"\n  c = [local.a]\n}\n' + QUEUE % "local.a",
    "a local of itself": "locals {\n  a = [local.a, local.a]\n}\n" + QUEUE % "local.a",
    "a chain of locals": "locals {\n"
    + "".join(f"  a{n} = local.a{n + 1}\n" for n in range(5000))
    + '  a5000 = "x"\n}\n'
    + QUEUE % "local.a0",
    "resources in a circle": QUEUE % "aws_sns_topic.a.name"
    + 'resource "aws_sns_topic" "a" {\n  name = aws_sqs_queue.payments.name\n}\n',
    "a chain of resources": "".join(
        f'resource "aws_sqs_queue" "a{n}" {{\n  name = aws_sqs_queue.a{n + 1}.name\n}}\n' for n in range(2000)
    )
    + 'resource "aws_sqs_queue" "a2000" {\n  name = "x"\n}\n',
    "variables in a circle": 'variable "a" {\n  default = var.b\n}\nvariable "b" {\n  default = var.a\n}\n'
    + QUEUE % "var.a",
    "an output of itself": 'output "a" {\n  value = output.a\n}\nmodule "a" {\n  source = "./"\n  b = module.a.a\n}\n'
    + QUEUE % "module.a.a",
    "a provider of itself": 'provider "aws" {\n  region = data.aws_region.a.name\n}\ndata "aws_region" "a" {}\n'
    + QUEUE % "data.aws_region.a.name",
    "depends on itself": (QUEUE % '"x"').replace("{\n", "{\n  depends_on = [aws_sqs_queue.payments]\n"),
    "nested lists": QUEUE % _nested("[", "1", "]", 10_000),
    "nested objects": QUEUE % _nested("{ a = ", "1", "}", 10_000),
    "nested parentheses": QUEUE % _nested("(", "1", ")", 10_000),
    "nested calls": QUEUE % _nested("upper(", '"a"', ")", 10_000),
    "nested conditions": QUEUE % _nested("true ? ", "1", " : 2", 10_000),
    "nested templates": QUEUE % _nested('"${', "1", '}"', 10_000),
    "nested negations": QUEUE % _nested("!", "true", "", 10_000),
    "a long sum": QUEUE % _nested("1 + ", "1", "", 10_000),
    "a long traversal": QUEUE % ("aws_x.y" + ".z" * 10_000),
    "a long row of indexes": QUEUE % ("aws_x.y" + "[0]" * 10_000),
    "nested splats": QUEUE % ("aws_x.y" + "[*].z" * 10_000),
    "nested blocks": _nested("a {\n", "", "}\n", 10_000),
    "nested blocks of a resource": 'resource "aws_sqs_queue" "a" {\n' + _nested("a {\n", "", "}\n", 10_000) + "}\n",
    "nested for": QUEUE % _nested("[for a in [1] : ", "1", "]", 10_000),
    "nested blocks, ninety": 'resource "aws_sqs_queue" "a" {\n' + _nested("a {\n", "b = 1\n", "}\n", 90) + "}\n",
    "nested lists, ninety": QUEUE % _nested("[", "1", "]", 45),
    "brackets alone": "[" * 1_000_000,
    "braces alone": "{" * 1_000_000,
    "quotes alone": '"' * 1_000_000,
    "dollars alone": 'a = "' + "${" * 100_000,
    "a heredoc without end": "a = <<EOT\n" + "x\n" * 100_000,
    "heredocs of heredocs": "a = <<EOT\n" * 10_000,
    "comments alone": "#\n" * 500_000,
    "comments without end": "/*" * 500_000,
    "accepted many times": "# preflight:accept a\n" * 200_000 + QUEUE % '"x"',
    "an accept of spaces": "# preflight:accept " + " " * 1_000_000 + "\n" + QUEUE % '"x"',
    "labels alone": "a " + '"b" ' * 100_000 + "{}\n",
    "one block many times": (QUEUE % '"x"') * 20_000,
    "digits alone": QUEUE % ("1" * 50_000 + "e" + "1" * 50_000 + "x"),
    "digits and letters": "x = " + "1e" * 200_000,
    "blanks alone": " " * 2_000_000 + QUEUE % '"x"',
}
"""Name → HCL."""


def _json(name: Any, **more: Any) -> dict[str, Any]:
    return {"resource": {"aws_sqs_queue": {"payments": {"name": name, **more}}}}


JSON_BOMBS: Final[dict[str, str]] = {
    "nested lists": '{"resource": {"aws_sqs_queue": {"a": {"name": ' + _nested("[", "1", "]", 10_000) + "}}}}",
    "nested lists, nine hundred": '{"resource": {"aws_sqs_queue": {"a": {"name": '
    + _nested("[", "1", "]", 900)
    + "}}}}",
    "nested lists, two hundred": '{"resource": {"aws_sqs_queue": {"a": {"name": '
    + _nested("[", "1", "]", 200)
    + "}}}}",
    "nested lists, ninety": '{"resource": {"aws_sqs_queue": {"a": {"name": ' + _nested("[", "1", "]", 90) + "}}}}",
    "nested objects": '{"resource": {"aws_sqs_queue": {"a": {"name": ' + _nested('{"a":', "1", "}", 900) + "}}}}",
    "resource in resource": '{"resource": ' + _nested('{"a":', "1", "}", 900) + "}",
    "lists of resources": '{"resource": ' + _nested("[", "1", "]", 900) + "}",
    "comments in comments": '{"resource": {"aws_sqs_queue": {"a": {"//": '
    + _nested('{"preflight":[', "1", "]}", 450)
    + "}}}}",
    "lifecycle": '{"resource": {"aws_sqs_queue": {"a": {"lifecycle": ' + _nested("[", "1", "]", 900) + "}}}}",
    "defaults": '{"variable": {"a": {"default": ' + _nested("[", "1", "]", 900) + "}}}",
    "providers": '{"provider": {"aws": {"region": ' + _nested("[", "1", "]", 900) + "}}}",
    "backends": '{"terraform": {"backend": {"s3": ' + _nested("[", "1", "]", 900) + "}}}",
    "locals": '{"locals": {"a": ' + _nested("[", "1", "]", 900) + '}, "output": {"a": {"value": "${local.a}"}}}',
    "modules": '{"module": {"a": {"source": "x", "b": ' + _nested("[", "1", "]", 900) + "}}}",
    "dynamic": '{"resource": {"aws_security_group": {"a": {"dynamic": '
    + _nested('{"ingress": {"for_each": [1,2], "content": {"dynamic":', "1", "}}}", 60)
    + "}}}}",
    "a policy": json.dumps(_json("x", policy=_nested("[", "1", "]", 100_000))),
    "a policy, nine hundred": json.dumps(_json("x", policy=_nested('{"Statement":[', "1", "]}", 450))),
    "a template in templates": json.dumps(_json(_nested('${"', "x", '"}', 5_000))),
    "a heredoc in a template": json.dumps(_json("${<<EOT\nx\nEOT\n}")),
    "the end of a heredoc": json.dumps(_json("${1}\nEND_OF_TEMPLATE\n")),
    "surrogates": '{"resource": {"aws_sqs_queue": {"a\\ud800": {"name": "${\\ud800}\\udfff", "\\ud800": "x"}}}}',
    "zero bytes": '{"resource": {"aws_sqs_queue": {"a\\u0000": {"name": "${\\u0000}\\u0000"}}}}',
    "a number of many digits": '{"resource": {"aws_sqs_queue": {"a": {"delay_seconds": ' + "9" * 100_000 + "}}}}",
    "a number of some digits": '{"resource": {"aws_sqs_queue": {"a": {"delay_seconds": '
    + "9" * 4_000
    + ', "name": "${1'
    + "0" * 350
    + '}"}}}}',
    "infinity": '{"resource": {"aws_sqs_queue": {"a": {"delay_seconds": 1e999, "name": -1e999}}}}',
    "not a number": '{"resource": {"aws_sqs_queue": {"a": {"delay_seconds": NaN}}}}',
    "keys twice": '{"resource": {"aws_sqs_queue": {"a": {"name": "x"}, "a": {"name": "y"}}}}',
    "keys that are empty": '{"resource": {"": {"": {"": ""}}}}',
    "no object": "[]",
    "a string": '"resource"',
    "null": "null",
    "null blocks": '{"resource": null, "provider": {"aws": null}, "locals": [null]}',
    "scalars for blocks": '{"resource": {"aws_sqs_queue": {"a": 5}}}',
    "brackets alone": "[" * 5_000_000,
    "plan of a plan": '{"format_version": "1.2", "planned_values": {"root_module": '
    + _nested('{"child_modules": [', "{}", "]}", 450)
    + "}}",
    "a plan of nothing": '{"format_version": "1.2", "planned_values": null}',
    "a plan of strings": '{"format_version": "1.2", "planned_values": "x", "configuration": "y"}',
}
"""Name → text in JSON."""

SLOW: Final = (
    "a for in a for in a for",
    "index in a loop",
    "contains in a loop",
    "equality in a loop",
    "merge in a loop",
    "sort in a loop",
    "keys in a loop",
    "dynamic blocks in dynamic blocks",
    "many blocks with many instances",
    "quotes alone",
    "a chain of resources",
    "dollars alone",
    "accepted many times",
    "brackets alone",
)
"""Those of `BOMBS` that take all the steps that are allowed, or are large."""
