"""A configuration as resources that refer to one another; what rules read.

Every accessor of a value answers only what is known. Asked for the value of something unknown it raises
`Undecidable`, which the engine turns into an entry under "undecided": a rule is written as if everything were known,
and never guesses.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from tercet.preflight.declarations import (
    NOWHERE,
    Backend,
    Condition,
    ModuleCall,
    Provider,
    Refused,
    Requirement,
    Undeclared,
    Variable,
)
from tercet.preflight.documents import decode
from tercet.preflight.findings import Source
from tercet.preflight.values import (
    Encoded,
    Reference,
    Template,
    Unknown,
    Value,
    is_known,
    references_in,
    shown,
)


class Undecidable(Exception):  # noqa: N818  (an answer, and no error: the engine reports it)
    """A rule asked for something that is not known before apply."""

    def __init__(self, what: str, because: str) -> None:
        super().__init__(f"{what}: {because}")
        self.what = what
        self.because = because


class Block:
    """Arguments of a resource, or of one block inside it.

    Parameters
    ----------
    owner
        The resource that it belongs to.
    path
        Where in the resource, such as ``rule[0].lifecycle``; empty for the resource itself.
    values
        Argument or block → value. A block is a dictionary, or a list of them.
    """

    __slots__ = ("owner", "path", "values")

    def __init__(self, owner: Resource, path: str, values: Mapping[str, Value]) -> None:
        self.owner = owner
        self.path = path
        self.values = values

    def value(self, name: str) -> Value:
        """Return the value as it is, known or not; None where it is absent or null."""
        return self.values.get(name)

    def has(self, name: str) -> bool:
        """Tell whether it is given at all: a value that is not known counts, null and empty lists do not."""
        value = self.values.get(name)
        return value is not None and value != []

    def text(self, name: str, default: str | None = None) -> str | None:
        """Return a known string, or `default` where it is absent.

        Raises
        ------
        Undecidable
            It is there and not known, wholly or in part.
        """
        value = self._known(name)
        if value is None:
            return default
        return value if isinstance(value, str) else shown(value, 10_000)

    def number(self, name: str, default: float | None = None) -> float | None:
        """Return a known number (a string of digits counts, as it does for Terraform), or `default` where it is absent.

        Raises
        ------
        Undecidable
            It is not known, or no number.
        """
        value = self._known(name)
        if value is None:
            return default
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            raise Undecidable(self.named(name), f"{shown(value)} is no number") from None
        if not math.isfinite(number):
            raise Undecidable(self.named(name), f"{shown(value)} is no number that anything can be")
        return int(number) if number.is_integer() and abs(number) < 2**53 else number

    def flag(self, name: str, default: bool | None = None) -> bool | None:
        """Return a known truth value (``"true"`` counts, as it does for Terraform), or `default` where it is absent.

        Raises
        ------
        Undecidable
            It is not known, or neither true nor false.
        """
        value = self._known(name)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        if value in ("true", "false"):
            return bool(value == "true")
        raise Undecidable(self.named(name), f"{shown(value)} is neither true nor false")

    def items(self, name: str) -> list[Value]:
        """Return the items of a list or set, each known or not; a single value counts as a list of one.

        Raises
        ------
        Undecidable
            How many there are is not known.
        """
        value = self.values.get(name)
        if value is None:
            return []
        if isinstance(value, list):
            return value
        if isinstance(value, Unknown | Reference | Encoded | Template):
            raise Undecidable(self.named(name), _why(value))
        return [value]

    def texts(self, name: str) -> list[str]:
        """Return the items of a list of strings, all of them known.

        Raises
        ------
        Undecidable
            One of them is not known.
        """
        for item in (items := self.items(name)):
            if not is_known(item):
                raise Undecidable(self.named(name), _why(item))
        return [item if isinstance(item, str) else shown(item, 10_000) for item in items]

    def mapping(self, name: str) -> Mapping[str, Value]:
        """Return a map, whose values may be unknown; empty where it is absent.

        Raises
        ------
        Undecidable
            Its keys are not known.
        """
        value = self.values.get(name)
        if value is None:
            return {}
        if isinstance(value, dict):
            return value
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            return value[0]
        raise Undecidable(self.named(name), _why(value))

    def blocks(self, name: str) -> list[Block]:
        """Return the blocks, or the objects of an argument, of this name.

        Raises
        ------
        Undecidable
            How many there are is not known.
        """
        value = self.values.get(name)
        if value is None:
            return []
        if isinstance(value, dict):
            return [Block(self.owner, self._inside(name), value)]
        if isinstance(value, list):
            found = []
            for index, item in enumerate(value):
                if isinstance(item, dict):
                    found.append(Block(self.owner, self._inside(f"{name}[{index}]"), item))
                elif item is not None:
                    raise Undecidable(self.named(name), _why(item))
            return found
        raise Undecidable(self.named(name), _why(value))

    def block(self, name: str) -> Block | None:
        """Return the first block of this name, or None.

        Raises
        ------
        Undecidable
            Whether there is one is not known.
        """
        found = self.blocks(name)
        return found[0] if found else None

    def references(self, name: str) -> list[Reference]:
        """List the references that the value is, holds, or came from."""
        return references_in(self.values.get(name))

    def targets(self, name: str, *types: str) -> list[Resource]:
        """Return the resources, of these types, that the value refers to.

        A literal finds the one resource of these types that is known by it (its name, bucket, or identifier).
        """
        return self.owner.graph.resolve(self.values.get(name), types)

    def target(self, name: str, *types: str) -> Resource | None:
        """Return the first resource, of these types, that the value refers to; None where it refers to none."""
        found = self.targets(name, *types)
        return found[0] if found else None

    def document(self, name: str) -> Value:
        """Return the structure of JSON text (a policy, a pattern, a definition); parts of it may be unknown.

        It is None where the argument is absent or is not JSON text.

        Raises
        ------
        Undecidable
            Nothing of the text is known.
        """
        value = self.values.get(name)
        if value is None:
            return None
        decoded = decode(value)
        if isinstance(decoded, Unknown | Reference):
            raise Undecidable(self.named(name), _why(decoded))
        return decoded

    def named(self, name: str) -> str:
        """Return an argument's name from the resource on: ``rule[0].lifecycle.delete_after``."""
        return self._inside(name)

    def shown(self, name: str) -> str:
        """Write an argument's value for a message."""
        return shown(self.values.get(name))

    def _inside(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def _known(self, name: str) -> Any:
        value = self.values.get(name)
        if value is None or isinstance(value, str | int | float | bool):
            return value
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str | int | float | bool):
            return value[0]
        raise Undecidable(self.named(name), _why(value))


class Resource(Block):
    """One instance of a resource or data source.

    Parameters
    ----------
    graph
        The configuration that it is part of.
    address
        Terraform's: ``module.a.aws_subnet.b[0]``, ``data.aws_iam_policy_document.c``. Where the number of instances is
        not known, one stands for all: ``aws_subnet.b[*]``.
    mode
        ``managed`` or ``data``.
    type, name
        As in the configuration.
    values
        Its arguments.
    region
        Of its provider (or its own ``region``): a string, or an unknown value; None where nothing says.
    provider
        Address of the provider's configuration: ``provider.aws``, ``provider.aws.west``.
    depends_on
        Addresses that it waits for, beside its references.
    source
        Where it stands.
    comment
        What stands under ``"//"`` in JSON, where constructs leave their path and accepted findings.
    lifecycle
        The block of that name, literally.
    """

    __slots__ = (
        "address",
        "block_address",
        "comment",
        "depends_on",
        "graph",
        "lifecycle",
        "mode",
        "name",
        "provider",
        "region",
        "source",
        "type",
    )

    def __init__(
        self,
        graph: Graph,
        address: str,
        mode: str,
        type: str,
        name: str,
        values: Mapping[str, Value],
        *,
        region: Value = None,
        provider: str = "",
        depends_on: Sequence[str] = (),
        source: Source = NOWHERE,
        comment: Mapping[str, Any] | None = None,
        lifecycle: Mapping[str, Value] | None = None,
    ) -> None:
        super().__init__(self, "", values)
        self.graph = graph
        self.address = address
        self.block_address = address[: address.rindex("[")] if address.endswith("]") else address
        self.mode = mode
        self.type = type
        self.name = name
        self.region = region
        self.provider = provider
        self.depends_on = tuple(depends_on)
        self.source = source
        self.comment = comment or {}
        self.lifecycle = lifecycle or {}

    def __repr__(self) -> str:
        return f"<{self.address}>"

    @property
    def many(self) -> bool:
        """Tell whether this stands for a number of instances that is not known."""
        return self.address.endswith("[*]")

    def known_region(self) -> str:
        """Return the region.

        Raises
        ------
        Undecidable
            Nothing in the configuration says it.
        """
        if isinstance(self.region, str):
            return self.region
        raise Undecidable("region", f"{self.provider or 'the provider'} does not say its region in the configuration")

    def referrers(self, *types: str) -> list[Resource]:
        """Return the resources, of these types or any, that refer to this one anywhere."""
        found = self.graph.referrers_of(self)
        return [one for one in found if not types or one.type in types]

    def is_passed_out(self) -> bool:
        """Tell whether a module whose source is not here is given this resource, and may complete it."""
        return self.graph.opaque_uses(self)


@dataclass
class Graph:
    """Everything that one root module says, all modules at hand included.

    Parameters
    ----------
    kind
        ``json``, ``hcl`` or ``plan``: what it was read from.
    """

    kind: str = "hcl"
    resources: dict[str, Resource] = field(default_factory=dict)
    providers: list[Provider] = field(default_factory=list)
    backends: list[Backend] = field(default_factory=list)
    opaque_modules: list[ModuleCall] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    outputs: dict[str, Value] = field(default_factory=dict)
    required_version: str | None = None
    required_providers: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    undeclared: list[Undeclared] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    requirements: list[Requirement] = field(default_factory=list)
    imported: set[str] = field(default_factory=set)
    """Addresses that exist already, because an ``import`` block says so."""
    regions: dict[str, Value] = field(default_factory=dict)
    """Address of a provider's configuration → its region."""
    waits_of_outputs: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Address of what an output with ``depends_on`` gives → what whoever takes it from there waits for, too."""

    def of_type(self, *types: str) -> list[Resource]:
        """Return the managed resources of these types, in the order of the configuration."""
        return [resource for kind in types for resource in self._by_type.get(kind, ())]

    def data(self, *types: str) -> list[Resource]:
        """Return the data sources of these types."""
        return [resource for kind in types for resource in self._by_type.get(f"data.{kind}", ())]

    @property
    def managed(self) -> Iterator[Resource]:
        """Every managed resource."""
        return (resource for resource in self.resources.values() if resource.mode == "managed")

    def find(self, address: str) -> list[Resource]:
        """Return the resources at an address: one, or all instances where it ends with ``[*]`` or has no index."""
        if (exact := self.resources.get(address)) is not None:
            return [exact]
        base = address[:-3] if address.endswith("[*]") else address
        return self._by_block.get(base, [])

    def resolve(self, value: Value, types: Iterable[str] = ()) -> list[Resource]:
        """Return the resources, of these types or any, that a value refers to, or that a literal in it names."""
        wanted = set(types)
        found: dict[str, Resource] = {}
        for reference in references_in(value):
            for resource in self.named_by(reference):
                if not wanted or resource.type in wanted:
                    found[resource.address] = resource
        if not found and wanted:
            for literal in value if isinstance(value, list) else [value]:
                if isinstance(literal, str):
                    for resource in self._named(literal, wanted):
                        found[resource.address] = resource
        return list(found.values())

    def named_by(self, reference: Reference) -> list[Resource]:
        """Return the resources that a reference names.

        They are those at its address, and where its attribute is an argument that itself names another, those too:
        ``aws_s3_bucket_policy.a.bucket``, and its ``id``, name the bucket, and wait for the policy.
        """
        found: dict[str, Resource] = {}
        ahead = [reference]
        for _ in range(_MOST_STEPS):
            ahead = [further for one in ahead for further in self._passed_on(one, found)]
        return list(found.values())

    def _passed_on(self, reference: Reference, found: dict[str, Resource]) -> Iterator[Reference]:
        for resource in self.find(reference.address):
            if resource.address in found:
                continue
            found[resource.address] = resource
            if len(reference.path) == 1:
                value = resource.values.get(_argument_of(resource, reference.path[0]))
                if isinstance(value, Reference):
                    yield value

    def needs_of(self, resource: Resource) -> set[str]:
        """Return the addresses of what a resource refers to, and of what comes with it where an output waits."""
        needed = {reference.address for value in resource.values.values() for reference in references_in(value)}
        return needed.union(*(self.waits_of_outputs.get(address, ()) for address in needed))

    def referrers_of(self, resource: Resource) -> list[Resource]:
        """Return the resources that refer to this one."""
        found = {
            one.address: one
            for key in (resource.address, resource.block_address, resource.block_address + "[*]")
            for one in self._referrers.get(key, ())
        }
        return list(found.values())

    def opaque_uses(self, resource: Resource) -> bool:
        """Tell whether a module that is not at hand is given this resource."""
        keys = {resource.address, resource.block_address, resource.block_address + "[*]"}
        return bool(keys & self._given_away)

    @cached_property
    def _by_type(self) -> dict[str, list[Resource]]:
        index: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources.values():
            index[resource.type if resource.mode == "managed" else f"data.{resource.type}"].append(resource)
        return index

    @cached_property
    def _by_block(self) -> dict[str, list[Resource]]:
        index: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources.values():
            index[resource.block_address].append(resource)
        return index

    @cached_property
    def _referrers(self) -> dict[str, list[Resource]]:
        index: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources.values():
            addresses = dict.fromkeys(
                address
                for value in resource.values.values()
                for reference in references_in(value)
                for address in (reference.address, *(one.address for one in self.named_by(reference)[1:]))
            )
            for address in addresses:
                index[address].append(resource)
        return index

    @cached_property
    def _given_away(self) -> set[str]:
        return {
            reference.address
            for call in self.opaque_modules
            for value in call.values.values()
            for reference in references_in(value)
        }

    @cached_property
    def _names(self) -> dict[tuple[str, str], list[Resource]]:
        index: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        for resource in self.managed:
            for argument in _NAMES.get(resource.type, ("name",)):
                value = resource.values.get(argument)
                if isinstance(value, str):
                    index[resource.type, str(value)].append(resource)
        return index

    def _named(self, literal: str, types: Iterable[str]) -> list[Resource]:
        names = (
            {literal, literal.rsplit(":", 1)[-1], literal.rsplit("/", 1)[-1]}
            if literal.startswith("arn:")
            else {literal}
        )
        return [resource for kind in types for name in names for resource in self._names.get((kind, name), ())]


_NAMES: dict[str, tuple[str, ...]] = {
    "aws_db_instance": ("identifier",),
    "aws_dynamodb_table": ("name",),
    "aws_ecs_service": ("name",),
    "aws_lambda_function": ("function_name",),
    "aws_rds_cluster": ("cluster_identifier",),
    "aws_rds_cluster_instance": ("identifier",),
    "aws_rds_global_cluster": ("global_cluster_identifier",),
    "aws_s3_bucket": ("bucket",),
}
"""By which argument others know a resource, where that is not ``name``."""


_MOST_STEPS: Final = 4
"""Resources that one reference is followed through."""

_ID_OF: Final[Mapping[str, str]] = {
    "aws_api_gateway_rest_api_policy": "rest_api_id",
    "aws_ecr_lifecycle_policy": "repository",
    "aws_ecr_repository_policy": "repository",
    "aws_ecs_cluster_capacity_providers": "cluster_name",
    "aws_kms_key_policy": "key_id",
    "aws_s3_bucket_accelerate_configuration": "bucket",
    "aws_s3_bucket_cors_configuration": "bucket",
    "aws_s3_bucket_lifecycle_configuration": "bucket",
    "aws_s3_bucket_logging": "bucket",
    "aws_s3_bucket_notification": "bucket",
    "aws_s3_bucket_object_lock_configuration": "bucket",
    "aws_s3_bucket_ownership_controls": "bucket",
    "aws_s3_bucket_policy": "bucket",
    "aws_s3_bucket_public_access_block": "bucket",
    "aws_s3_bucket_replication_configuration": "bucket",
    "aws_s3_bucket_request_payment_configuration": "bucket",
    "aws_s3_bucket_server_side_encryption_configuration": "bucket",
    "aws_s3_bucket_versioning": "bucket",
    "aws_s3_bucket_website_configuration": "bucket",
    "aws_secretsmanager_secret_policy": "secret_arn",
    "aws_sns_topic_policy": "arn",
    "aws_sqs_queue_policy": "queue_url",
    "aws_sqs_queue_redrive_allow_policy": "queue_url",
    "aws_sqs_queue_redrive_policy": "queue_url",
}
"""Settings of another resource whose own ``id`` is that of the other: which argument it repeats.

Those of a bucket join ``expected_bucket_owner`` to it, where that is given: then it names no bucket.
"""


def _argument_of(resource: Resource, attribute: str | int) -> str:
    """Return the argument that an attribute repeats: itself, but for ``id``."""
    if attribute != "id" or resource.values.get("expected_bucket_owner") is not None:
        return str(attribute)
    return _ID_OF.get(resource.type, "id")


def _why(value: Value) -> str:
    if isinstance(value, Unknown):
        return value.because
    if isinstance(value, Reference):
        return f"{value} is known only after apply"
    for reference in references_in(value):
        return f"{reference} is known only after apply"
    return f"{shown(value)} is not what is expected here"


__all__ = ["Block", "Graph", "Resource", "Undecidable"]
