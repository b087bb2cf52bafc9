"""What every test gets: no setting, credential or endpoint of whoever runs the tests."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tercet.settings import Settings
from tercet.synth.app import synthesize
from tests.configuration import Configuration
from tests.deployed import Deployed
from tests.scheduling import OneDeployment, deployed_for


def pytest_configure() -> None:
    """Heed interruptions, which some tests send to this process: a shell's background and ``nohup`` ignore them."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes share the tests, let files that take long come first, so that all end together."""
    if hasattr(config, "workerinput"):
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: (not deployed_for(item.nodeid), item.path not in slow))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneDeployment:
    """Have one of several processes deploy the platform, and not each of them."""
    return OneDeployment(config, log)


@pytest.fixture(autouse=True)
def _nothing_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may depend on the user's settings, nor reach the user's AWS account."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "TERCET_")) and name not in {"TERCET_TERRAFORM", "TERCET_PROVIDER_MIRROR"}:
            monkeypatch.delenv(name)
    monkeypatch.delenv("ENVIRONMENT_SUFFIX", raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    # Port 9 of loopback is nobody's: a client that was given no endpoint of ours fails at once.
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")


PROFILES = {
    "dev": {},
    "prod": {"profile": "prod"},
    "suffixed": {"environment_suffix": "blue-7"},
    "elsewhere": {"region": "eu-west-1"},
    "domain": {"domain": "payments.acme.io", "hosted_zone": "acme.io"},
    "experiment": {"zone_loss_experiment": True},
}


@pytest.fixture(scope="session")
def configurations(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Configuration]:
    """The platform, synthesized with every kind of settings."""
    cache = Path(__file__).parent.parent / ".tercet" / "cache"
    return {
        name: Configuration(synthesize(Settings(**overrides), out=tmp_path_factory.mktemp(name), cache=cache).folder)
        for name, overrides in PROFILES.items()
    }


@pytest.fixture(scope="session")
def configuration(configurations: dict[str, Configuration]) -> Configuration:
    """The platform, synthesized with the default settings."""
    return configurations["dev"]


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """The platform, deployed onto an embedded AWS by ``tercet up`` and taken down at the end."""
    platform = Deployed(tmp_path_factory.mktemp("deployed"))
    try:
        answer = platform.tercet("up")
        (platform.folder / "up.txt").write_text(answer.stdout)
        assert answer.returncode == 0, answer.stdout + answer.stderr
        yield platform
    finally:
        platform.tercet("down")
