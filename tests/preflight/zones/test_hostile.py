"""Whatever a configuration says, there is an answer."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tercet.errors import PreflightError
from tercet.preflight import registry
from tercet.preflight.check import Options, check_configuration
from tercet.preflight.loading import load_document
from tercet.preflight.zones import FORMATS, analyse, render
from tests.preflight.as_json import as_json
from tests.preflight.network.reading import NETWORK

DOCUMENT = as_json(
    NETWORK
    + """
resource "aws_lambda_function" "api" {
  role = aws_iam_role.api.arn
  vpc_config {
    subnet_ids         = aws_subnet.private[*].id
    security_group_ids = [aws_security_group.api.id]
  }
  environment {
    variables = {
      DATABASE = aws_rds_cluster.ledger.endpoint
    }
  }
}
resource "aws_iam_role" "api" {
  name = "api"
}
resource "aws_security_group" "api" {
  vpc_id = aws_vpc.main.id
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_rds_cluster" "ledger" {
  engine                 = "aurora-mysql"
  vpc_security_group_ids = [aws_security_group.api.id]
}
resource "aws_rds_cluster_instance" "ledger" {
  count              = 2
  cluster_identifier = aws_rds_cluster.ledger.id
  availability_zone  = "us-east-1a"
}
resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.main.id
  service_name    = "com.amazonaws.us-east-1.s3"
  route_table_ids = aws_route_table.private[*].id
}
"""
)
OWN = tuple(
    name
    for name, rule in registry.all_rules().items()
    if any(room in getattr(rule.run, "__module__", "") for room in (".vpc.", ".zones.", ".dependency_cycle"))
)
JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(
        [
            "${aws_vpc.main.id}",
            "${aws_subnet.private[*].id}",
            "${var.nothing}",
            "${aws_subnet.private}",
            "0.0.0.0/0",
            "${",
        ]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _places(value: Any) -> list[tuple[Any, Any]]:
    found = []
    stack = [value]
    while stack:
        one = stack.pop()
        keys = list(one) if isinstance(one, dict) else range(len(one)) if isinstance(one, list) else ()
        found += [(one, key) for key in keys]
        stack += [one[key] for key in keys]
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_there_is_an_answer_whatever_stands_where(data: st.DataObject):
    document = copy.deepcopy(DOCUMENT)
    for _ in range(data.draw(st.integers(1, 4))):
        places = _places(document["resource"])
        holder, key = places[data.draw(st.integers(0, len(places) - 1))]
        holder[key] = data.draw(JUNK)
    try:
        graph = load_document(document, "cdk.tf.json")
    except PreflightError:
        return  # That it is no configuration is an answer.
    check_configuration(document, Options(select=OWN))
    report = analyse(graph)
    for kind in FORMATS:
        assert render(report, kind)
