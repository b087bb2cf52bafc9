"""Functions on texts, numbers and lists, and what Terraform 1.11 makes of the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tercet.preflight.loading import load
from tercet.preflight.values import Unknown, Value


def made(expression: str, folder: Path) -> Value:
    text = f'variable "later" {{}}\noutput "made" {{\n  value = {expression}\n}}\n'
    (folder / "main.tf").write_text(text, encoding="utf-8")
    return load(folder)[0].outputs["made"]


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ('format("%03d-%s", 7, "a")', "007-a"),
        ('format("%5s|%-5s|", "ab", "ab")', "   ab|ab   |"),
        ('format("%-4d|%4d|%x|%X|%o|%b", 7, 7, 255, 255, 8, 5)', "7   |   7|ff|FF|10|101"),
        ('format("%.3f|%8.2f|%08.2f|%f", 1.5, 2, 3.14159, 1)', "1.500|    2.00|00003.14|1.000000"),
        ('format("%q %d%%", "a<", 5)', '"a\\u003c" 5%'),
        ('format("%s and %v", true, 1.5)', "true and 1.5"),
        ('formatlist("%02d%s", [1, 2], ["a", "b"])', ["01a", "02b"]),
        ('formatlist("%s-%s", "x", ["a", "b"])', ["x-a", "x-b"]),
        ('title("foo-bar baz_qux o\'neil wORLD 1st x.y")', "Foo-Bar Baz_qux O'Neil WORLD 1st X.Y"),
        ("[log(8, 2), log(1024, 2), ceil(log(6, 2))]", [3, 10, 3]),
        ('[basename("/a/b/"), basename("b")]', ["b", "b"]),
        ('[dirname("/a/b/"), dirname("b"), dirname("a/b/c"), dirname("/a")]', ["/a/b", ".", "a/b", "/"]),
        ('urlencode("ä ~/?=-_.!*\'()&+")', "%C3%A4+~%2F%3F%3D-_.%21%2A%27%28%29%26%2B"),
        ("[signum(0), signum(-2), signum(9)]", [0, -1, 1]),
        ("[chunklist([1, 2], 0), chunklist([], 2), chunklist([1, 2, 3], 2)]", [[[1, 2]], [], [[1, 2], [3]]]),
        ('transpose({ b = ["y", "x"], a = ["x"] })', {"x": ["a", "b"], "y": ["b"]}),
        ('matchkeys(["i1", "i2", "i3"], ["a", "b", "a"], ["a"])', ["i1", "i3"]),
        ("[pow(2, 10), pow(10, -1)]", [1024, 0.1]),
        ('jsonencode({ z = "a&b", y = 1 })', '{"y":1,"z":"a\\u0026b"}'),
        ('tolist(toset(["c", "a", "b"]))', ["a", "b", "c"]),
    ],
)
def test_what_is_known(expression: str, wanted: Value, tmp_path: Path):
    assert made(expression, tmp_path) == wanted


@pytest.mark.parametrize("expression", ["log(27, 3)", 'format("%t", true)', 'formatlist("%s", var.later)'])
def test_what_is_not(expression: str, tmp_path: Path):
    assert isinstance(made(expression, tmp_path), Unknown)


def test_a_part_that_is_not_known(tmp_path: Path):
    first, second = made('formatlist("%s-%s", ["a", var.later], "x")', tmp_path)
    assert first == "a-x"
    assert second.parts[-1] == "-x"
