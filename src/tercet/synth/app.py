"""Composes the stack with the processor it runs, and writes both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import yaml

from tercet.errors import SynthError
from tercet.settings import Settings
from tercet.synth import artifact, jsii_runtime

STACK: Final = "tercet"
CONFIGURATION: Final = "cdk.tf.json"
VERSIONS: Final = "versions.tf.json"
REQUIRED_VERSION: Final = ">= 1.10"
"""`use_lockfile` of the S3 backend came with 1.10, in Terraform and in OpenTofu ("Backend Type: s3")."""


@dataclass(frozen=True)
class Synthesized:
    """What was written.

    Parameters
    ----------
    folder
        The folder that Terraform runs in.
    configuration
        The Terraform configuration, as written there.
    """

    folder: Path
    configuration: Mapping[str, Any]

    @property
    def addresses(self) -> dict[str, str]:
        """Terraform address of each resource → the construct's path, such as ``tercet/network/zone-1/nat``."""
        return {
            f"{kind}.{name}": body["//"]["metadata"]["path"]
            for kind, resources in self.configuration["resource"].items()
            for name, body in resources.items()
        }


def synthesize(settings: Settings, *, out: Path, cache: Path) -> Synthesized:
    """Write the Terraform configuration of a deployment.

    Parameters
    ----------
    settings
        The checked settings.
    out
        The folder to write below; the layout is CDK Terrain's (``stacks/tercet/cdk.tf.json``).
    cache
        Where unpacked and compiled JavaScript is kept for the next time.

    Raises
    ------
    SynthError
        The folder cannot be written, or a construct refuses what it was given.
    """
    folder = out / "stacks" / STACK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        code_digest = artifact.build(folder)
        jsii_runtime.prepare(cache)
        _write(settings, out, code_digest)
        # In a file of its own, because checkov cannot read a configuration whose terraform block holds a plain value.
        versions = {"terraform": {"required_version": REQUIRED_VERSION}}
        (folder / VERSIONS).write_text(json.dumps(versions, indent=2) + "\n", encoding="utf-8")
        configuration = json.loads((folder / CONFIGURATION).read_text(encoding="utf-8"))
    except OSError as error:
        raise SynthError(f"The configuration cannot be written to {folder}: {error.strerror}.") from error
    return Synthesized(folder, configuration)


def _write(settings: Settings, out: Path, code_digest: str) -> None:
    # Importing these starts node: not before it is prepared, and not for commands that need none of it.
    from cdktn import App
    from jsii.errors import JSIIError

    from tercet.stack.function import Code
    from tercet.stack.payment_stack import PaymentStack

    app = App(
        outdir=str(out),
        # The bindings refuse `use_lockfile` unless told that no older version will run their output.
        context={"targetVersions": {"terraform": REQUIRED_VERSION.replace(" ", "")}},
        # Where a construct was made differs between checkouts, and the output must not.
        stack_traces=False,
    )
    code = Code(path=f"${{path.module}}/{artifact.FILE_NAME}", sha256_base64=code_digest)
    try:
        PaymentStack(app, settings=settings, code=code, openapi=openapi())
        app.synth()
    except (JSIIError, RuntimeError) as error:  # what the bindings refuse, in JavaScript's own words
        raise SynthError(f"The configuration could not be synthesized: {error}") from error


def openapi() -> dict[str, Any]:
    """Read the payment API's OpenAPI document."""
    document = yaml.safe_load((files("tercet.payments") / "openapi.yaml").read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        raise SynthError("The payment API's document, openapi.yaml, holds no mapping: reinstall tercet.")
    return document
