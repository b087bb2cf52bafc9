"""What can go wrong, as a tree. Every error here is shown to the user as one sentence and ends with exit code 2.

::

    TercetError
    ├── SettingsError          a setting is missing or wrong
    ├── SynthError             the configuration could not be synthesized
    ├── TerraformError         Terraform is missing, too old, or refused
    ├── AccountError           the user's AWS account cannot be asked, or refuses
    ├── PreflightError         there is nothing that the preflight can check
    └── LocalError             the embedded AWS could not be started, reached or stopped
"""

from __future__ import annotations


class TercetError(Exception):
    """Base of all errors that a user can cause or cure; ``str(error)`` says what happened, where, and what to do."""


class SettingsError(TercetError):
    """A setting is missing, unknown, or outside what is allowed."""


class SynthError(TercetError):
    """The Terraform configuration could not be written."""


class TerraformError(TercetError):
    """Terraform or its provider is missing, too old, or refused what it was given."""


class AccountError(TercetError):
    """The user's AWS account could not be asked, or refused."""


class LocalError(TercetError):
    """The embedded AWS could not be started, reached, or stopped."""


class PreflightError(TercetError):
    """The preflight could not check: no input, unreadable, not Terraform, or asked for what it does not know."""
