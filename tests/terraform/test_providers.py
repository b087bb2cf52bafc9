from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tercet.errors import TerraformError
from tercet.terraform import Binary, Flavour, Installation, Terraform, TerraformCommandError, prepare, providers

AWS = "hashicorp/aws"
TERRAFORM_HOST, TOFU_HOST = "registry.terraform.io", "registry.opentofu.org"
NEEDS_AWS = """
terraform {{
  required_providers {{
    aws = {{
      source  = "{source}"
      version = ">= 5.100, < 7.0"
    }}
  }}
}}
"""

Locate = Callable[..., Installation]


def unpacked(mirror: Path, version: str = "5.100.0", platform: str = "linux_amd64", host: str = TERRAFORM_HOST) -> Path:
    package = mirror / host / AWS / version / platform
    package.mkdir(parents=True)
    program = package / f"terraform-provider-aws_v{version}_x5"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    return mirror


def packed(mirror: Path, version: str) -> Path:
    folder = mirror / TERRAFORM_HOST / AWS
    folder.mkdir(parents=True)
    (folder / f"terraform-provider-aws_{version}_linux_amd64.zip").write_bytes(b"PK")
    return mirror


@pytest.fixture
def locate(folder: Path) -> Locate:
    def run(flavour: Flavour = Flavour.TERRAFORM, **environment: str) -> Installation:
        program = Binary(("/bin/false",), flavour, (1, 10, 0), "linux_amd64")
        return prepare(program, folder, {**os.environ, **environment})

    return run


def test_without_any_mirror_the_registry_is_left_to_terraform(locate: Locate, folder: Path) -> None:
    found = locate()
    assert found.source == "the registry registry.terraform.io"
    assert found.environment == {}
    assert list(folder.iterdir()) == []
    assert "registry.opentofu.org" in locate(Flavour.TOFU).source


@pytest.mark.parametrize("layout", [unpacked, packed])
def test_a_named_mirror_is_configured(locate: Locate, tmp_path: Path, layout: Callable[..., Path]) -> None:
    mirror = layout(tmp_path / 'a "mirror"', "6.70.0")
    found = locate(TERCET_PROVIDER_MIRROR=str(mirror))
    assert found.configuration is not None
    written = found.configuration.read_text()
    assert r"a \"mirror\"" in written
    assert written.count('["registry.terraform.io/hashicorp/aws"]') == 2  # included here, excluded from the registry
    assert found.environment == {"TF_CLI_CONFIG_FILE": str(found.configuration)}
    assert "6.70.0" in found.source


@pytest.mark.parametrize("version", ["5.99.1", "7.0.0", "6.0.0-beta1", "latest"])
def test_a_named_mirror_without_a_usable_version_is_an_error(locate: Locate, tmp_path: Path, version: str) -> None:
    mirror = unpacked(tmp_path / "mirror", version)
    with pytest.raises(
        TerraformError, match=r"holds no hashicorp/aws >= 5\.100, < 7\.0 for linux_amd64.*providers mirror"
    ):
        locate(TERCET_PROVIDER_MIRROR=str(mirror))


def test_another_platforms_provider_is_not_usable(locate: Locate, tmp_path: Path) -> None:
    unpacked(tmp_path / "opt" / "plugins", platform="darwin_arm64")
    assert locate().configuration is None


def test_folders_on_the_shelf_are_searched(locate: Locate, tmp_path: Path) -> None:
    mirror = unpacked(tmp_path / "opt" / "plugins")
    found = locate()
    assert found.source == f"{mirror} (hashicorp/aws 5.100.0)"
    assert found.configuration is not None


@pytest.mark.parametrize("where", ["home/.terraform.d/plugins", "data/terraform/plugins", "work/terraform.d/plugins"])
def test_directories_that_terraform_knows_are_left_to_it(
    locate: Locate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    unpacked(tmp_path / where)
    unpacked(tmp_path / "opt" / "plugins")
    found = locate()
    assert found.source.startswith(str(tmp_path / where))
    assert found.configuration is None


@pytest.mark.parametrize(
    ("flavour", "where"),
    [
        (Flavour.TERRAFORM, ".terraformrc"),
        (Flavour.TERRAFORM, ".terraform.d/own.tfrc"),
        (Flavour.TOFU, ".tofurc"),
        (Flavour.TOFU, ".terraformrc"),
    ],
)
def test_a_users_own_configuration_is_respected(locate: Locate, tmp_path: Path, flavour: Flavour, where: str) -> None:
    unpacked(tmp_path / "opt" / "plugins")
    own = tmp_path / "home" / where
    own.parent.mkdir(exist_ok=True)
    own.write_text("disable_checkpoint = true\n")
    found = locate(flavour)
    assert found.source == f"as {own} says"
    assert found.configuration is None


def test_a_named_configuration_is_respected_if_it_exists(locate: Locate, tmp_path: Path) -> None:
    unpacked(tmp_path / "opt" / "plugins")
    own = tmp_path / "own.tfrc"
    assert locate(TF_CLI_CONFIG_FILE=str(own)).configuration is not None
    own.write_text("")
    assert locate(TF_CLI_CONFIG_FILE=str(own)).configuration is None


def test_a_named_mirror_goes_before_the_users_configuration(locate: Locate, tmp_path: Path) -> None:
    (tmp_path / "home" / ".terraformrc").write_text("")
    mirror = unpacked(tmp_path / "mirror")
    assert locate(TERCET_PROVIDER_MIRROR=str(mirror)).configuration is not None


def test_tofu_takes_its_own_hosts_directory_first(locate: Locate, tmp_path: Path) -> None:
    mirror = unpacked(unpacked(tmp_path / "mirror"), "6.1.0", host=TOFU_HOST)
    found = locate(Flavour.TOFU, TERCET_PROVIDER_MIRROR=str(mirror))
    assert "6.1.0" in found.source
    assert found.configuration is not None
    assert str(mirror) in found.configuration.read_text()


@pytest.mark.parametrize("again", [1, 2])
def test_init_links_to_the_mirror_and_does_not_copy(
    binary: Binary, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: int
) -> None:
    mirror = unpacked(tmp_path / "mirror", platform=binary.platform)
    monkeypatch.setenv("TERCET_PROVIDER_MIRROR", str(mirror))
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "absent"))
    (folder / "main.tf").write_text(NEEDS_AWS.format(source=AWS))
    terraform = Terraform(binary, folder)
    for _ in range(again):
        terraform.init()
    package = Path(binary.flavour.registry_host, AWS, "5.100.0", binary.platform)
    installed = folder / ".terraform" / "providers" / package
    assert installed.is_symlink()
    assert installed.resolve() == mirror / package


def test_a_mirror_made_with_the_other_program_is_offered_by_links(binary: Binary, folder: Path, tmp_path: Path) -> None:
    # What OpenTofu would be given, installed for real: only the source address has to be spelt out for Terraform.
    mirror = unpacked(tmp_path / "mirror", platform=binary.platform)
    as_tofu = Binary(binary.command, Flavour.TOFU, binary.version, binary.platform)
    (folder / "main.tf").write_text(NEEDS_AWS.format(source=f"{TOFU_HOST}/{AWS}"))
    Terraform(as_tofu, folder, {"TERCET_PROVIDER_MIRROR": str(mirror)}).init()
    installed = folder / ".terraform" / "providers" / TOFU_HOST / AWS / "5.100.0" / binary.platform
    assert installed.resolve() == mirror / TERRAFORM_HOST / AWS / "5.100.0" / binary.platform


def test_without_network_and_mirror_the_error_says_what_was_tried(binary: Binary, folder: Path, tmp_path: Path) -> None:
    (folder / "main.tf").write_text(NEEDS_AWS.format(source=AWS))
    nowhere = "http://127.0.0.1:9"  # the discard port: nothing listens
    terraform = Terraform(
        binary,
        folder,
        {"HTTPS_PROXY": nowhere, "https_proxy": nowhere, "TF_REGISTRY_DISCOVERY_RETRY": "0", "NO_PROXY": None},
    )
    with pytest.raises(TerraformCommandError) as raised:
        terraform.init()
    for part in (
        "hashicorp/aws",
        binary.flavour.registry_host,
        ".terraform.d",
        "opt",
        "providers mirror",
        "TERCET_PROV",
    ):
        assert part in str(raised.value)
    assert raised.value.diagnostics


def test_the_wordings_of_both_programs_are_recognised() -> None:
    for summary in (
        "Failed to query available provider packages",
        "Failed to install provider",
        "Failed to resolve provider packages",
        "Could not retrieve the list of available versions for provider",
    ):
        assert providers.is_about_the_provider(summary)
    for summary in ("Error refreshing state", "Problems, described below: which providers need to be installed"):
        assert not providers.is_about_the_provider(summary)
