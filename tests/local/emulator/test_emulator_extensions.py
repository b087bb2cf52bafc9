"""Every extension is needed, and serves what it is for."""

from __future__ import annotations

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from emulator_cases import CHECKS
from emulator_helpers import Connect

from tercet.local.emulator.install import extensions

RACES = {"sqs_concurrent_messages", "dynamodb_atomic_writes"}
"""Fixes of what plain moto does wrong only now and then; test_emulator_concurrency.py is about them."""


@pytest.mark.parametrize("name", CHECKS)
def test_the_embedded_aws_serves(name: str, aws: Connect) -> None:
    CHECKS[name](aws)


@pytest.mark.parametrize("name", CHECKS)
def test_plain_moto_still_needs_the_extension(name: str, plain: Connect) -> None:
    try:
        CHECKS[name](plain)
    except (AssertionError, BotoCoreError, ClientError, KeyError, TypeError, ValueError):
        return
    pytest.fail(f"moto serves this now: delete the module {name} of tercet.local.emulator, and its check")


def test_every_extension_has_a_check() -> None:
    modules = {name.rsplit(".", 1)[-1] for name in extensions()}
    assert modules == set(CHECKS) | RACES
