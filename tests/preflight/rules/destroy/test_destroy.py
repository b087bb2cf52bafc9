"""Nothing is asked of what is not to be destroyed."""

from __future__ import annotations

import pytest

from tercet.preflight.intent import Intent
from tercet.preflight.rules.destroy import (
    destroy_deletion_protection,
    destroy_key_lingers,
    destroy_leaves_snapshot,
    destroy_not_emptied,
    destroy_prevented,
    destroy_vault_locked,
)
from tests.preflight.checking import check_hcl, found

MODULES = (
    destroy_deletion_protection,
    destroy_key_lingers,
    destroy_leaves_snapshot,
    destroy_not_emptied,
    destroy_prevented,
    destroy_vault_locked,
)


@pytest.mark.parametrize("rule", [module.RULE for module in MODULES], ids=lambda rule: rule.id)
@pytest.mark.parametrize("intent", [Intent(), Intent(destroyable=False)])
def test_without_the_intent_nothing_is_said(rule, intent: Intent):
    assert not found(check_hcl(rule.failing, intent), rule.id)


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ('resource "aws_cognito_user_pool" "p" {\n  name = "p"\n  deletion_protection = "ACTIVE"\n}\n', True),
        ('resource "aws_cognito_user_pool" "p" {\n  name = "p"\n  deletion_protection = "INACTIVE"\n}\n', False),
        ('resource "aws_lb" "l" {\n  enable_deletion_protection = true\n}\n', True),
        (
            'resource "aws_lb" "l" {\n  enable_deletion_protection = var.on\n}\nvariable "on" {\n  type = bool\n}\n',
            False,
        ),
    ],
)
def test_protections(text: str, is_found: bool):
    assert bool(found(check_hcl(text, Intent(destroyable=True)), "destroy-deletion-protection")) is is_found
