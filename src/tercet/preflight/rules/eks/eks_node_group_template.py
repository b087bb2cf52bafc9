"""Node groups that contradict their launch template, or whose image is for another processor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import the_one
from tercet.preflight.rules.ec2._processors import ARM, INTEL, processor_of_type

_TEMPLATE: Final = "aws_launch_template"
_DEFAULT: Final = "AL2023_x86_64_STANDARD"

_EXAMPLE = """
resource "aws_launch_template" "nodes" {
  name = "payments-nodes-dev"

  metadata_options {
    http_tokens = "required"
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_size = 50
      volume_type = "gp3"
      encrypted   = true
    }
  }
}

resource "aws_eks_node_group" "payments" {
  cluster_name    = "payments-dev"
  node_group_name = "payments"
  node_role_arn   = "arn:aws:iam::123456789012:role/payments-nodes-dev"
  subnet_ids      = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  ami_type        = "AL2023_x86_64_STANDARD"
  instance_types  = ["m7i.large"]MORE

  launch_template {
    id      = aws_launch_template.nodes.id
    version = aws_launch_template.nodes.latest_version
  }

  scaling_config {
    min_size     = 2
    desired_size = 2
    max_size     = 4
  }
}
"""

RULE = Rule(
    id="eks-node-group-template",
    title="A node group against its launch template or its image",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "What a launch template can say, the node group does not: disk size and remote access belong into the "
        "template, instance types into one of the two, and an instance profile into neither, as EKS makes one of the "
        "node role. A template with an image is for ami_type CUSTOM. The image is for the instances' processor; "
        "without ami_type it is for x86_64."
    ),
    aws_error="InvalidParameterException: Disk size must be specified within the launch template.",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html",
        "https://github.com/crossplane-contrib/provider-upjet-aws/issues/866",
        "https://github.com/terraform-aws-modules/terraform-aws-eks/issues/1386",
        "https://github.com/hashicorp-education/learn-terraform-provision-eks-cluster/issues/44",
    ),
    resources=("aws_eks_node_group",),
    failing=_EXAMPLE.replace("MORE", "\n  disk_size       = 50"),
    passing=_EXAMPLE.replace("MORE", ""),
)


@RULE.check
def check(group: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the group with its template and its image."""
    blocks = group.blocks("launch_template")
    template = _template(blocks[0]) if blocks else None
    if blocks:
        yield from _beside_template(group)
    if template is not None:
        yield from _in_template(group, template)
    if not blocks or (template is not None and not template.has("image_id")):
        yield from _processor(group, template)


def _template(block: Block) -> Resource | None:
    return the_one(block, "id", _TEMPLATE) or the_one(block, "name", _TEMPLATE)


def _beside_template(group: Resource) -> Iterator[Problem]:
    if group.number("disk_size"):
        yield Problem(
            group,
            "disk_size",
            "disk_size is given beside a launch_template, where it belongs.",
            fix="Set volume_size in block_device_mappings of the launch template.",
        )
    if group.blocks("remote_access"):
        yield Problem(
            group,
            "remote_access",
            "remote_access is given beside a launch_template, where key_name and security groups belong.",
            fix="Set key_name and vpc_security_group_ids in the launch template.",
            aws_error=(
                "InvalidParameterException: Remote access configuration cannot be specified with a launch template."
            ),
        )


def _in_template(group: Resource, template: Resource) -> Iterator[Problem]:
    if template.has("instance_type") and group.items("instance_types"):
        yield Problem(
            group,
            "instance_types",
            f"instance_types is given, and {template.address} has an instance_type.",
            fix="Keep one of the two.",
            aws_error="InvalidRequestException: Cannot specify instance types in launch template and API request",
            also={"template": template.shown("instance_type")},
        )
    if template.blocks("iam_instance_profile"):
        yield Problem(
            group,
            "launch_template",
            f"{template.address} has an iam_instance_profile; EKS makes one of node_role_arn.",
            fix=f"Remove iam_instance_profile from {template.block_address}.",
            aws_error="InvalidRequestException: Launch template should not specify an instance profile.",
            also={"template": template.address},
        )
    kind = group.text("ami_type", "CUSTOM") if template.has("image_id") else "CUSTOM"
    if kind != "CUSTOM":
        yield Problem(
            group,
            "ami_type",
            f"ami_type is {kind}, and {template.address} has an image_id.",
            fix="Remove ami_type, or image_id of the template.",
            aws_error=(
                "InvalidRequestException: You cannot specify an image Id within the launch template, since your "
                "nodegroup is configured to use an EKS optimized AMI."
            ),
            also={"template": template.address},
        )


def _processor(group: Resource, template: Resource | None) -> Iterator[Problem]:
    kind = group.text("ami_type", _DEFAULT) or _DEFAULT
    wanted = ARM if "arm_64" in kind.lower() or "arm64" in kind.lower() else INTEL
    types = group.texts("instance_types")
    if not types and template is not None and (one := template.text("instance_type")) is not None:
        types = [one]
    if kind == "CUSTOM":
        return
    for name in types:
        if (processor := processor_of_type(name)) is not None and processor != wanted:
            said = kind if group.has("ami_type") else f"{kind} (the default)"
            yield Problem(
                group,
                "instance_types",
                f"{name} is {processor}, and ami_type is {said}.",
                fix=f'Set ami_type = "{"AL2023_ARM_64_STANDARD" if processor == ARM else _DEFAULT}".',
                aws_error=(
                    f"InvalidParameterException: [{name}] is not a valid instance type for requested amiType {kind}"
                ),
                also={"ami_type": said},
            )
            return
