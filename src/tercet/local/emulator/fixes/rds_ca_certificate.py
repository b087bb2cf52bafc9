"""Instances stand under the certificate authority that AWS gives by default.

Plain moto gives ``rds-ca-default``, which AWS does not know. Asked for a real one, the AWS provider modifies the new
instance, reboots it and waits for minutes. Delete this module when moto's default is a real authority.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tercet.local.emulator.extension import Extension

EXTENSION = Extension()

_DEFAULT: Final = "rds-ca-rsa2048-g1"
"""The default of all regions ("Using SSL/TLS to encrypt a connection", Amazon RDS User Guide)."""


@EXTENSION.around("moto.rds.models:DBInstance.__init__")
def create(original: Callable[..., None], self: Any, *args: Any, **kwargs: Any) -> None:
    """Give the default, unless the caller names an authority."""
    original(self, *args, **kwargs)
    if not kwargs.get("ca_certificate_identifier"):
        self.ca_certificate_identifier = _DEFAULT
