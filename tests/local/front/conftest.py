"""A front over moto's server, made once for all tests that do not change what is deployed."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from tests.local.front.front_shop import environment_of, open_shop
from tests.local.front.front_site import Cloud, Site, running_site

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def endpoint():
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def cloud(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Cloud:
    cloud = Cloud(endpoint, tmp_path_factory.mktemp("cloud"))
    cloud.deploy()
    return cloud


@pytest.fixture(scope="session")
def shared_site(cloud: Cloud) -> Iterator[Site]:
    with running_site(cloud) as site:
        yield site


@pytest.fixture
def site(shared_site: Site) -> Site:
    """A site as new; for tests that neither stop it nor deploy anything else."""
    shared_site.forget()
    return shared_site


@pytest.fixture
def own_site(endpoint: str, tmp_path: Path) -> Iterator[Site]:
    """A site that a test may do anything with."""
    cloud = Cloud(endpoint, tmp_path)
    cloud.deploy()
    with running_site(cloud) as site:
        yield site


@pytest.fixture(scope="module")
def shared_shop(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_shop(endpoint, tmp_path_factory.mktemp("shop")) as site:
        yield site


@pytest.fixture
def shop(shared_shop: Site) -> Iterator[Site]:
    """A site with the platform's own document and the real handler behind it, and a merchant that is new to it."""
    shared_shop.forget()
    shared_shop.merchant = f"merchant-{next(_NUMBERS)}"
    with environment_of(shared_shop):
        yield shared_shop
