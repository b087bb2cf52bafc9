"""What a user has set up for the real AWS neither breaks the embedded one nor is reached from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tercet.local import environment


@pytest.fixture(params=["profile", "broken file", "credentials"])
def _users_own(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if request.param == "profile":
        monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    elif request.param == "broken file":
        (tmp_path / "config").write_text("[broken")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    else:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "https://dynamodb.us-east-1.amazonaws.com")


@pytest.mark.usefixtures("_users_own")
def test_a_client_is_made_for_the_embedded_aws_whatever_the_user_has_set() -> None:
    client = environment.client("dynamodb", endpoint="http://127.0.0.1:9", region="eu-west-1")
    assert client.meta.endpoint_url == "http://127.0.0.1:9"
    assert client.meta.region_name == "eu-west-1"
    assert client._request_signer._credentials.access_key == "embedded"


@pytest.mark.usefixtures("_users_own")
def test_the_servers_process_inherits_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin")
    given = environment.for_server("eu-west-1")
    assert given["PATH"] == "/usr/bin"
    assert {name: value for name, value in given.items() if name.startswith("AWS_")} == {
        "AWS_ACCESS_KEY_ID": "embedded",
        "AWS_SECRET_ACCESS_KEY": "embedded",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
