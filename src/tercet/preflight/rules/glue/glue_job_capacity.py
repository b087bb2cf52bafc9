"""A job whose capacity is said in two ways."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

_EXAMPLE = """
resource "aws_glue_job" "report" {
  name              = "report-dev"
  role_arn          = "arn:aws:iam::123456789012:role/report"
  glue_version      = "4.0"
  worker_type       = "G.1X"
  number_of_workers = 2CAPACITY

  command {
    script_location = "s3://report-dev/job.py"
  }
}
"""

RULE = Rule(
    id="glue-job-capacity",
    title="Job whose capacity is said in two ways",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The capacity of a job of Glue is a number of workers of a type, or `max_capacity`, which is for older "
        "versions and for Python shells."
    ),
    aws_error='Error: Conflicting configuration arguments: "max_capacity": conflicts with worker_type',
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/glue/latest/webapi/API_Job.html",
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/glue/job.go",
    ),
    resources=("aws_glue_job",),
    failing=_EXAMPLE.replace("CAPACITY", "\n  max_capacity      = 2"),
    passing=_EXAMPLE.replace("CAPACITY", ""),
)


@RULE.check
def check(job: Resource, _: Context) -> Iterator[Problem]:
    """Look for both; a plan has the one that AWS reckons from the other."""
    if job.graph.kind == "plan" or not isinstance(job.value("max_capacity"), int | float | str):
        return
    for name in ("worker_type", "number_of_workers"):
        if isinstance(job.value(name), int | str) and job.value(name) != "":
            yield Problem(
                job,
                "max_capacity",
                f"max_capacity and {name} are both given: they are two ways to say the capacity.",
                fix="Remove max_capacity.",
                aws_error=f'Error: Conflicting configuration arguments: "max_capacity": conflicts with {name}',
            )
            return
