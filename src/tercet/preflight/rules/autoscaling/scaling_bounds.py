"""Numbers of instances, nodes or tasks that contradict one another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule

_EXAMPLE = """
resource "aws_autoscaling_group" "payments" {
  name                = "payments-dev"
  min_size            = 2
  desired_capacity    = DESIRED
  max_size            = 6
  vpc_zone_identifier = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]

  launch_template {
    name    = "payments-dev"
    version = "4"
  }
}
"""


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Which arguments are least, most and wanted, and what AWS answers where they contradict one another."""

    least: str
    most: str
    wanted: str = ""
    block: str = ""
    turned: str = ""
    below: str = ""
    above: str = ""


_BOUNDS: Final = {
    "aws_autoscaling_group": _Bounds(
        "min_size",
        "max_size",
        "desired_capacity",
        turned="ValidationError: Max bound, {most}, must be greater than or equal to min bound, {least}",
        below="ValidationError: Desired capacity:{wanted} must be between the specified min size:{least} and max "
        "size:{most}",
        above="ValidationError: Desired capacity:{wanted} must be between the specified min size:{least} and max "
        "size:{most}",
    ),
    "aws_appautoscaling_target": _Bounds(
        "min_capacity",
        "max_capacity",
        turned="ValidationException: Maximum capacity cannot be less than minimum capacity",
    ),
    "aws_eks_node_group": _Bounds(
        "min_size",
        "max_size",
        "desired_size",
        block="scaling_config",
        turned="InvalidParameterException: minSize can't be greater than maxSize",
        below="InvalidParameterException: minSize can't be greater than desiredSize",
        above="InvalidParameterException: desiredSize can't be greater than maxSize",
    ),
}

RULE = Rule(
    id="scaling-bounds",
    title="The wanted size is not between the least and the greatest",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A group's least size is at most its greatest, and what is wanted lies between them. AWS refuses the group or "
        "the target otherwise."
    ),
    aws_error="ValidationError: Desired capacity:<n> must be between the specified min size:<n> and max size:<n>",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-capacity-limits.html",
        "https://github.com/convox/praxis/pull/258",
        "https://github.com/sassoftware/viya4-iac-aws/issues/298",
        "https://github.com/ministryofjustice/cloud-platform-infrastructure/pull/4595",
    ),
    resources=tuple(_BOUNDS),
    failing=_EXAMPLE.replace("DESIRED", "8"),
    passing=_EXAMPLE.replace("DESIRED", "2"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the three numbers."""
    bounds = _BOUNDS[resource.type]
    for block in resource.blocks(bounds.block) if bounds.block else [resource]:
        least, most = block.number(bounds.least), block.number(bounds.most)
        if least is None or most is None:
            continue
        if least > most:
            yield _problem(block, bounds, bounds.least, bounds.turned, f"is over {bounds.most}, {most}")
            continue
        wanted = block.number(bounds.wanted) if bounds.wanted else None
        if wanted is not None and wanted < least:
            yield _problem(block, bounds, bounds.wanted, bounds.below, f"is below {bounds.least}, {least}")
        elif wanted is not None and wanted > most:
            yield _problem(block, bounds, bounds.wanted, bounds.above, f"is over {bounds.most}, {most}")


def _problem(block: Block, bounds: _Bounds, argument: str, error: str, what: str) -> Problem:
    names = [one for one in (bounds.least, bounds.wanted, bounds.most) if one and one != argument]
    return Problem(
        block,
        argument,
        f"{block.named(argument)} is {block.shown(argument)} and {what}.",
        fix=f"Make {bounds.least} ≤ {f'{bounds.wanted} ≤ ' if bounds.wanted else ''}{bounds.most}.",
        aws_error=error.format(
            least=block.shown(bounds.least), most=block.shown(bounds.most), wanted=block.shown(bounds.wanted)
        ),
        also={name: block.shown(name) for name in names if block.has(name)},
    )
