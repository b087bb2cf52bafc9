"""A variable has what its type adds to it, in whichever syntax the type is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.loading import load

TYPE = "map(object({ delay = optional(number, 30), retention = optional(number) }))"
QUEUE = {"for_each": "${var.queues}", "name": "orders", "delay_seconds": "${each.value.delay}"}


def queue_of(folder: Path, declared: object) -> Resource:
    variable = {"type": declared, "default": {"orders": {}}}
    document = {"variable": {"queues": variable}, "resource": {"aws_sqs_queue": {"orders": QUEUE}}}
    (folder / "main.tf.json").write_text(json.dumps(document))
    (graph,) = load(folder)
    (queue,) = graph.of_type("aws_sqs_queue")
    return queue


@pytest.mark.parametrize("declared", [TYPE, f"${{{TYPE}}}"])
def test_optional_attributes_of_a_type_in_json(tmp_path: Path, declared: str):
    assert queue_of(tmp_path, declared).number("delay_seconds") == 30


@pytest.mark.parametrize("default", ["-1", "(-1)"])
def test_a_negative_number_is_a_default(tmp_path: Path, default: str):
    assert queue_of(tmp_path, TYPE.replace("30", default)).number("delay_seconds") == -1


@pytest.mark.parametrize("declared", ["object({", {"type": "map"}, 7])
def test_what_is_no_type_adds_nothing(tmp_path: Path, declared: object):
    with pytest.raises(Undecidable):
        queue_of(tmp_path, declared).number("delay_seconds")
