"""Makes the preflight a part of the synthesis of any CDK Terrain or CDKTF app."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tercet.errors import PreflightError
from tercet.preflight import construct_lines
from tercet.preflight.check import Options
from tercet.preflight.constructs import check_stack, described, is_a, options
from tercet.preflight.findings import Severity
from tercet.preflight.intent import Intent


def add_validation(
    scope: Any,
    intent: Intent | Mapping[str, Any] | Path | str | None = None,
    fail_on: Severity | str = Severity.SILENT_OUTAGE,
    accept: Path | str | None = None,
) -> None:
    """Have ``app.synth()`` fail, before it writes anything, where the preflight finds something.

    Called before the stacks are made, it also knows the lines at which their constructs are made.

    Parameters
    ----------
    scope
        An app, whose stacks are all checked, those too that it does not have yet; or one stack.
    intent
        What the deployment is for: an intent, its keys, or the file that states it.
    fail_on
        The mildest severity that fails the synthesis.
    accept
        A file of accepted findings, beside what constructs accept with `tercet.preflight.accepting.accept`.

    Raises
    ------
    TypeError
        It is neither an app nor a stack.
    PreflightError
        The intent or the file of accepted findings is not valid.

    Examples
    --------
    ::

        app = App()
        add_validation(app, {"regions": ["us-east-1"], "az_count": 3})
        ShopStack(app, "shop")
        app.synth()
    """
    chosen, threshold = options(intent, accept), Severity(fail_on)
    if is_a(scope, "TerraformStack"):
        construct_lines.record()
        _validate(scope, chosen, threshold)
    elif is_a(scope, "App"):

        def validate_stacks_of_app(made: Any) -> None:
            if is_a(made, "TerraformStack") and made.node.root is scope:
                _validate(made, chosen, threshold)

        for construct in scope.node.find_all():
            validate_stacks_of_app(construct)
        construct_lines.watch(validate_stacks_of_app)
    else:
        raise TypeError(f"{type(scope).__name__} is neither an App nor a TerraformStack.")


def _validate(stack: Any, chosen: Options, threshold: Severity) -> None:
    # Importing these starts node, which a stack has done long since.
    import jsii
    from constructs import IValidation

    @jsii.implements(IValidation)
    class Preflight:
        """What the bindings ask before they write a stack."""

        def validate(self) -> list[str]:
            try:
                return [described(one) for one in check_stack(stack, chosen).at_least(threshold)]
            except PreflightError as error:
                return [f"The preflight could not check: {error}"]

    stack.node.add_validation(Preflight())
