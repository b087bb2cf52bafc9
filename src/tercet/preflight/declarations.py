"""What a configuration declares beside its resources, and what Terraform refuses in how it says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tercet.preflight.findings import Source
from tercet.preflight.values import Reference, Value

NOWHERE: Final = Source()


@dataclass(frozen=True, slots=True)
class Provider:
    """One configuration of a provider.

    Parameters
    ----------
    address
        ``provider.aws``, ``provider.aws.west``, with the module's address before it inside modules.
    name, alias
        As in the configuration.
    values
        Its arguments.
    source
        Where it stands.
    """

    address: str
    name: str
    alias: str | None
    values: Mapping[str, Value]
    source: Source


@dataclass(frozen=True, slots=True)
class Backend:
    """Where the state is kept; ``type`` is ``s3``, ``local`` and so on."""

    type: str
    values: Mapping[str, Value]
    source: Source


@dataclass(frozen=True, slots=True)
class ModuleCall:
    """A module whose source is not at hand: what it is given, it may complete."""

    address: str
    module_source: str
    values: Mapping[str, Value]
    source: Source


@dataclass(frozen=True, slots=True)
class Variable:
    """An input variable of the root module."""

    name: str
    default: Value
    has_default: bool
    sensitive: bool
    source: Source


@dataclass(frozen=True, slots=True)
class Undeclared:
    """A reference to something that the configuration does not declare.

    Parameters
    ----------
    name
        As it is written: ``aws_vpc.mian``, ``var.regoin``.
    module
        Address of the module in which it is written; empty for the root.
    why
        ``missing-key``, ``unexpected-key`` or ``no-instance`` where it is declared, and the key after it is wrong.
    """

    name: str
    module: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that Terraform's language refuses, seen while the configuration was read.

    Parameters
    ----------
    kind
        What it is; each kind has one rule that tells it: ``count-unknown``, ``declared-twice``.
    address
        Of the block that it is about: ``module.a.aws_sqs_queue.b``, ``module.a``, ``var.c``.
    written
        What is refused, as it is written.
    references
        What it refers to, where that is the reason.
    source
        Where the block stands.
    """

    kind: str
    address: str
    written: str = ""
    references: tuple[Reference, ...] = ()
    source: Source = NOWHERE


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """What has to hold, or Terraform stops: a variable's validation, a resource's precondition.

    Parameters
    ----------
    kind
        ``validation`` or ``precondition``.
    address
        Of the variable (``module.a.var.b``) or resource.
    value
        Evaluates the condition.
    message
        What Terraform says where it does not hold.
    source
        Where the variable or the resource stands.
    """

    kind: str
    address: str
    value: Callable[[], Value]
    message: Callable[[], Value]
    source: Source


@dataclass(frozen=True, slots=True)
class Requirement:
    """A version constraint of one module: ``terraform``, or a provider's address such as ``hashicorp/aws``."""

    what: str
    constraint: str
    module: str
    source: Source
