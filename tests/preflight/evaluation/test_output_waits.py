"""Whoever takes a value from an output that waits for something waits for it, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tercet.preflight.check import Options, check_path

BUCKET = """
resource "aws_s3_bucket" "copies" {
  bucket = "acme-copies-dev"
}

resource "aws_s3_bucket_versioning" "copies" {
  bucket = aws_s3_bucket.copies.id
  versioning_configuration {
    status = "Enabled"
  }
}

output "arn" {
  value = aws_s3_bucket.copies.arn
  WAITS
}
"""
REPLICATION = """
module "copies" {
  source = "./copies"
}

resource "aws_s3_bucket_replication_configuration" "receipts" {
  bucket = "acme-receipts-dev"
  role   = "arn:aws:iam::111122223333:role/replication"
  rule {
    id     = "all"
    status = "Enabled"
    destination {
      bucket = module.copies.arn
    }
  }
}
"""


@pytest.mark.parametrize(("waits", "alarms"), [("depends_on = [aws_s3_bucket_versioning.copies]", 0), ("", 1)])
def test_an_output_that_waits(tmp_path: Path, waits: str, alarms: int):
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "main.tf").write_text(BUCKET.replace("WAITS", waits))
    (tmp_path / "main.tf").write_text(REPLICATION)
    assert len(check_path(tmp_path, Options(select=("s3-replication-no-versioning",))).findings) == alarms
