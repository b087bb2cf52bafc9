"""Keys, indexes and capacity of tables: near misses and what is not known."""

from __future__ import annotations

import pytest

from tests.preflight.checking import check_hcl, found


def table(*lines: str, attributes: tuple[str, ...] = ("id",)) -> str:
    blocks = "".join(f'  attribute {{\n    name = "{name}"\n    type = "S"\n  }}\n' for name in attributes)
    inside = "\n".join(f"  {line}" for line in lines)
    return f'resource "aws_dynamodb_table" "t" {{\n  name     = "t-dev"\n  hash_key = "id"\n{inside}\n{blocks}}}\n'


ON_DEMAND = 'billing_mode = "PAY_PER_REQUEST"'
INDEX = 'global_secondary_index {\n name = "%s"\n hash_key = "%s"\n projection_type = "ALL"\n }'


def undecided(text: str) -> set[str]:
    return {one.rule for one in check_hcl(text).undecided}


def test_keys_of_the_new_kind_of_index_count():
    schema = """global_secondary_index {
    name = "by-day"
    projection_type = "ALL"
    key_schema {
      attribute_name = "day"
      key_type = "HASH"
    }
  }"""
    report = check_hcl(table(ON_DEMAND, schema, attributes=("id", "day")))
    assert not found(report, "ddb-unindexed-attribute")
    assert found(check_hcl(table(ON_DEMAND, schema)), "ddb-key-not-defined")


def test_indexes_of_a_dynamic_block():
    dynamic = """dynamic "global_secondary_index" {
    for_each = { merchant = "merchant", day = "day" }
    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value
      projection_type = "ALL"
    }
  }"""
    good = check_hcl(table(ON_DEMAND, dynamic, attributes=("id", "merchant", "day")))
    assert not found(good, "ddb-unindexed-attribute")
    assert not found(good, "ddb-key-not-defined")
    assert found(check_hcl(table(ON_DEMAND, dynamic, attributes=("id", "merchant"))), "ddb-key-not-defined")


def test_indexes_that_are_not_known_are_undecided():
    dynamic = 'variable "i" {\n  type = map(string)\n}\n' + table(
        ON_DEMAND,
        'dynamic "global_secondary_index" {\n for_each = var.i\n content {\n name = global_secondary_index.key\n'
        ' hash_key = global_secondary_index.value\n projection_type = "ALL"\n }\n }',
        attributes=("id", "merchant"),
    )
    report = check_hcl(dynamic)
    assert not found(report, "ddb-unindexed-attribute")
    assert "ddb-unindexed-attribute" in undecided(dynamic)


def test_a_restored_table_has_its_keys_and_capacity_from_its_source():
    report = check_hcl('resource "aws_dynamodb_table" "t" {\n  name = "t"\n  restore_source_name = "s"\n}\n')
    assert not found(report, "ddb-capacity-missing")
    assert not found(report, "ddb-key-not-defined")


def test_capacity_of_nothing_is_none():
    assert not found(
        check_hcl(table(ON_DEMAND, "read_capacity = 0", "write_capacity = null")), "ddb-capacity-on-demand"
    )


@pytest.mark.parametrize("mode", ["", 'billing_mode = "PROVISIONED"'])
def test_an_index_on_a_provisioned_table(mode: str):
    text = table(mode, "read_capacity = 1", "write_capacity = 1", INDEX % ("m", "m"), attributes=("id", "m"))
    assert found(check_hcl(text), "ddb-gsi-capacity-on-demand-mismatch")


def test_replicas_of_strong_consistency_need_no_stream():
    replicas = 'replica {\n region_name = "us-east-2"\n consistency_mode = "STRONG"\n }'
    assert not found(check_hcl(table(ON_DEMAND, replicas)), "ddb-replica-no-stream")


REPLICA = 'replica {\n region_name = "us-west-2"\n }'
STREAM = ("stream_enabled = true", 'stream_view_type = "NEW_AND_OLD_IMAGES"')


def test_a_replica_of_a_scaled_table():
    target = """
resource "aws_appautoscaling_target" "w" {
  service_namespace  = "dynamodb"
  resource_id        = "table/%s"
  scalable_dimension = "dynamodb:table:WriteCapacityUnits"
  min_capacity       = 1
  max_capacity       = 9
}
"""
    provisioned = table("read_capacity = 1", "write_capacity = 1", *STREAM, REPLICA)
    assert found(check_hcl(provisioned), "ddb-replica-capacity")
    for name in ("t-dev", "${aws_dynamodb_table.t.name}"):
        assert not found(check_hcl(provisioned + target % name), "ddb-replica-capacity")
        assert found(check_hcl(table(ON_DEMAND) + target % name), "ddb-autoscaling-on-demand")
    assert not found(check_hcl(table(ON_DEMAND) + target % "other"), "ddb-autoscaling-on-demand")


def test_an_own_key_that_is_turned_off_asks_nothing_of_replicas():
    key = 'server_side_encryption {\n enabled = false\n kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/1"\n }'
    assert not found(check_hcl(table(ON_DEMAND, *STREAM, key, REPLICA)), "ddb-replica-cmk")


def test_a_table_in_a_region_that_is_not_known():
    text = table(ON_DEMAND, *STREAM, REPLICA)
    assert not found(check_hcl(text), "ddb-replica-own-region")
    assert "ddb-replica-own-region" in undecided(text)


APART = 'resource "aws_dynamodb_table_replica" "west" {\n  global_table_arn = aws_dynamodb_table.t.arn\n%s}\n'


def test_a_replica_that_is_a_resource_needs_the_stream():
    assert found(check_hcl(table(ON_DEMAND) + APART % ""), "ddb-replica-no-stream")
    assert not found(check_hcl(table(ON_DEMAND, *STREAM) + APART % ""), "ddb-replica-no-stream")


def test_a_replica_that_is_a_resource_needs_a_key_if_the_table_has_one():
    key = 'server_side_encryption {\n enabled = true\n kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/1"\n }'
    text = table(ON_DEMAND, *STREAM, key)
    (finding,) = found(check_hcl(text + APART % ""), "ddb-replica-cmk")
    assert finding.address == "aws_dynamodb_table_replica.west"
    own = '  kms_key_arn = "arn:aws:kms:us-west-2:111122223333:key/2"\n'
    assert not found(check_hcl(text + APART % own), "ddb-replica-cmk")


@pytest.mark.parametrize(("line", "is_wrong"), [("", True), ('restore_source_name = "sessions"', False)])
def test_a_table_that_is_made_of_nothing_needs_a_key(line: str, is_wrong: bool):
    text = f'resource "aws_dynamodb_table" "t" {{\n  billing_mode = "PAY_PER_REQUEST"\n  {line}\n}}\n'
    assert bool(found(check_hcl(text), "ddb-key-not-defined")) is is_wrong
