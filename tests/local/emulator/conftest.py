"""Two servers, shared by all tests of a run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from emulator_helpers import EXTENDED, PLAIN, Connect, connect_to, server

from tercet.errors import TerraformError
from tercet.terraform import Binary, find


@pytest.fixture(scope="session")
def plain() -> Iterator[Connect]:
    with server(PLAIN) as url:
        yield connect_to(url)


@pytest.fixture(scope="session")
def emulator_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with server(EXTENDED, str(tmp_path_factory.mktemp("session"))) as url:
        yield url


@pytest.fixture(scope="session")
def aws(emulator_url: str) -> Connect:
    return connect_to(emulator_url)


@pytest.fixture(scope="session")
def program() -> Binary:
    """The Terraform or OpenTofu that tercet itself would use."""
    try:
        return find()
    except TerraformError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))
