"""One instance of a resource or data source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tercet.preflight.declarations import NOWHERE
from tercet.preflight.findings import Source
from tercet.preflight.graph.block import Block, Undecidable
from tercet.preflight.values import Value

if TYPE_CHECKING:
    from tercet.preflight.graph.graph import Graph


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
