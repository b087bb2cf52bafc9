"""Any bytes, in any role: an answer or a refusal in a sentence, never anything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.preflight.fuzz.asking import ROLES, Outcome, ask
from tests.preflight.fuzz.profile import trying

QUICK = trying(25)
HCL_WORDS = st.sampled_from(
    [
        'resource "aws_sqs_queue" "a" {',
        "}",
        "{",
        "[",
        "]",
        "(",
        ")",
        "=",
        "name",
        '"x"',
        '"${',
        '}"',
        "<<-EOT\n",
        "EOT\n",
        "for",
        "in",
        ":",
        "?",
        "if",
        "...",
        "local.a",
        "var.a",
        "[*]",
        ".*",
        "%{",
        "~}",
        "\n",
        " ",
        "1e9",
        "0x1",
        "-",
        "!",
        "#",
        "//",
        "/*",
        "*/",
        "dynamic",
        "\r\n",
        "\t",
        "locals {",
        'variable "a" {',
        'module "a" {',
        'source = "./"',
        "count = ",
        "for_each = ",
        "jsonencode(",
        "file(",
        "\ufeff",
        "\u2028",
        "🜂",
        "$${",
        "=>",
    ]
)
JSON_WORDS = st.sampled_from(
    [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        '"resource"',
        '"aws_sqs_queue"',
        '"a"',
        '"${',
        '}"',
        '"//"',
        '"provider"',
        "null",
        "true",
        "1e999",
        "-0",
        '"\\ud800"',
        '"format_version": "1.2"',
        '"planned_values"',
        '"root_module"',
        '"resources"',
        '"address"',
        '"locals"',
        '"variable"',
        '"module"',
        "\\",
        '"',
    ]
)


@pytest.mark.parametrize("role", ROLES)
@given(data=st.binary(max_size=400))
@QUICK
def test_bytes(role: str, data: bytes):
    assert ask(role, data) in Outcome


@pytest.mark.parametrize("role", ["main.tf", "standard input", "terraform.tfvars"])
@given(words=st.lists(HCL_WORDS, max_size=40))
@QUICK
def test_words_of_hcl(role: str, words: list[str]):
    assert ask(role, " ".join(words).encode()) in Outcome


@pytest.mark.parametrize("role", ["main.tf.json", "plan.json", "a.auto.tfvars.json", "baseline.json", "intent.json"])
@given(words=st.lists(JSON_WORDS, max_size=40))
@QUICK
def test_words_of_json(role: str, words: list[str]):
    assert ask(role, "".join(words).encode()) in Outcome


TEXT = 'resource "aws_sqs_queue" "zahlungen" {\n  name = "zahlungen-ü-dev"\n}\n'


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "utf-7"])
def test_other_encodings_are_refused_or_read(encoding: str):
    assert ask("main.tf", TEXT.encode(encoding)) in Outcome


def test_a_byte_order_mark_is_passed_over():
    assert ask("main.tf", b"\xef\xbb\xbf" + TEXT.encode()) is Outcome.ANSWER


@pytest.mark.parametrize("role", ROLES)
def test_a_zero_byte(role: str):
    assert ask(role, b"a = 1\0\n") in Outcome


@pytest.mark.parametrize("role", ["main.tf", "main.tf.json", "plan.json", "standard input"])
@pytest.mark.parametrize("data", [b"", b" \n", b"{}", b"\xef\xbb\xbf"])
def test_nothing_to_check_is_a_refusal(role: str, data: bytes):
    assert ask(role, data) is Outcome.REFUSAL
