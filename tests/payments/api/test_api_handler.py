"""What the function that answers the API loads, and how long it takes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tercet.payments.execution import LEASE_MS
from tercet.payments.handlers import api
from tercet.payments.services import LONGEST_CALL_S


def test_it_loads_nothing_that_a_request_may_do_without() -> None:
    code = "import json, sys; import tercet.payments.handlers.api; print(json.dumps(sorted(sys.modules)))"
    written = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    loaded = set(json.loads(written))
    ours = {name for name in loaded if name.startswith("tercet.")}
    assert all(name.startswith("tercet.payments") for name in ours)
    assert not loaded & {"boto3", "pymysql", "alembic", "sqlalchemy", "yaml", "jsonschema", "pydantic", "moto"}


def test_publishing_is_done_before_the_invocation_ends() -> None:
    assert api.KEEP_S > LONGEST_CALL_S


@pytest.mark.slow  # imports the giant bindings
def test_an_operation_is_left_to_whoever_began_it_for_as_long_as_that_may_be_at_work() -> None:
    from tercet.stack.processor import API_TIMEOUT_S

    assert api.KEEP_S < API_TIMEOUT_S
    assert API_TIMEOUT_S * 1000 < LEASE_MS
