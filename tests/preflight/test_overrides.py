"""Override files replace what they name, as Terraform has it, wherever that stands."""

from __future__ import annotations

import json

from tercet.preflight import loading


def test_a_backend_of_an_override_file_replaces_the_one_there_was(tmp_path):
    files = {
        "cdk.tf.json": {
            "terraform": {"backend": {"s3": {"bucket": "state"}}},
            "resource": {"aws_sqs_queue": {"a": {}}},
        },
        "versions.tf.json": {"terraform": {"required_version": ">= 1.10"}},
        "backend_override.tf.json": {"terraform": {"backend": {"local": {"path": "terraform.tfstate"}}}},
    }
    for name, document in files.items():
        (tmp_path / name).write_text(json.dumps(document), encoding="utf-8")
    (graph,) = loading.load(tmp_path)
    assert [backend.type for backend in graph.backends] == ["local"]
    assert graph.required_version == ">= 1.10"


def test_an_argument_of_an_override_file_replaces_the_one_there_was(tmp_path):
    (tmp_path / "main.tf").write_text(
        'locals {\n a = 1\n}\nresource "aws_sqs_queue" "q" {\n name = "one"\n delay_seconds = local.a\n}\n'
    )
    (tmp_path / "override.tf").write_text('locals {\n a = 2\n}\nresource "aws_sqs_queue" "q" {\n name = "two"\n}\n')
    (graph,) = loading.load(tmp_path)
    queue = graph.resources["aws_sqs_queue.q"]
    assert (queue.value("name"), queue.value("delay_seconds")) == ("two", 2)
