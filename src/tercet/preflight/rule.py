"""What a rule is: what it looks for, why, and the examples that its tests run.

A rule is one module below ``tercet/preflight/rules`` with a constant ``RULE``::

    RULE = Rule(id="sqs-dlq-retention", ..., resources=("aws_sqs_queue",), failing="…", passing="…")

    @RULE.check
    def check(queue: Resource, context: Context) -> Iterator[Problem]:
        ...
        yield Problem(queue, "message_retention_seconds", "what is wrong, with its values", fix="what to do")

The id never changes. `docs/write-a-rule.md` leads through one in ten minutes.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tercet.preflight.declarations import Backend, Provider, Variable
from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Graph
from tercet.preflight.intent import Intent
from tercet.preflight.versions import Versions

Place = Block | Provider | Backend | Variable


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may ask beside the resource.

    Parameters
    ----------
    graph
        The whole configuration.
    intent
        What the user has stated.
    as_of
        The day for which dated knowledge (end of life, engine versions) is asked.
    versions
        Which versions of Terraform and of the AWS provider may run this.
    """

    graph: Graph
    intent: Intent
    as_of: datetime.date
    versions: Versions


@dataclass(frozen=True, slots=True)
class Change:
    """What a machine can do about a problem: set one argument, or take it away.

    Parameters
    ----------
    at
        The resource, or the block in it.
    argument
        The argument.
    value
        What it becomes; None takes it away.
    """

    at: Block
    argument: str
    value: bool | int | str | None


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule yields; the engine makes a `Finding` of it.

    Parameters
    ----------
    at
        The resource, the block in it, the provider, the backend or the variable.
    argument
        The argument that is wrong or missing; its value becomes evidence.
    message
        What is wrong in terms of its values, and what it breaks. A whole sentence or two.
    fix
        The smallest change that cures it.
    aws_error
        What AWS will answer, where that depends on the values; else the rule's.
    also
        More evidence: other arguments' names → values.
    change
        The change that cures it, where a machine can make it: only one that nobody would have to think about.
    """

    at: Place
    argument: str
    message: str
    fix: str = ""
    aws_error: str | None = None
    also: dict[str, str] = field(default_factory=dict)
    change: Change | None = None


Check = Callable[[Any, Context], Iterator[Problem]]


@dataclass(eq=False)
class Rule:
    """One rule.

    Parameters
    ----------
    id
        Lower case with hyphens; never changes.
    title
        What it finds, in a few words.
    severity
        By consequence.
    rationale
        Why it is wrong, and what happens; for the rule's page.
    aws_error
        What AWS or Terraform answers, with ``<placeholders>``; None where it deploys.
    sources
        Where the facts are documented; the first one is shown with findings.
    resources
        Types of resources that the check is called for, one by one. Empty: it is called once, with the graph.
    failing, passing
        Examples in HCL. The failing one has a finding of this rule and no other of severity ``apply-fails`` that the
        passing one lacks; the passing one passes all rules.
    intent
        The intent under which the examples are run, and without which the rule demands nothing.
    confirmed
        Whether the error's wording was seen in a public log or issue.
    """

    id: str
    title: str
    severity: Severity
    rationale: str
    sources: tuple[str, ...]
    failing: str
    passing: str
    resources: tuple[str, ...] = ()
    aws_error: str | None = None
    intent: Intent = field(default_factory=Intent)
    confirmed: bool = False
    run: Check | None = None

    def check(self, function: Check) -> Check:
        """Register the function that looks (a decorator)."""
        self.run = function
        return function
