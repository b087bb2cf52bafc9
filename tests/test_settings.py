from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tercet import settings
from tercet.errors import SettingsError
from tercet.settings import Settings


def load(**variables: str) -> Settings:
    return settings.load(environment=variables)


def test_defaults_are_the_required_platform():
    loaded = load()
    assert loaded.region == "us-east-1"
    assert loaded.availability_zones == ("us-east-1a", "us-east-1b", "us-east-1c")
    assert loaded.database_instance_class == "db.r5.large"
    assert loaded.backtrack_window_s == 259_200
    assert loaded.backup_retention_days == 7
    assert not loaded.protect


def test_prod_is_protected_keeps_more_and_has_the_same_zones():
    dev, prod = load(), load(TERCET_PROFILE="prod")
    assert prod.protect
    assert prod.backup_retention_days > dev.backup_retention_days
    assert prod.log_retention_days > dev.log_retention_days
    assert prod.availability_zones == dev.availability_zones


def test_what_is_set_wins_over_the_profile():
    assert not load(TERCET_PROFILE="prod", TERCET_PROTECT="false").protect


def test_sources_win_in_the_documented_order(tmp_path: Path):
    file = tmp_path / "tercet.toml"
    file.write_text('environment_suffix = "file"\nregion = "eu-west-1"\n')
    environment = {"ENVIRONMENT_SUFFIX": "environment"}
    assert settings.load(file, environment={}).environment_suffix == "file"
    assert settings.load(file, environment=environment).environment_suffix == "environment"
    overridden = settings.load(file, environment=environment, overrides={"environment_suffix": "argument"})
    assert overridden.environment_suffix == "argument"
    assert overridden.region == "eu-west-1"
    assert overridden.availability_zones == ("eu-west-1a", "eu-west-1b", "eu-west-1c")


def test_file_of_the_current_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "tercet.toml").write_text('environment_suffix = "here"')
    monkeypatch.chdir(tmp_path)
    assert load().environment_suffix == "here"


def test_containers_in_variables_are_toml():
    loaded = load(
        TERCET_AVAILABILITY_ZONES='["us-east-1b", "us-east-1d", "us-east-1f"]', TERCET_TAGS='{ owner = "payments" }'
    )
    assert loaded.availability_zones == ("us-east-1b", "us-east-1d", "us-east-1f")
    assert loaded.tags == {"owner": "payments"}


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"TERCET_REGIN": "us-east-1"}, ["regin", "TERCET_REGIN", "no such setting"]),
        ({"TERCET_REGION": "us-west-1"}, ["us-west-1", "two availability zones"]),
        ({"TERCET_REGION": "Virginia"}, ["region", "'Virginia'"]),
        ({"ENVIRONMENT_SUFFIX": "Prod_1"}, ["environment_suffix", "'Prod_1'", "ENVIRONMENT_SUFFIX"]),
        ({"ENVIRONMENT_SUFFIX": "a" * 17}, ["environment_suffix", "16"]),
        ({"TERCET_AVAILABILITY_ZONES": '["us-east-1a", "us-east-1b"]'}, ["3 different zones"]),
        ({"TERCET_AVAILABILITY_ZONES": '["us-east-1a", "us-east-1a", "us-east-1b"]'}, ["3 different zones"]),
        ({"TERCET_AVAILABILITY_ZONES": '["us-east-1a", "us-east-1b", "us-west-2c"]'}, ["us-west-2c", "not in region"]),
        ({"TERCET_AVAILABILITY_ZONES": "us-east-1a"}, ["not a TOML value"]),
        ({"TERCET_VPC_CIDR": "10.0.0.0/24"}, ["/16 to /20"]),
        ({"TERCET_VPC_CIDR": "8.8.0.0/16"}, ["private range"]),
        ({"TERCET_DATABASE_INSTANCE_CLASS": "db.t3.medium"}, ["database_instance_class"]),
        ({"TERCET_BACKTRACK_WINDOW_S": "259201"}, ["backtrack_window_s", "259200"]),
        ({"TERCET_LOG_RETENTION_DAYS": "8"}, ["log_retention_days", "365"]),
        ({"TERCET_DOMAIN": "pay.example.com", "TERCET_HOSTED_ZONE": "example.com"}, ["reserved"]),
        ({"TERCET_DOMAIN": "testing.local", "TERCET_HOSTED_ZONE": "testing.local"}, ["reserved"]),
        ({"TERCET_DOMAIN": "pay.acme.io"}, ["domain needs hosted_zone"]),
        ({"TERCET_DOMAIN": "pay.acme.io", "TERCET_HOSTED_ZONE": "cme.io"}, ["does not lie in"]),
        ({"TERCET_PROCESSOR_PROVISIONED_CONCURRENCY": "51"}, ["exceeds"]),
        ({"TERCET_TAGS": '{ "aws:x" = "b" }'}, ["tags", "aws:x"]),
        ({"TERCET_PROFILE": "qa"}, ["profile", "'qa'", "dev"]),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_allowed(variables: dict[str, str], said: list[str]):
    with pytest.raises(SettingsError) as refused:
        load(**variables)
    for words in said:
        assert words in str(refused.value)


def test_every_wrong_value_is_told_at_once():
    with pytest.raises(SettingsError) as refused:
        load(TERCET_REGION="x", TERCET_PROFILE="qa", TERCET_LOG_RETENTION_DAYS="8")
    assert len(str(refused.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("content", "said"), [(b"region = ", "not TOML"), (b"\xff\xfe", "not TOML"), (None, "cannot be read")]
)
def test_a_file_that_is_no_settings_file(tmp_path: Path, content: bytes | None, said: str):
    file = tmp_path / "tercet.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=said):
        settings.load(file, environment={})


@given(st.dictionaries(st.sampled_from(list(Settings.model_fields)), st.text(max_size=40), max_size=4))
def test_any_text_gives_settings_or_a_clear_refusal(values: dict[str, str]):
    variables = {f"TERCET_{name.upper()}": text for name, text in values.items()}
    try:
        loaded = load(**variables)
    except SettingsError as refused:
        assert "Traceback" not in str(refused)
        assert any(name in str(refused) or f"TERCET_{name.upper()}" in str(refused) for name in values)
    else:
        assert len(loaded.availability_zones) == 3
