"""Launch templates from which nothing can be launched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import the_one
from tercet.preflight.values import Reference

_TEMPLATE: Final = "aws_launch_template"
_MALFORMED: Final = "ValidationError: You must use a valid fully-formed launch template. "

_EXAMPLE = """
resource "aws_launch_template" "payments" {
  name                   = "payments-dev"
  image_id               = "ami-0123456789abcdef0"
  instance_type          = "m6i.large"
  vpc_security_group_ids = ["sg-0123456789abcdef0"]

  metadata_options {
    http_tokens = "required"
  }MORE
}

resource "aws_autoscaling_group" "payments" {
  name                = "payments-dev"
  min_size            = 2
  max_size            = 6
  vpc_zone_identifier = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]

  launch_template {
    id      = aws_launch_template.payments.id
    version = aws_launch_template.payments.latest_version
  }
}
"""

RULE = Rule(
    id="launch-template-unusable",
    title="A launch template from which nothing can be launched",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A launch template is not looked at when it is made, but when something is launched from it. Where it names "
        "network interfaces, their security groups are part of them and not beside them; an Auto Scaling group needs "
        "its image; and a mixed instances policy says itself what is Spot, and takes no template that does."
    ),
    aws_error=(
        "InvalidQueryParameter: Invalid launch template: When a network interface is provided, the security groups "
        "must be a part of it."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/create-launch-template.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/4570",
        "https://github.com/cloudacademy/terraform-aws/issues/1",
    ),
    resources=(_TEMPLATE, "aws_autoscaling_group", "aws_instance"),
    failing=_EXAMPLE.replace("MORE", "\n\n  network_interfaces {\n    associate_public_ip_address = false\n  }"),
    passing=_EXAMPLE.replace("MORE", ""),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at a template by itself, and at what is launched from one."""
    if resource.type == _TEMPLATE:
        yield from _interfaces(resource)
        return
    for block in resource.blocks("launch_template"):
        template = _template(block, "id", "name")
        if template is not None and not resource.has("ami"):
            yield from _image(template, resource)
    for policy in resource.blocks("mixed_instances_policy"):
        yield from _mixed(policy, resource)


def _interfaces(template: Resource) -> Iterator[Problem]:
    groups = template.value("vpc_security_group_ids")
    if template.blocks("network_interfaces") and groups and isinstance(groups, list | Reference):
        yield Problem(
            template,
            "vpc_security_group_ids",
            f"{template.address} has vpc_security_group_ids beside network_interfaces: nothing can be launched.",
            fix="Move the groups into network_interfaces as security_groups.",
            also={"network_interfaces": "given"},
        )


def _template(block: Block, identifier: str, name: str) -> Resource | None:
    return the_one(block, identifier, _TEMPLATE) or the_one(block, name, _TEMPLATE)


def _image(template: Resource, user: Resource) -> Iterator[Problem]:
    if "image_id" not in template.values and template.graph.kind != "plan":
        yield Problem(
            user,
            "launch_template",
            f"{template.address} has no image_id, and {user.address} is launched from it.",
            fix=f"Set image_id on {template.block_address}.",
            aws_error=f"{_MALFORMED}The request must contain the parameter ImageId",
            also={"template": template.address},
        )


def _mixed(policy: Block, group: Resource) -> Iterator[Problem]:
    for outer in policy.blocks("launch_template"):
        for block in outer.blocks("launch_template_specification"):
            template = _template(block, "launch_template_id", "launch_template_name")
            if template is None:
                continue
            if not any(
                one.has("launch_template_specification") or one.has("image_id") for one in outer.blocks("override")
            ):
                yield from _image(template, group)
            if template.blocks("instance_market_options"):
                yield Problem(
                    group,
                    "mixed_instances_policy",
                    f"{template.address} has instance_market_options, and a mixed instances policy takes no such "
                    "template.",
                    fix=f"Remove instance_market_options from {template.block_address}, and say it in "
                    "instances_distribution.",
                    aws_error=(
                        "ValidationError: Incompatible launch template: you cannot use a launch template that is set "
                        "to request Spot Instances (InstanceMarketOptions) when you configure an Auto Scaling group "
                        "with a mixed instances policy."
                    ),
                    also={"template": template.address},
                )
