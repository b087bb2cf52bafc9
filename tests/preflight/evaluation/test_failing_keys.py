"""A key that cannot be evaluated fails the whole of it, as an attribute that is not there does: try goes on."""

from __future__ import annotations

from tests.preflight.checking import check_hcl

CACHE = """
variable "behavior" {
  type    = any
  default = { target = "site" }
}

data "aws_cloudfront_cache_policy" "named" {
  for_each = toset([for one in [var.behavior] : one.policy_name if can(one.policy_name)])
  name     = each.key
}

resource "aws_sqs_queue" "payments" {
  name       = "payments-dev"
  fifo_queue = try(data.aws_cloudfront_cache_policy.named[var.behavior.policy_name].id, null)
}
"""


def test_try_goes_on_after_a_key_that_is_not_there():
    report = check_hcl(CACHE)
    assert [one.rule for one in report.undecided] == []
