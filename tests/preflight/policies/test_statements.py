"""What a policy allows: three values, globs, denials, conditions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tercet.preflight.policies.statements import Policy, read
from tercet.preflight.values import Reference, Template, Unknown

QUEUE = "arn:aws:sqs:us-east-1:111122223333:payments-orders-dev"


def policy(*statements: Any) -> Policy:
    found = read({"Version": "2012-10-17", "Statement": list(statements)})
    assert found is not None
    return found


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


@pytest.mark.parametrize(
    ("action", "resource", "answer"),
    [
        ("sqs:SendMessage", "*", True),
        ("SQS:sendmessage", QUEUE, True),
        ("sqs:Send*", "arn:aws:sqs:*:*:payments-*", True),
        ("sqs:*", "arn:aws:sqs:us-east-1:111122223333:payments-orders-de?", True),
        ("*", "*", True),
        (["sqs:ReceiveMessage", "sqs:SendMessage"], ["arn:aws:sqs:::x", QUEUE], True),
        ("sqs:ReceiveMessage", "*", False),
        ("sns:*", "*", False),
        ("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:refunds", False),
        (Unknown("later"), "*", None),
        (Template(("sqs:", Unknown("later"))), "*", None),
        (Template(("sns:", Unknown("later"))), "*", False),
        ("sqs:SendMessage", Unknown("later"), None),
        ("sqs:SendMessage", Template(("arn:aws:sns:", Unknown("later"))), False),
        ("sqs:SendMessage", Template(("arn:aws:sqs:us-east-1:", Unknown("later"))), None),
    ],
)
def test_actions_and_resources(action: Any, resource: Any, answer: bool | None):
    assert policy(allow(action, resource)).allows("sqs:SendMessage", QUEUE) is answer


def test_the_account_and_region_of_a_deployment_are_the_right_ones():
    account = Reference("data.aws_caller_identity.current", ("account_id",))
    region = Reference("module.x.data.aws_region.current", ("name",))
    entry = Template(("arn:aws:sqs:", region, ":", account, ":payments-orders-dev"))
    assert policy(allow("sqs:SendMessage", entry)).allows("sqs:SendMessage", QUEUE) is True


def test_not_action_and_not_resource():
    others = policy({"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::secret"})
    assert others.allows("sqs:SendMessage", QUEUE) is True
    assert others.allows("iam:PassRole", QUEUE) is False
    assert others.allows("s3:GetObject", "arn:aws:s3:::secret") is False


def test_a_denial_wins():
    both = policy(allow("sqs:*"), {"Effect": "Deny", "Action": "sqs:Send*", "Resource": "*"})
    assert both.allows("sqs:SendMessage", QUEUE) is False
    assert both.allows("sqs:ReceiveMessage", QUEUE) is True


def test_conditions_make_it_undecidable_unless_they_are_taken_as_met():
    conditional = policy(allow("sqs:*", Condition={"Bool": {"aws:SecureTransport": "true"}}))
    assert conditional.allows("sqs:SendMessage", QUEUE) is None
    assert conditional.allows("sqs:SendMessage", QUEUE, conditions_hold=True) is True
    denial = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    assert policy(allow("sqs:*"), denial).allows("sqs:SendMessage") is None
    assert policy(allow("sqs:*"), denial).allows("sqs:SendMessage", conditions_hold=True) is True


@pytest.mark.parametrize(
    ("principal", "answer"),
    [
        ("*", True),
        ({"AWS": "*"}, True),
        ({"Service": "events.amazonaws.com"}, True),
        ({"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}, True),
        ({"Service": "sns.amazonaws.com"}, False),
        ({"AWS": "arn:aws:iam::111122223333:root"}, False),
        ({"Service": Unknown("later")}, None),
        (Unknown("later"), None),
    ],
)
def test_principals(principal: Any, answer: bool | None):
    statement = allow("sqs:SendMessage", Principal=principal)
    assert policy(statement).allows("sqs:SendMessage", None, "events.amazonaws.com") is answer


@pytest.mark.parametrize(
    ("written", "asked", "answer"),
    [
        ("logs.us-east-1.amazonaws.com", "logs.us-east-1.amazonaws.com", True),
        ("logs.eu-west-1.amazonaws.com", "logs.us-east-1.amazonaws.com", False),
        ("logs.amazonaws.com", "logs.us-east-1.amazonaws.com", True),
        ("states.us-east-1.amazonaws.com", "states.amazonaws.com", True),
        ("delivery.logs.amazonaws.com", "logs.amazonaws.com", False),
        ("lambda.amazonaws.com.cn", "lambda.amazonaws.com", True),
        (
            Template(("logs.", Reference("data.aws_region.current", ("name",)), ".amazonaws.com")),
            "logs.us-east-1.amazonaws.com",
            True,
        ),
    ],
)
def test_regions_of_services(written: Any, asked: str, answer: bool | None):
    statement = allow("kms:Encrypt", Principal={"Service": written})
    assert policy(statement).allows("kms:Encrypt", None, asked) is answer


def test_a_statement_that_is_not_known_may_allow_anything():
    assert policy(Unknown("later")).allows("sqs:SendMessage", QUEUE) is None
    assert policy(Unknown("later"), allow("sqs:*")).allows("sqs:SendMessage", QUEUE) is True


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["Allow", "Deny", "*", "sqs:*"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Effect", "Action", "Resource", "Principal", "Condition", "Statement", "AWS"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_whatever_a_document_holds_there_is_an_answer(document: Any):
    found = read(json.loads(json.dumps({"Statement": document})))
    assert found is not None
    assert found.allows("sqs:SendMessage", QUEUE, "events.amazonaws.com") in (True, False, None)
    assert found.allows("sqs:SendMessage", conditions_hold=True) in (True, False, None)
