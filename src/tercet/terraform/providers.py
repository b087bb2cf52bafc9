"""Let ``init`` find the AWS provider on this machine before it asks a registry.

The provider is some 700 MB unpacked. Terraform links to an unpacked mirror instead of copying it.

Sources: "CLI Configuration File", sections "Provider Installation" and "Implied Local Mirror Directories", in the
documentation of Terraform and of OpenTofu.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from platformdirs import PlatformDirs

from tercet.errors import TerraformError
from tercet.terraform.binary import Binary, Flavour

ENVIRONMENT_VARIABLE = "TERCET_PROVIDER_MIRROR"
CONFIGURATION_VARIABLE = "TF_CLI_CONFIG_FILE"
CONFIGURATION_FILE = "tercet.tfrc"

_NAME = "hashicorp/aws"
_MINIMUM, _BELOW = (5, 100, 0), (7, 0, 0)
_RANGE = ">= 5.100, < 7.0"
_SYSTEM_SHELF = Path("/opt")
_MOST_FOLDERS = 200

_NOT_TO_BE_HAD = re.compile(
    r"(failed to|could not) (query|install|resolve|retrieve)\b.*\bprovider|invalid provider registry host",
    re.IGNORECASE,
)

_Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Installation:
    """Where ``init`` will get the provider from.

    Parameters
    ----------
    source
        The place, for people.
    configuration
        The file to name in TF_CLI_CONFIG_FILE, or None to leave Terraform to its own.
    searched
        Where a mirror was looked for, for the error message should there be no provider.
    """

    source: str
    configuration: Path | None
    searched: tuple[str, ...]

    @property
    def environment(self) -> dict[str, str]:
        """What to set for ``init``."""
        return {CONFIGURATION_VARIABLE: str(self.configuration)} if self.configuration else {}


@dataclass(frozen=True, slots=True)
class _Mirror:
    path: Path
    host: str
    packages: tuple[tuple[_Version, Path], ...]

    def __str__(self) -> str:
        return f"{self.path} ({_NAME} {'.'.join(map(str, max(version for version, _ in self.packages)))})"


def prepare(binary: Binary, folder: Path, environment: Mapping[str, str]) -> Installation:
    """Look for a mirror that holds a usable AWS provider, and write the configuration that makes ``init`` use it.

    In this order: the mirror named in TERCET_PROVIDER_MIRROR; whatever the user's own CLI configuration says, which is
    then left alone; the directories in which Terraform looks by itself; the folders in /opt; else the registry.

    Parameters
    ----------
    binary
        The program that will run ``init``: its flavour decides the registry's name, its platform the package.
    folder
        The work folder, into which `CONFIGURATION_FILE` is written if it is needed.
    environment
        The environment in which ``init`` will run.

    Raises
    ------
    TerraformError
        If TERCET_PROVIDER_MIRROR names a place that holds no usable provider.
    OSError
        If the folder cannot be written.
    """
    if named := environment.get(ENVIRONMENT_VARIABLE):
        mirror = _usable_mirror(Path(named).expanduser().absolute(), binary)
        if mirror is None:
            raise TerraformError(
                f"TERCET_PROVIDER_MIRROR names {named}, which holds no {_NAME} {_RANGE} for {binary.platform}. "
                f"{how_to_get_a_mirror(binary)}"
            )
        return _use(mirror, binary, folder, (f"{ENVIRONMENT_VARIABLE}={named}",))
    if own := _user_configuration(binary.flavour, environment):
        return Installation(f"as {own} says", None, (f"{own} (your own configuration, which tercet leaves alone)",))
    implied = _implied_directories(binary.flavour, folder, environment)
    shelves = _subfolders(_SYSTEM_SHELF)
    searched = (*map(str, implied), f"the folders in {_SYSTEM_SHELF}")
    for directory in (*implied, *shelves):
        if mirror := _usable_mirror(directory, binary):
            if directory in implied and mirror.host == binary.flavour.registry_host:
                return Installation(str(mirror), None, searched)  # it looks there by itself
            return _use(mirror, binary, folder, searched)
    return Installation(f"the registry {binary.flavour.registry_host}", None, searched)


def effective_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Leave out a TF_CLI_CONFIG_FILE that names no file, of which Terraform would complain at each command."""
    effective = dict(environment)
    named = effective.get(CONFIGURATION_VARIABLE)
    if named is not None and not Path(named).is_file():
        del effective[CONFIGURATION_VARIABLE]
    return effective


def how_to_get_a_mirror(binary: Binary) -> str:
    """Tell how to make a mirror on a machine with a network and use it on one without."""
    program = binary.flavour.value
    return (
        f"Run `{program} providers mirror FOLDER` beside the synthesized configuration on a machine that reaches "
        f"{binary.flavour.registry_host}, bring that folder here, and set {ENVIRONMENT_VARIABLE}=FOLDER."
    )


def is_about_the_provider(summary: str) -> bool:
    """Whether an error of ``init`` says that a provider could not be had (both programs' wordings)."""
    return bool(_NOT_TO_BE_HAD.match(summary))


def _use(mirror: _Mirror, binary: Binary, folder: Path, searched: tuple[str, ...]) -> Installation:
    host = binary.flavour.registry_host
    path = mirror.path if mirror.host == host else _link_for(host, mirror, folder)
    address = f"{host}/{_NAME}"
    configuration = folder / CONFIGURATION_FILE
    configuration.write_text(
        "# Written by tercet at each init: take the AWS provider from this mirror, all others from their registries.\n"
        "provider_installation {\n"
        "  filesystem_mirror {\n"
        f"    path    = {json.dumps(str(path))}\n"
        f'    include = ["{address}"]\n'
        "  }\n"
        "  direct {\n"
        f'    exclude = ["{address}"]\n'
        "  }\n"
        "}\n",
        encoding="utf-8",
    )
    return Installation(str(mirror), configuration, searched)


def _link_for(host: str, mirror: _Mirror, folder: Path) -> Path:
    """Offer another host's packages under this host's name, by links.

    OpenTofu takes ``hashicorp/aws`` for ``registry.opentofu.org/hashicorp/aws``, so it would not see a mirror that was
    made with Terraform, although the provider in it is the same program and speaks the same protocol.
    """
    linked = folder / "provider-mirror"
    source = mirror.path / mirror.host / _NAME
    for _, package in mirror.packages:
        link = linked / host / _NAME / package.relative_to(source)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(package)
    return linked


def _usable_mirror(directory: Path, binary: Binary) -> _Mirror | None:
    # The program's own registry first; the other's name only as a stand-in.
    hosts = (binary.flavour.registry_host, *(f.registry_host for f in Flavour if f is not binary.flavour))
    for host in hosts:
        if packages := tuple(_packages(directory / host / _NAME, binary.platform)):
            return _Mirror(directory, host, packages)
    return None


def _packages(folder: Path, platform: str) -> Iterator[tuple[_Version, Path]]:
    """Find the usable packages of a provider, in the unpacked layout (VERSION/TARGET/) and the packed one (a zip)."""
    packed = re.compile(rf"terraform-provider-{Path(_NAME).name}_(\d+\.\d+\.\d+)_{re.escape(platform)}\.zip")
    for entry in _entries(folder):
        if version := _usable_version(entry.name):
            package = entry / platform
            if package.is_dir() and any(_entries(package)):
                yield version, package
        elif (match := packed.fullmatch(entry.name)) and (version := _usable_version(match[1])):
            yield version, entry


def _usable_version(text: str) -> _Version | None:
    match = re.fullmatch(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})", text)
    version = (int(match[1]), int(match[2]), int(match[3])) if match else None
    return version if version and _MINIMUM <= version < _BELOW else None


def _user_configuration(flavour: Flavour, environment: Mapping[str, str]) -> Path | None:
    if named := effective_environment(environment).get(CONFIGURATION_VARIABLE):
        return Path(named)
    home = _home(environment)
    candidates = [home / ".terraformrc"]
    if flavour is Flavour.TOFU:
        candidates.insert(0, home / ".tofurc")
        if xdg := environment.get("XDG_CONFIG_HOME"):
            candidates.append(Path(xdg) / "opentofu" / "tofurc")
    candidates += [entry for entry in _entries(home / ".terraform.d") if entry.name.endswith((".tfrc", ".tfrc.json"))]
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _implied_directories(flavour: Flavour, folder: Path, environment: Mapping[str, str]) -> tuple[Path, ...]:
    home = _home(environment)
    directories = [folder / "terraform.d" / "plugins", home / ".terraform.d" / "plugins"]
    if flavour is Flavour.TOFU and (xdg := environment.get("XDG_DATA_HOME")):
        directories.append(Path(xdg) / "opentofu" / "plugins")
    # Both programs go by Terraform's name here; on macOS directories are named after its reverse domain name.
    name = "io.terraform" if PlatformDirs("x").user_data_path.parent.name == "Application Support" else "terraform"
    directories += [path / "plugins" for path in PlatformDirs(name, multipath=True).iter_data_paths()]
    return tuple(dict.fromkeys(directories))


def _home(environment: Mapping[str, str]) -> Path:
    return Path(environment["HOME"]) if environment.get("HOME") else Path.home()


def _subfolders(folder: Path) -> Iterable[Path]:
    return [entry for entry in _entries(folder) if entry.is_dir()]


def _entries(folder: Path) -> list[Path]:
    with suppress(OSError):
        return sorted(islice(folder.iterdir(), _MOST_FOLDERS))
    return []
