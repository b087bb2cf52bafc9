"""Loads the JSON of a plan (``terraform show -json PLAN``) into a graph.

What is known at plan time stands in ``planned_values``; what is not (``after_unknown``) is filled from the expressions
of ``configuration``, which hold references instead of values ("JSON Output Format" in Terraform's documentation).
Terraform has evaluated everything else, so variables and modules are looked at only to follow references.
"""

from __future__ import annotations

from tercet.preflight.plan.document import graph_of, is_plan

__all__ = ["graph_of", "is_plan"]
