"""Settings of buckets: order, names, and who may read."""

from __future__ import annotations

import pytest

from tercet.preflight.rules.s3._names import wrong_name
from tests.preflight.checking import check_hcl, found

BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "acme-payments-dev"\n}\n'
OWNERS = """
resource "aws_s3_bucket_ownership_controls" "b" {
  bucket = aws_s3_bucket.b.id
  rule {
    object_ownership = "%s"
  }
}
"""
ACL = 'resource "aws_s3_bucket_acl" "b" {\n  bucket = %s\n  acl    = "private"\n%s}\n'
WAITS = "  depends_on = [aws_s3_bucket_ownership_controls.b]\n"


class TestAcl:
    @pytest.mark.parametrize(
        ("text", "is_wrong"),
        [
            (BUCKET + ACL % ("aws_s3_bucket.b.id", ""), True),
            (BUCKET + ACL % ('"acme-payments-dev"', ""), True),
            (ACL % ('"acme-elsewhere"', ""), False),
            (BUCKET + OWNERS % "BucketOwnerEnforced" + ACL % ("aws_s3_bucket.b.id", WAITS), True),
            (BUCKET + OWNERS % "ObjectWriter" + ACL % ("aws_s3_bucket.b.id", WAITS), False),
            (BUCKET + OWNERS % "ObjectWriter" + ACL % ("aws_s3_bucket.b.id", ""), True),
            (BUCKET + OWNERS % "ObjectWriter" + ACL % ("aws_s3_bucket_ownership_controls.b.bucket", ""), False),
        ],
    )
    def test_ownership(self, text: str, is_wrong: bool):
        assert bool(found(check_hcl(text), "s3-acl-ownership")) is is_wrong

    def test_a_module_that_is_not_at_hand_may_set_the_ownership(self):
        module = 'module "m" {\n  source = "acme/bucket/aws"\n  bucket = aws_s3_bucket.b.id\n}\n'
        report = check_hcl(BUCKET + module + ACL % ("aws_s3_bucket.b.id", ""))
        assert not found(report, "s3-acl-ownership")
        assert "s3-acl-ownership" in {one.rule for one in report.undecided}

    def test_a_bucket_made_with_count(self):
        text = (BUCKET + OWNERS % "ObjectWriter").replace("{\n  bucket", "{\n  count  = 1\n  bucket")
        text = text.replace("aws_s3_bucket.b.id", "aws_s3_bucket.b[0].id")
        acl = ACL.replace("{\n", "{\n  count  = 1\n", 1) % ("aws_s3_bucket.b[0].id", WAITS)
        assert not found(check_hcl(text + acl), "s3-acl-ownership")


POLICY = """
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [%s]
  })
}
"""
EVERYBODY = '{ Effect = "Allow", Principal = %s, Action = "s3:GetObject", Resource = "${aws_s3_bucket.b.arn}/*" }'
OPEN = """
resource "aws_s3_bucket_public_access_block" "b" {
  bucket              = aws_s3_bucket.b.id
  block_public_policy = %s
}
"""


class TestPublicPolicy:
    @pytest.mark.parametrize(
        ("principal", "is_wrong"),
        [
            ('"*"', True),
            ('{ AWS = "*" }', True),
            ('{ AWS = ["*"] }', True),
            ('{ Service = "cloudfront.amazonaws.com" }', False),
            ('{ AWS = "arn:aws:iam::111122223333:root" }', False),
        ],
    )
    def test_principals(self, principal: str, is_wrong: bool):
        report = check_hcl(BUCKET + POLICY % (EVERYBODY % principal))
        assert bool(found(report, "s3-public-policy-blocked")) is is_wrong

    def test_denials_and_conditions_are_not_public(self):
        deny = EVERYBODY.replace("Allow", "Deny") % '"*"'
        limited = EVERYBODY.replace(" }", ', Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-1" } } }')
        for statement in (deny, limited.replace("%s", '"*"')):
            assert not found(check_hcl(BUCKET + POLICY % statement), "s3-public-policy-blocked")

    def test_the_block_may_be_off(self):
        text = BUCKET + POLICY % (EVERYBODY % '"*"')
        assert not found(check_hcl(text + OPEN % "false"), "s3-public-policy-blocked")
        assert found(check_hcl(text + OPEN % "true"), "s3-public-policy-blocked")

    def test_a_document_as_data(self):
        data = """
data "aws_iam_policy_document" "b" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.b.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = data.aws_iam_policy_document.b.json
}
"""
        assert found(check_hcl(BUCKET + data), "s3-public-policy-blocked")


@pytest.mark.parametrize(
    ("parts", "is_wrong"),
    [
        (["acme-payments"], False),
        (["acme.payments.dev"], False),
        (["acme-", None], False),
        ([None, "-receipts"], False),
        (["Acme-", None], True),
        (["acme_", None], True),
        ([None, "-s3alias"], True),
        (["xn--", None], True),
        (["ab"], True),
        (["192.168.0.1"], True),
        (["a" * 64], True),
        (["a..b"], True),
        (["-a", None], True),
        ([None, "a-"], True),
        ([None], False),
    ],
)
def test_names_of_buckets(parts: list[str | None], is_wrong: bool):
    assert bool(wrong_name(parts, whole=True)) is is_wrong


def test_a_prefix_may_end_with_a_hyphen_and_is_short():
    assert not wrong_name(["acme-payments-"], whole=False)
    assert wrong_name(["a" * 38], whole=False)


LIFECYCLE = 'resource "aws_s3_bucket_lifecycle_configuration" "b" {\n  bucket = "acme-payments-dev"\n%s}\n'


def rule(body: str, name: str = "one") -> str:
    return f'  rule {{\n    id     = "{name}"\n    status = "Enabled"\n    filter {{}}\n{body}\n  }}\n'


@pytest.mark.parametrize(
    ("body", "is_wrong"),
    [
        ('transition {\n days = 30\n storage_class = "GLACIER"\n }\n expiration {\n days = 30\n }', True),
        ('transition {\n days = 30\n storage_class = "GLACIER"\n }\n expiration {\n days = 31\n }', False),
        (
            'noncurrent_version_transition {\n noncurrent_days = 30\n storage_class = "GLACIER"\n }\n'
            " noncurrent_version_expiration {\n noncurrent_days = 7\n }",
            True,
        ),
        (
            'transition {\n days = 30\n storage_class = "GLACIER"\n }\n'
            " noncurrent_version_expiration {\n noncurrent_days = 7\n }",
            False,
        ),
        ("expiration {\n expired_object_delete_marker = true\n }", False),
    ],
)
def test_deletion_after_moving(body: str, is_wrong: bool):
    assert bool(found(check_hcl(LIFECYCLE % rule(body)), "s3-lifecycle-expiration-first")) is is_wrong


def test_a_rule_for_old_uploads_does_something():
    body = "abort_incomplete_multipart_upload {\n days_after_initiation = 7\n }"
    report = check_hcl(LIFECYCLE % (rule(body) + rule(body, "two")))
    for name in ("s3-lifecycle-empty-rule", "s3-lifecycle-rule-id", "s3-lifecycle-filter"):
        assert not found(report, name)


def test_one_policy_made_several_times_is_for_several_buckets():
    text = """
resource "aws_s3_bucket" "b" {
  for_each = toset(["one", "two"])
  bucket   = "acme-payments-${each.key}"
}
resource "aws_s3_bucket_versioning" "b" {
  for_each = aws_s3_bucket.b
  bucket   = each.value.id
  versioning_configuration {
    status = "Enabled"
  }
}
"""
    assert not found(check_hcl(text), "s3-duplicate-setting")
    twice = text + text.split("resource", 2)[2].join(["resource", ""]).replace('versioning" "b"', 'versioning" "c"')
    assert found(check_hcl(twice), "s3-duplicate-setting")


def test_replication_waits_for_versions_through_what_it_refers_to():
    text = (
        BUCKET
        + """
resource "aws_s3_bucket_versioning" "b" {
  bucket = aws_s3_bucket.b.id
  versioning_configuration {
    status = "Enabled"
  }
}
resource "aws_s3_bucket_replication_configuration" "b" {
  bucket = aws_s3_bucket.b.id
  role   = "arn:aws:iam::111122223333:role/replication"
  %s
  rule {
    status = "Enabled"
    destination {
      bucket = "arn:aws:s3:::acme-elsewhere"
    }
  }
}
"""
    )
    assert not found(check_hcl(text % "depends_on = [aws_s3_bucket_versioning.b]"), "s3-replication-no-versioning")
    assert found(check_hcl(text % ""), "s3-replication-no-versioning")
