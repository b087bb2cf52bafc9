"""What yamldecode() makes of a text is what Terraform makes of it, or unknown."""

from __future__ import annotations

import pytest

from tercet.preflight.evaluation.functions.yaml_text import yamldecode
from tercet.preflight.values import Unknown
from tests.preflight.checking import check_hcl, found

DATABASE = """
locals {
  settings = yamldecode(<<-EOT
    database:
      pool: &pool { min: 4, max: 2 }
      window: 04:00-04:30
  EOT
  )
}

resource "aws_rds_cluster" "payments" {
  preferred_backup_window = local.settings.database.window
  serverlessv2_scaling_configuration {
    min_capacity = local.settings["database"]["pool"].min
    max_capacity = local.settings.database.pool.max
  }
}
"""


def test_settings_are_known():
    report = check_hcl(DATABASE)
    assert found(report, "aurora-sv2-min-gt-max")
    assert not found(report, "rds-backup-window-short")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1", {"a": 1}),
        ("a: 0.5", {"a": 0.5}),
        ("a: 22:30", {"a": "22:30"}),
        ("a: '1'\nb: 8.0.35", {"a": "1", "b": "8.0.35"}),
        ("a: true\nb: False\nc: truth", {"a": True, "b": False, "c": "truth"}),
        ("a:\nb: ~", {"a": None, "b": None}),
        ("80: http", {"80": "http"}),
        ("base: &b {x: 1}\na:\n  <<: *b\n  z: 2", {"base": {"x": 1}, "a": {"x": 1, "z": 2}}),
        ("- 10.0.0.0/16\n- us-east-1", ["10.0.0.0/16", "us-east-1"]),
    ],
)
def test_values(text: str, value: object):
    assert yamldecode(text) == value


@pytest.mark.parametrize("scalar", ["yes", "2026-01-31", "0x1f", "0o17", "010", "1_000", "1e3", ".5", ".inf"])
def test_what_may_be_read_otherwise_is_unknown(scalar: str):
    assert isinstance(yamldecode(f"a: {scalar}")["a"], Unknown)


BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))


@pytest.mark.parametrize(
    "text", ["a: [", "a: &a [*a]", "a: !!python/name:os.system x", "[x]: y", "2026-01-31: x", "---\n---\n", BOMB]
)
def test_what_cannot_be_read(text: str):
    with pytest.raises(ValueError, match=r"YAML|large|type|key"):
        yamldecode(text)
