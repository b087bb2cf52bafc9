"""Directives of templates: what they make is what Terraform makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tercet.preflight.documents import decode
from tercet.preflight.loading import load
from tercet.preflight.values import Encoded, Template, Unknown, Value

VARIABLES = """
variable "none" {
  default = ""
}
variable "sizes" {
  default = { b = 2, a = 1 }
}
variable "unknown" {}
output "made" {
  value = %s
}
"""
LINES = """<<EOT
{
  %{ if var.none != "" ~}
  "none": "${var.none}",
  %{~ endif }
  %{ for name, size in var.sizes ~}
  "${name}": ${size},
  %{~ endfor }
  "last": 0
}
EOT
"""


def made(expression: str, folder: Path, **files: str) -> Value:
    (folder / "main.tf").write_text(VARIABLES % expression, encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.tpl").write_text(text, encoding="utf-8")
    return load(folder)[0].outputs["made"]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ('"a%{ if var.none == "" }b%{ else }c%{ endif }d"', "abd"),
        ('"a%{ if var.none != "" }b%{ else }c%{ endif }d"', "acd"),
        ('"a%{ if false }b%{ endif }d"', "ad"),
        ('"%{ for k, v in var.sizes }${k}=${v};%{ endfor }"', "a=1;b=2;"),
        ('"%{ for one in ["x", "y"] }${one}%{ if one == "x" },%{ endif }%{ endfor }"', "x,y"),
        ('"a ${~ "b" ~} c"', "abc"),
        ('"a%%{ if }b"', "a%{ if }b"),
        (LINES, '{\n  \n    "a": 1,\n  "b": 2,\n\n  "last": 0\n}\n'),
    ],
)
def test_what_is_known(expression: str, text: str, tmp_path: Path):
    assert made(expression, tmp_path) == text


def test_a_template_of_a_file(tmp_path: Path):
    text = '[%{ for one in names ~}\n  "${one}",\n%{ endfor ~}\n  "end"]'
    said = made('templatefile("${path.module}/names.tpl", { names = ["a", "b"] })', tmp_path, names=text)
    assert decode(said) == ["a", "b", "end"]


def test_what_is_not_known_may_be_any_text(tmp_path: Path):
    said = made('<<EOT\n[{%{ if var.unknown }"a": 1,%{ endif }"b": 2}]\nEOT\n', tmp_path)
    assert isinstance(said, Template)
    assert isinstance(decode(said), Unknown)
    assert isinstance(made('"%{ for one in var.unknown }${one}%{ endfor }"', tmp_path), Unknown | Template)


def test_an_indented_template_is_not_made(tmp_path: Path):
    assert isinstance(made("<<-EOT\n    a%{ if true }b%{ endif }\n    EOT\n", tmp_path), Unknown)


def test_what_is_malformed_whatever_a_part_is():
    hole = Unknown("later")
    assert decode(Template(('{"a": "', hole, '"'))) is None
    assert decode(Template(('{"a": ', Encoded([hole])))) is None
    assert isinstance(decode(Template(('{"a": ', hole))), Unknown)
    assert decode(Template(('{"a": ', hole, "}"))) == {"a": hole}
