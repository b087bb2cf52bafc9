"""A journal of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from moto import mock_aws

from tercet.payments.acquirer.journal import Journal
from tests.payments.acquirer.parts import KINDS_OF_JOURNAL, new_journal


@pytest.fixture(params=KINDS_OF_JOURNAL)
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    with mock_aws() if request.param == "dynamo" else nullcontext():
        yield new_journal(request.param, tmp_path)
