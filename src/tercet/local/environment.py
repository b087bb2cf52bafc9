"""What keeps every request of an embedded deployment on this machine.

A user's own AWS profile, endpoint or proxy settings must neither break the embedded deployment nor, far worse, send
it to a real account. So nothing of ``AWS_*`` is inherited, no AWS configuration file is read, and no proxy is asked.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final

import boto3
import botocore.session
from botocore.config import Config

_CREDENTIALS: Final = {"AWS_ACCESS_KEY_ID": "embedded", "AWS_SECRET_ACCESS_KEY": "embedded"}
"""The embedded AWS asks for some and checks none."""

_TIMEOUT_S: Final = 10.0

_NOT_INHERITED: Final = ("AWS_", "TF_VAR_", "TF_CLI_ARGS", "TF_WORKSPACE")
_NO_FILES: Final = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}

# botocore's names → (configuration file's key, variable, default, conversion): neither file nor variable is asked.
_NO_PROFILE: Final = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


def for_terraform(*, endpoint: str, region: str, inherited: Mapping[str, str] | None = None) -> dict[str, str | None]:
    """Say what Terraform's environment must differ in; ``None`` removes a variable.

    Parameters
    ----------
    endpoint
        URL of the embedded AWS.
    inherited
        The environment that is differed from; by default this process's own.
    """
    source = os.environ if inherited is None else inherited
    removed = dict.fromkeys(name for name in source if name.startswith(_NOT_INHERITED))
    return {
        **removed,
        **_CREDENTIALS,
        **_NO_FILES,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        # The provider tries a failed request 25 times by default, which looks like a hang.
        "AWS_MAX_ATTEMPTS": "2",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def for_server(region: str) -> dict[str, str]:
    """Give the whole environment of the embedded AWS's process, in which moto makes clients of its own."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_INHERITED)}
    return {**inherited, **_CREDENTIALS, **_NO_FILES, "AWS_DEFAULT_REGION": region, "AWS_EC2_METADATA_DISABLED": "true"}


def client(service: str, *, endpoint: str, region: str, read_timeout_s: float = _TIMEOUT_S) -> Any:
    """Make a boto3 client that speaks to the embedded AWS only, whatever the user's own settings are.

    Parameters
    ----------
    service
        boto3's name of the service.
    endpoint
        URL of the embedded AWS.
    read_timeout_s
        How long to wait for an answer, in seconds. Nothing is tried twice.
    """
    session = boto3.session.Session(botocore_session=botocore.session.Session(session_vars=_NO_PROFILE))
    return session.client(
        service,
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=_CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=_CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=Config(
            connect_timeout=_TIMEOUT_S,
            read_timeout=read_timeout_s,
            retries={"total_max_attempts": 1, "mode": "standard"},
            proxies={},
        ),
    )
