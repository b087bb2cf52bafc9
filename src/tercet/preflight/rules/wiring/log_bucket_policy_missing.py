"""A log bucket into which nobody may write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.policies import Policy, any_of, resource_policies
from tercet.preflight.policies.matching import Answer
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example

_ACTION: Final = "s3:PutObject"


@dataclass(frozen=True)
class _Writer:
    """Who writes logs, for what, and what AWS answers where it may not."""

    block: str | None
    argument: str
    service: str
    answer: str
    others: tuple[str, ...] = ()
    """Services that stand for it elsewhere: who lets them in knows more than these checks."""
    accounts: bool = False
    """Whether an account of AWS may stand for the service, as in older regions of load balancers."""


_BALANCER: Final = _Writer(
    "access_logs",
    "bucket",
    "logdelivery.elasticloadbalancing.amazonaws.com",
    "InvalidConfigurationRequest: Access Denied for bucket: <bucket>. Please check S3bucket permission",
    others=("delivery.logs.amazonaws.com",),
    accounts=True,
)

_WRITERS: Final[dict[str, _Writer]] = {
    "aws_alb": _BALANCER,
    "aws_cloudtrail": _Writer(
        None,
        "s3_bucket_name",
        "cloudtrail.amazonaws.com",
        "InsufficientS3BucketPolicyException: Incorrect S3 bucket policy is detected for bucket: <bucket>",
    ),
    "aws_elb": _BALANCER,
    "aws_lb": _BALANCER,
}

_TRAIL = (
    example.BUCKET
    + """
resource "aws_cloudtrail" "main" {
  name                       = "payments-dev"
  s3_bucket_name             = aws_s3_bucket.receipts.id
  is_multi_region_trail      = true
  enable_log_file_validation = true
  %s
}
"""
)

RULE = Rule(
    id="log-bucket-policy-missing",
    title="A log bucket whose policy lets nobody write logs",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Load balancers and CloudTrail try the bucket when logging is configured, and refuse it where the "
        "bucket's policy does not let them do s3:PutObject. Network load balancers are not reported: they deliver "
        "otherwise."
    ),
    aws_error="InsufficientS3BucketPolicyException: Incorrect S3 bucket policy is detected for bucket: <bucket>",
    sources=(
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html",
    ),
    resources=tuple(_WRITERS),
    failing=_TRAIL % "",
    passing=_TRAIL % "depends_on = [aws_s3_bucket_policy.receipts]"
    + """
resource "aws_s3_bucket_policy" "receipts" {
  bucket = aws_s3_bucket.receipts.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = "s3:GetBucketAcl"
        Resource  = aws_s3_bucket.receipts.arn
      },
      {
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = "s3:PutObject"
        Resource  = "${aws_s3_bucket.receipts.arn}/AWSLogs/111122223333/*"
        Condition = { StringEquals = { "s3:x-amz-acl" = "bucket-owner-full-control" } }
      },
    ]
  })
}
""",
)


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Look at the policy of the bucket that is written to."""
    writer = _WRITERS[resource.type]
    for block in _configured(resource, writer):
        for bucket in block.targets(writer.argument, "aws_s3_bucket"):
            if bucket.mode != "managed":
                continue
            answer = _may_write([policy for _, policy in resource_policies(bucket)], writer)
            if answer is False and bucket.is_passed_out():
                raise Undecidable(f"policy of {bucket.address}", "it is given to a module that is not at hand")
            if answer is False:
                yield Problem(
                    block,
                    writer.argument,
                    f"The policy of {bucket.address} does not let {writer.service} do {_ACTION}: logging is refused.",
                    fix=f"Allow {_ACTION} on its objects to the service {writer.service} in an aws_s3_bucket_policy of "
                    f"{bucket.address}, and let {resource.address} wait for it with depends_on.",
                    aws_error=writer.answer,
                )


def _configured(resource: Resource, writer: _Writer) -> list[Block]:
    if writer.block is None:
        return [resource]
    if resource.type in ("aws_lb", "aws_alb") and resource.text("load_balancer_type", "application") != "application":
        return []
    # A classic balancer's logs are on unless it says otherwise; the others' are off.
    usual = resource.type == "aws_elb"
    return [block for block in resource.blocks(writer.block) if block.flag("enabled", usual)]


def _may_write(policies: list[Policy], writer: _Writer) -> Answer:
    services = (writer.service, *writer.others)
    answers: list[Answer] = [
        policy.allows(_ACTION, None, service, conditions_hold=True) for policy in policies for service in services
    ]
    if writer.accounts:
        for policy in policies:
            for statement in policy.allowing():
                kinds = statement.principals or {"*": []}
                if any(kind != "Service" for kind in kinds):
                    answers.append(statement.covers(_ACTION, None, None, ""))
    return any_of(answers)
