"""User data that is not encoded where it must be, or is too long."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Template

MOST_BYTES: Final = 16_384
_BESIDE_BASE64: Final = re.compile(r"[^A-Za-z0-9+/=\s]")

_EXAMPLE = """
resource "aws_launch_template" "payments" {
  name          = "payments-dev"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m6i.large"
  user_data     = DATA

  metadata_options {
    http_tokens = "required"
  }
}
"""

RULE = Rule(
    id="user-data-form",
    title="User data that is not base64, or too long",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A launch template takes user data in base64 and does not encode it, unlike an instance, which does. In either "
        "place they have 16 KiB at most before they are encoded."
    ),
    aws_error="InvalidUserData.Malformed: Invalid BASE64 encoding of user data.",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RequestLaunchTemplateData.html",
        "https://github.com/hashicorp/terraform/issues/25169",
    ),
    resources=("aws_launch_template", "aws_instance"),
    failing=_EXAMPLE.replace("DATA", r'"#!/bin/bash\nsystemctl start payments\n"'),
    passing=_EXAMPLE.replace("DATA", r'base64encode("#!/bin/bash\nsystemctl start payments\n")'),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at what is known of the text."""
    value = resource.value("user_data")
    template = resource.type == "aws_launch_template"
    known = value.literal if isinstance(value, Template) else value
    if not isinstance(known, str) or (resource.graph.kind == "plan" and not template):
        return  # a plan may hold an instance's user data as their hash
    if template and (match := _BESIDE_BASE64.search(known)) is not None:
        yield Problem(
            resource,
            "user_data",
            f"user_data holds {match[0]!r}, which base64 does not have: it is not encoded.",
            fix="Write user_data = base64encode(…).",
        )
        return
    length = _length(known, encoded=template)
    if length > MOST_BYTES:
        yield Problem(
            resource,
            "user_data",
            f"user_data has {length} bytes; EC2 takes {MOST_BYTES}.",
            fix="Shorten it, compress it (user_data_base64 = base64gzip(…)), or fetch the rest from S3.",
            aws_error=f"InvalidParameterValue: User data is limited to {MOST_BYTES} bytes",
        )


def _length(text: str, *, encoded: bool) -> int:
    if not encoded:
        return len(text.encode("utf-8", "surrogatepass"))
    try:
        return len(base64.b64decode(text, validate=False))
    except (binascii.Error, ValueError):
        return 0
