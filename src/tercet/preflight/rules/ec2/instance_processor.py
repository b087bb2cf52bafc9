"""Images for another processor than the instance has."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.ec2._processors import processor_of_image, processor_of_type

_EXAMPLE = """
data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]

  filter {
    name   = "name"
    values = ["al2023-ami-2023.*-x86_64"]
  }
}

resource "aws_instance" "payments" {
  ami           = data.aws_ami.linux.id
  instance_type = "TYPE"

  metadata_options {
    http_tokens = "required"
  }

  root_block_device {
    encrypted = true
  }
}
"""

RULE = Rule(
    id="instance-processor",
    title="An image for another processor than the instance has",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Graviton instances (a g after the generation: t4g, m7g, c7gn) run images for arm64, the others images for "
        "x86_64. An image that a data source looks for by name or architecture shows which it is."
    ),
    aws_error=(
        "InvalidParameterValue: The architecture 'arm64' of the specified instance type does not match the "
        "architecture 'x86_64' of the specified AMI."
    ),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-instance-compatibility.html",),
    resources=("aws_instance", "aws_launch_configuration", "aws_launch_template"),
    failing=_EXAMPLE.replace("TYPE", "m7g.large"),
    passing=_EXAMPLE.replace("TYPE", "m7i.large"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the type's processor with the image's."""
    argument = "ami" if resource.type == "aws_instance" else "image_id"
    name = resource.value("instance_type")
    processor = processor_of_type(name) if isinstance(name, str) else None
    image = processor_of_image(resource.graph, resource.value(argument)) if processor else None
    if processor is None or image is None or image[0] == processor:
        return
    yield Problem(
        resource,
        "instance_type",
        f"instance_type is {name}, which is {processor}, and the image is for {image[0]}: {image[1]}.",
        fix=f"Look for an image for {processor}, or use an instance type for {image[0]}.",
        aws_error=(
            f"InvalidParameterValue: The architecture '{processor}' of the specified instance type does not match the "
            f"architecture '{image[0]}' of the specified AMI."
        ),
        also={argument: resource.shown(argument)},
    )
