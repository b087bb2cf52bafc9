"""Aurora's global databases: who is a member, who is a secondary, and what that forbids."""

from __future__ import annotations

import pytest

from tests.preflight.checking import check_hcl, found

REGIONS = """
provider "aws" {
  region = "us-east-1"
}
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
variable "password" {
  type      = string
  sensitive = true
}
"""
GLOBAL = """
resource "aws_rds_global_cluster" "all" {
  global_cluster_identifier = "payments-dev"
  engine                    = "aurora-mysql"
  storage_encrypted         = %s
}
"""


def cluster(name: str, *lines: str) -> str:
    inside = "\n".join(f"  {line}" for line in ('engine = "aurora-mysql"', "skip_final_snapshot = true", *lines))
    return f'\nresource "aws_rds_cluster" "{name}" {{\n{inside}\n}}\n'


MEMBER = "global_cluster_identifier = aws_rds_global_cluster.all.id"
PRIMARY = cluster(
    "primary", 'master_username = "payments"', "master_password = var.password", "storage_encrypted = true", MEMBER
)
WEST = ("provider = aws.west", MEMBER, "depends_on = [aws_rds_cluster.primary]")


def rules(text: str, *names: str, **files: str) -> list[tuple[str, str]]:
    return [(one.rule, one.address) for name in names for one in found(check_hcl(text, **files), name)]


def undecided(text: str, rule: str) -> bool:
    return rule in {one.rule for one in check_hcl(text).undecided}


class TestBacktrack:
    def test_a_global_database_elsewhere_counts(self):
        text = cluster("a", 'global_cluster_identifier = "payments"', "backtrack_window = 3600")
        assert rules(text, "aurora-backtrack-global") == [("aurora-backtrack-global", "aws_rds_cluster.a")]

    def test_the_source_of_a_global_database_is_a_member(self):
        source = """
resource "aws_rds_global_cluster" "all" {
  global_cluster_identifier    = "payments-dev"
  source_db_cluster_identifier = aws_rds_cluster.a.arn
}
"""
        text = source + cluster("a", "backtrack_window = 3600")
        assert rules(text, "aurora-backtrack-global") == [("aurora-backtrack-global", "aws_rds_cluster.a")]

    def test_a_window_of_nothing_is_none(self):
        assert not rules(GLOBAL % "true" + cluster("a", MEMBER, "backtrack_window = 0"), "aurora-backtrack-global")

    def test_an_unknown_window_is_undecided(self):
        variable = 'variable "window" {\n  type = number\n}\n'
        text = variable + GLOBAL % "true" + cluster("a", MEMBER, "backtrack_window = var.window")
        assert not rules(text, "aurora-backtrack-global")
        assert undecided(text, "aurora-backtrack-global")

    def test_through_a_module(self):
        module = """
variable "global_id" {
  type = string
}
resource "aws_rds_cluster" "this" {
  engine                    = "aurora-mysql"
  global_cluster_identifier = var.global_id
  backtrack_window          = 7200
  skip_final_snapshot       = true
}
"""
        text = GLOBAL % "true" + 'module "db" {\n  source    = "./db"\n  global_id = aws_rds_global_cluster.all.id\n}\n'
        assert rules(text, "aurora-backtrack-global", db__main=module) == [
            ("aurora-backtrack-global", "module.db.aws_rds_cluster.this")
        ]

    @pytest.mark.parametrize(
        ("window", "is_wrong"), [("-1", True), ("259200", False), ("259201", True), ('"72"', False)]
    )
    def test_the_range(self, window: str, is_wrong: bool):
        assert bool(rules(cluster("a", f"backtrack_window = {window}"), "aurora-backtrack-window")) is is_wrong


class TestSecondaries:
    def test_needs_a_key_where_only_the_primary_says_that_it_is_encrypted(self):
        text = REGIONS + GLOBAL % "false" + PRIMARY + cluster("secondary", *WEST)
        assert rules(text, "aurora-global-secondary-kms") == [
            ("aurora-global-secondary-kms", "aws_rds_cluster.secondary")
        ]

    def test_a_key_that_is_not_known_is_a_key(self):
        variable = 'variable "key" {\n  type = string\n}\n'
        text = REGIONS + GLOBAL % "true" + PRIMARY + variable + cluster("secondary", *WEST, "kms_key_id = var.key")
        assert not rules(text, "aurora-global-secondary-kms")

    def test_without_encryption_it_needs_none(self):
        plain = PRIMARY.replace("storage_encrypted = true", "storage_encrypted = false")
        text = REGIONS + GLOBAL % "false" + plain + cluster("secondary", *WEST)
        assert not rules(text, "aurora-global-secondary-kms")

    def test_the_primary_needs_none(self):
        text = REGIONS + GLOBAL % "true" + PRIMARY
        assert not rules(text, "aurora-global-secondary-kms")

    def test_alone_without_credentials_it_is_one(self):
        text = cluster("secondary", 'global_cluster_identifier = "payments"', "storage_encrypted = true")
        assert rules(text, "aurora-global-secondary-kms")

    def test_of_a_global_database_made_from_a_cluster(self):
        source = """
resource "aws_rds_global_cluster" "all" {
  global_cluster_identifier    = "payments-dev"
  source_db_cluster_identifier = aws_rds_cluster.primary.arn
}
"""
        primary = PRIMARY.replace(f"  {MEMBER}\n", "")
        text = REGIONS + source + primary + cluster("secondary", "provider = aws.west", MEMBER)
        assert rules(text, "aurora-global-secondary-kms") == [
            ("aurora-global-secondary-kms", "aws_rds_cluster.secondary")
        ]

    def test_two_members_with_credentials_cannot_both_be_primary(self):
        other = cluster(
            "secondary", "provider = aws.west", MEMBER, 'master_username = "payments"', "master_password = var.password"
        )
        text = REGIONS + GLOBAL % "true" + PRIMARY + other
        assert rules(text, "aurora-global-secondary-master-user") == [
            ("aurora-global-secondary-master-user", "aws_rds_cluster.secondary")
        ]

    @pytest.mark.parametrize("waits", ["  depends_on = [module.primary]\n", ""])
    def test_of_two_modules_it_is_the_one_that_waits_or_is_elsewhere(self, waits: str):
        call = 'module "%s" {\n  source     = "./member"\n  whole      = aws_rds_global_cluster.all.id\n%s}\n'
        member = """
variable "whole" {
  type = string
}
variable "password" {
  default = "not-a-real-one"
}
"""
        member += PRIMARY.replace("aws_rds_global_cluster.all.id", "var.whole")
        west = call % ("west", "  providers = { aws = aws.west }\n" + waits)
        text = REGIONS + GLOBAL % "true" + west + call % ("primary", "")
        assert rules(text, "aurora-global-secondary-master-user", member__main=member) == [
            ("aurora-global-secondary-master-user", "module.west.aws_rds_cluster.primary")
        ]

    def test_the_primary_keeps_its_credentials(self):
        text = REGIONS + GLOBAL % "true" + PRIMARY + cluster("secondary", *WEST)
        assert not rules(text, "aurora-global-secondary-master-user")


def test_encryption_may_come_from_elsewhere():
    text = 'variable "on" {\n  type = bool\n}\n' + REGIONS + GLOBAL % "var.on" + PRIMARY
    assert not rules(text, "aurora-global-encryption")
    assert undecided(text, "aurora-global-encryption")
