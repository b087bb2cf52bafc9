from __future__ import annotations

import json

import pytest

from tercet.preflight.knowledge import schema


def test_a_copy_action_has_its_own_lifecycle_and_nothing_of_the_rule():
    plan = schema.schema_of("aws_backup_plan")
    assert plan is not None
    copy = plan.at("rule.copy_action")
    assert copy is not None
    assert copy.names(schema.GENERATIONS) == ["destination_vault_arn", "lifecycle"]
    assert "cold_storage_after" in copy.blocks["lifecycle"].arguments


def test_a_key_has_no_primary_and_a_replica_must_have_one():
    key, replica = schema.schema_of("aws_kms_key"), schema.schema_of("aws_kms_replica_key")
    assert key is not None
    assert replica is not None
    assert "primary_key_arn" not in key.arguments
    assert all(map(replica.arguments["primary_key_arn"].required, schema.GENERATIONS))


def test_every_regional_resource_of_6_knows_region_and_none_of_5_does():
    key = schema.schema_of("aws_kms_key")
    assert key is not None
    region = key.arguments["region"]
    assert not region.known(5)
    assert region.settable(6)
    assert "region" not in key.names([5])


def test_what_6_removed_is_known_to_5_alone():
    address, function = schema.schema_of("aws_eip"), schema.schema_of("aws_opsworks_stack")
    assert address is not None
    assert set(address.arguments["vpc"].flags) == {5}
    assert address.arguments["vpc"].deprecated(5)
    assert function is not None
    assert function.generations == (5,)


def test_what_is_only_computed_cannot_be_set():
    key = schema.schema_of("aws_kms_key")
    assert key is not None
    assert key.arguments["arn"].known(5)
    assert not any(map(key.arguments["arn"].settable, schema.GENERATIONS))


@pytest.mark.parametrize("mode", ["managed", "data"])
def test_every_line_can_be_read_to_its_depths(mode: str):
    kinds = set()
    left = 60_000  # blocks
    for name in schema.types(mode):
        found = schema.schema_of(name, mode)
        assert found is not None
        assert (found.type, found.mode) == (name, mode)
        waiting: list[schema.BlockSchema] = [found]
        while waiting:
            left -= 1
            assert left
            block = waiting.pop()
            kinds.update(argument.kind for argument in block.arguments.values())
            assert all(one.nesting in ("list", "set", "single", "map") for one in block.blocks.values())
            waiting.extend(block.blocks.values())
    assert kinds >= {"string", "number", "bool", "list(string)", "map(string)"}


def test_asking_for_one_type_reads_one_line(monkeypatch: pytest.MonkeyPatch):
    parsed = []
    loads = json.loads
    monkeypatch.setattr(schema.json, "loads", lambda text: parsed.append(len(text)) or loads(text))
    schema.schema_of.cache_clear()
    for _ in range(3):
        assert schema.schema_of("aws_sqs_queue") is not None
    assert len(parsed) == 1
    assert parsed[0] < 4_000
    assert schema.schema_of("aws_no_such_thing") is None
    assert schema.schema_of("../etc/passwd") is None


def test_the_file_is_small_enough_to_ship():
    assert (schema.DATA / schema.FILE).stat().st_size < 6_000_000
    assert schema.versions()[5] == "5.100.0"
