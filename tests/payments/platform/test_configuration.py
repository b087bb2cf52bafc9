"""What the functions are told by their environment."""

from __future__ import annotations

import pytest

from tercet.payments.configuration import Configuration
from tercet.payments.errors import ConfigurationError

TOLD = {"TERCET_ENVIRONMENT": "dev", "TERCET_PARAMETERS": "/tercet/dev"}


def test_two_variables_are_enough():
    assert Configuration.from_environment(TOLD) == Configuration("dev", "/tercet/dev", None)


def test_the_embedded_aws_tells_where_the_database_is_and_nobody_is_shown_it():
    url = "mysql://payments:password@127.0.0.1:3307/payments"
    configuration = Configuration.from_environment({**TOLD, "TERCET_DATABASE_URL": url})
    assert configuration.database_url == url
    assert "password" not in repr(configuration)


@pytest.mark.parametrize("missing", TOLD)
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_variable_is_named(missing: str, value: str | None):
    told = {name: text for name, text in {**TOLD, missing: value}.items() if text is not None}
    with pytest.raises(ConfigurationError, match=missing):
        Configuration.from_environment(told)


@pytest.mark.parametrize("path", ["tercet/dev", "/tercet/dev/"])
def test_a_path_that_is_none_is_refused(path: str):
    with pytest.raises(ConfigurationError, match="TERCET_PARAMETERS"):
        Configuration.from_environment({**TOLD, "TERCET_PARAMETERS": path})
