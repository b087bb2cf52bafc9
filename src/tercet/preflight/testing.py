"""For a project's own tests: asserts that the preflight finds nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tercet.errors import PreflightError
from tercet.preflight.check import Options, check_configuration, check_path
from tercet.preflight.constructs import check_stack, described, is_a, options, run_aspects
from tercet.preflight.findings import Report, Severity
from tercet.preflight.intent import Intent
from tercet.preflight.reporting.occasion import counted


def assert_preflight(
    stack: Any,
    intent: Intent | Mapping[str, Any] | Path | str | None = None,
    fail_on: Severity | str = Severity.SILENT_OUTAGE,
    accept: Path | str | None = None,
) -> Report:
    """Assert that the preflight finds nothing of a severity, or worse.

    Parameters
    ----------
    stack
        A stack of CDK Terrain or CDKTF; or a configuration: as a mapping, as JSON text, or the path of it.
    intent
        What the deployment is for: an intent, its keys, or the file that states it.
    fail_on
        The mildest severity that fails.
    accept
        A file of accepted findings.

    Returns
    -------
    Report
        Everything that the check says, for closer assertions.

    Raises
    ------
    AssertionError
        There are findings; the text lists them.
    PreflightError
        There is nothing that can be checked.

    Examples
    --------
    ::

        def test_the_shop_can_be_deployed():
            assert_preflight(ShopStack(Testing.app(), "shop"), {"regions": ["us-east-1"]})
    """
    __tracebackhide__ = True  # pytest shows the test's own line
    threshold = Severity(fail_on)
    report = _checked(stack, options(intent, accept))
    if found := report.at_least(threshold):
        listed = "\n\n  ".join(described(one) for one in found)
        raise AssertionError(f"{counted(len(found), 'finding')} at {threshold} or worse:\n\n  {listed}\n")
    return report


def _checked(stack: Any, chosen: Options) -> Report:
    if is_a(stack, "TerraformStack"):
        run_aspects(stack)
        return check_stack(stack, chosen)
    if isinstance(stack, Mapping):
        return check_configuration(stack, chosen)
    if isinstance(stack, str) and stack.lstrip().startswith("{"):
        try:
            return check_configuration(json.loads(stack), chosen)
        except (ValueError, RecursionError) as error:
            raise PreflightError(f"The text is not JSON: {error}") from error
    if isinstance(stack, str | Path):
        return check_path(stack, chosen)
    raise TypeError(f"{type(stack).__name__} is no stack, no configuration and no path.")
