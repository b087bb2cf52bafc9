"""Container definitions that are written as a template, of which parts may be left out."""

from __future__ import annotations

from tercet.preflight.check import Options
from tests.preflight.checking import check_hcl

TASK = """
variable "credentials" {
  default = %s
}

variable "extra" {}

resource "aws_ecs_task_definition" "shop" {
  family                = "shop-dev"
  container_definitions = <<EOF
[{
  "name": "shop",
  "image": "nginx",
  %%{if var.credentials != ""~}
  "repositoryCredentials": { "credentialsParameter": "${var.credentials}" },
  %%{~endif}
  ${var.extra}
  "memory": 128%s
}]
EOF
}
"""
OPTIONS = Options(select=("ecs-container-definitions",))


def test_a_part_that_is_not_known_may_make_it_whole():
    for credentials in ('""', '"arn:aws:secretsmanager:us-east-1:111122223333:secret:registry-abc"'):
        report = check_hcl(TASK % (credentials, ""), options=OPTIONS)
        assert report.findings == ()
        assert [one.because for one in report.undecided] == [
            "container_definitions: parts of the text are known only after apply"
        ]


def test_what_is_known_wholly_is_read():
    known = (TASK % ('""', "")).replace("${var.extra}", "")
    assert check_hcl(known, options=OPTIONS).findings == ()
    broken = (TASK % ('""', ",")).replace("${var.extra}", "")
    assert len(check_hcl(broken, options=OPTIONS).findings) == 1
