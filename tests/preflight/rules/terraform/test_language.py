"""What Terraform's language refuses, and what looks like it and is right; in both syntaxes."""

from __future__ import annotations

import pytest

from tercet.preflight.check import Options
from tercet.preflight.findings import Severity
from tests.preflight.as_json import as_json
from tests.preflight.checking import check_hcl, check_json_file

QUEUE = 'resource "aws_sqs_queue" "payments" {\n  name = "payments-dev"\n}\n'
QUEUES = 'resource "aws_sqs_queue" "payments" {\n  count = 2\n  name  = "payments-${count.index}-dev"\n}\n'
KEYED = (
    'resource "aws_sqs_queue" "payments" {\n  for_each = toset(["eu", "us"])\n  name     = "payments-${each.key}"\n}\n'
)
GROUP = 'resource "aws_security_group" "function" {\n  name = "function-dev"\n}\n'


def parameter(value: str, repeated: str = "") -> str:
    """Write a parameter of some value, repeated or not."""
    return (
        f'resource "aws_ssm_parameter" "one" {{\n  {repeated}\n  name  = "/payments"\n  type  = "String"\n'
        f"  value = {value}\n}}\n"
    )


RULES = (
    "attribute-unknown",
    "condition-false",
    "declared-twice",
    "dependency-cycle",
    "for-each-type",
    "for-each-unknown",
    "instance-key",
    "lifecycle-reference",
    "module-call-mismatch",
    "provider-alias-missing",
    "refactoring-contradicts",
    "terraform-version-impossible",
    "undeclared-reference",
)


def found(text: str, syntax: str, **files: str) -> set[str]:
    """Return the rules that find something bad."""
    options = Options(select=RULES)
    report = (
        check_hcl(text, options=options, **files)
        if syntax == "hcl"
        else check_json_file(as_json(text), options=options)
    )
    assert not [one for one in report.undecided if "defect" in one.because]
    return {one.rule for one in report.at_least(Severity.SILENT_OUTAGE)}


REFUSED = {
    "a set of identifiers": (
        GROUP + parameter("each.value", "for_each = toset([aws_security_group.function.id])"),
        "for-each-unknown",
    ),
    "a set of identifiers in text": (
        GROUP + parameter("each.value", 'for_each = toset(["group-${aws_security_group.function.id}"])'),
        "for-each-unknown",
    ),
    "keys of a map": (
        GROUP + parameter("each.value", "for_each = { (aws_security_group.function.arn) = 1 }"),
        "for-each-unknown",
    ),
    "a local value": (
        GROUP
        + "locals {\n  ids = [aws_security_group.function.id]\n}\n"
        + parameter("each.value", "for_each = toset(local.ids)"),
        "for-each-unknown",
    ),
    "keys of a for expression": (
        QUEUES + parameter("each.value", "for_each = { for one in aws_sqs_queue.payments : one.id => one.arn }"),
        "for-each-unknown",
    ),
    "a count by comparison": (
        GROUP + parameter('"one"', 'count = aws_security_group.function.id != "" ? 1 : 0'),
        "for-each-unknown",
    ),
    "a count by two conditions": (
        GROUP + parameter('"one"', 'count = true && aws_security_group.function.id != "" ? 1 : 0'),
        "for-each-unknown",
    ),
    "a list": (parameter("each.value", 'for_each = ["a", "b"]'), "for-each-type"),
    "an empty list": (parameter("each.value", "for_each = []"), "for-each-type"),
    "a list by function": (parameter("each.value", 'for_each = concat(["a"], ["b"])'), "for-each-type"),
    "a list either way": (parameter("each.value", 'for_each = true ? ["a"] : []'), "for-each-type"),
    "a set of objects": (parameter("each.value", 'for_each = toset([{ name = "a" }])'), "for-each-type"),
    "a sensitive variable": (
        'variable "secrets" {\n  type      = map(string)\n  sensitive = true\n}\n'
        + parameter("each.value", "for_each = var.secrets"),
        "for-each-type",
    ),
    "count and for_each": (parameter('"one"', 'count = 1\n  for_each = toset(["a"])'), "for-each-type"),
    "no key of a count": (QUEUES + parameter("aws_sqs_queue.payments.arn"), "instance-key"),
    "no key of a for_each": (KEYED + parameter("aws_sqs_queue.payments.arn"), "instance-key"),
    "no key within try": (QUEUES + parameter("try(aws_sqs_queue.payments.arn, null)"), "instance-key"),
    "a needless key": (QUEUE + parameter("aws_sqs_queue.payments[0].arn"), "instance-key"),
    "a key beyond the last": (QUEUES + parameter("aws_sqs_queue.payments[2].arn"), "instance-key"),
    "a key that is not there": (KEYED + parameter('aws_sqs_queue.payments["ap"].arn'), "instance-key"),
    "an attribute that is not there": (QUEUE + parameter("aws_sqs_queue.payments.queue_arn"), "attribute-unknown"),
    "a state without outputs": (
        'data "terraform_remote_state" "network" {\n  backend = "local"\n}\n'
        + parameter("data.terraform_remote_state.network.vpc_id"),
        "attribute-unknown",
    ),
    "a function that is none": (parameter('lowercase("A")'), "undeclared-reference"),
    "each without for_each": (parameter("each.key"), "undeclared-reference"),
    "count without count": (parameter("count.index", 'for_each = toset(["a"])'), "undeclared-reference"),
    "waiting for nothing": (parameter('"one"', "depends_on = [aws_sqs_queue.payment]"), "undeclared-reference"),
    "itself": ('resource "aws_sqs_queue" "a" {\n  name = aws_sqs_queue.a.id\n}\n', "dependency-cycle"),
    "a local of itself": ("locals {\n  a = local.b\n  b = local.a\n}\n" + parameter("local.a"), "dependency-cycle"),
    "a move from what is there": (
        QUEUE + 'resource "aws_sqs_queue" "b" {\n  name = "b-dev"\n}\n'
        "moved {\n  from = aws_sqs_queue.payments\n  to   = aws_sqs_queue.b\n}\n",
        "refactoring-contradicts",
    ),
    "two moves to one": (
        QUEUE + "moved {\n  from = aws_sqs_queue.a\n  to   = aws_sqs_queue.payments\n}\n"
        "moved {\n  from = aws_sqs_queue.b\n  to   = aws_sqs_queue.payments\n}\n",
        "refactoring-contradicts",
    ),
    "ignoring what is not there": (
        'resource "aws_sqs_queue" "a" {\n  name = "a-dev"\n  lifecycle {\n    ignore_changes = [nmae]\n  }\n}\n',
        "lifecycle-reference",
    ),
    "a false precondition": (
        'resource "aws_sqs_queue" "a" {\n  name = "a-dev"\n  lifecycle {\n    precondition {\n'
        '      condition     = 1 > 2\n      error_message = "No."\n    }\n  }\n}\n',
        "condition-false",
    ),
}


@pytest.mark.parametrize("syntax", ["hcl", "json"])
@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused(case: str, syntax: str):
    text, rule = REFUSED[case]
    assert rule in found(text, syntax)


LIST = 'variable "names" {\n  type    = list(string)\n  default = ["a", "b"]\n}\n'
NONE = 'resource "aws_sqs_queue" "payments" {\n  count = 0\n  name  = "payments-dev"\n}\n'
RIGHT = {
    "identifiers as values": GROUP + parameter("each.value", "for_each = { a = aws_security_group.function.id }"),
    "a set made of a list": LIST + parameter("each.value", "for_each = toset(var.names)"),
    "a set or an empty list": LIST + parameter("each.value", "for_each = true ? toset(var.names) : []"),
    "the other branch": GROUP
    + parameter("each.value", "for_each = false ? toset([aws_security_group.function.id]) : []"),
    "names that are given": QUEUE + parameter("each.value", "for_each = toset([aws_sqs_queue.payments.name])"),
    "positions of instances": QUEUES
    + parameter("each.value", "for_each = { for at, one in aws_sqs_queue.payments : at => one.arn }"),
    "a list of identifiers, counted": GROUP + parameter('"one"', "count = length([aws_security_group.function.id])"),
    "a comparison with null": GROUP + parameter('"one"', "count = aws_security_group.function.id == null ? 0 : 1"),
    "what a data source has read": 'data "aws_availability_zones" "here" {}\n'
    + parameter("each.value", "for_each = toset(data.aws_availability_zones.here.names)"),
    "what is imported": GROUP
    + 'import {\n  to = aws_security_group.function\n  id = "sg-0123456789abcdef0"\n}\n'
    + parameter("each.value", "for_each = toset([aws_security_group.function.id])"),
    "what is not sensitive any more": 'variable "secrets" {\n  type      = map(string)\n  sensitive = true\n}\n'
    + parameter("var.secrets[each.key]", "for_each = nonsensitive(toset(keys(var.secrets)))"),
    "a sensitive value": 'variable "secret" {\n  type      = string\n  sensitive = true\n}\n'
    + parameter("each.value", "for_each = { a = var.secret }"),
    "an instance": QUEUES + parameter("aws_sqs_queue.payments[1].arn"),
    "an instance by text": QUEUES + parameter('"${aws_sqs_queue.payments[1].arn}"'),
    "the old way to write it": QUEUES + parameter("aws_sqs_queue.payments.0.arn"),
    "all instances": QUEUES + parameter('join(",", aws_sqs_queue.payments[*].arn)'),
    "all instances, the old way": QUEUES + parameter('join(",", aws_sqs_queue.payments.*.arn)'),
    "values of a map": KEYED + parameter('join(",", values(aws_sqs_queue.payments)[*].arn)'),
    "an instance of a map": KEYED + parameter('aws_sqs_queue.payments["eu"].arn'),
    "none, and something else": NONE + parameter('try(aws_sqs_queue.payments[0].arn, "none")'),
    "none, not asked for": NONE + parameter('length(aws_sqs_queue.payments) > 0 ? aws_sqs_queue.payments[0].arn : "x"'),
    "none, perhaps": NONE
    + 'variable "x" {\n  type = bool\n}\n'
    + parameter('var.x ? aws_sqs_queue.payments[0].arn : "x"'),
    "one or none": NONE + parameter("one(aws_sqs_queue.payments[*].arn)"),
    "a key that only apply tells": 'data "aws_availability_zones" "here" {}\n'
    'resource "aws_sqs_queue" "payments" {\n  for_each = toset(slice(data.aws_availability_zones.here.names, 0, 2))\n'
    '  name     = "payments-${each.key}"\n}\n' + parameter('aws_sqs_queue.payments["us-east-1a"].arn'),
    "a name that a for expression gives": QUEUES
    + parameter('join(",", [for aws_sqs_queue in [{ payments = { arn = "a" } }] : aws_sqs_queue.payments.arn])'),
    "outputs of a state": 'data "terraform_remote_state" "network" {\n  backend = "local"\n}\n'
    + parameter("data.terraform_remote_state.network.outputs.vpc_id"),
    "a block's attribute": 'resource "aws_lambda_alias" "a" {\n  name             = "live"\n  function_name    = "a"\n'
    '  function_version = "1"\n}\n' + parameter("aws_lambda_alias.a.invoke_arn"),
    "a provider's function": parameter('provider::aws::arn_build("aws", "iam", "", "123456789012", "role/a")'),
    "a move to an instance": KEYED
    + 'moved {\n  from = aws_sqs_queue.payments\n  to   = aws_sqs_queue.payments["eu"]\n}\n',
    "a chain of moves": QUEUE
    + "moved {\n  from = aws_sqs_queue.a\n  to   = aws_sqs_queue.b\n}\n"
    + "moved {\n  from = aws_sqs_queue.b\n  to   = aws_sqs_queue.payments\n}\n",
    "ignoring a tag": 'resource "aws_sqs_queue" "a" {\n  name = "a-dev"\n  lifecycle {\n'
    '    ignore_changes = [tags["owner"], tags_all]\n  }\n}\n',
    "ignoring everything": 'resource "aws_sqs_queue" "a" {\n  name = "a-dev"\n  lifecycle {\n'
    "    ignore_changes = all\n  }\n}\n",
}


@pytest.mark.parametrize("syntax", ["hcl", "json"])
@pytest.mark.parametrize("case", RIGHT)
def test_it_is_right(case: str, syntax: str):
    assert found(RIGHT[case], syntax) == set()


CALLED = """
variable "name" {
  type = string
}

resource "aws_sqs_queue" "q" {
  name = var.name
}

output "arn" {
  value = aws_sqs_queue.q.arn
}
"""


def call(inside: str) -> str:
    """Write a call of a module that lies beside."""
    return f'module "queue" {{\n  source = "./queue"\n  {inside}\n}}\n'


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (call(""), "module-call-mismatch"),
        (call('name = "a"\n  nmae = "b"'), "module-call-mismatch"),
        (call('name = "a"').replace("./queue", "./queues"), "module-call-mismatch"),
        (call('name = "a"') + parameter("module.queue.url"), "undeclared-reference"),
        (call('name = "a"\n  count = 2') + parameter("module.queue.arn"), "instance-key"),
    ],
)
def test_a_call_has_to_fit_its_module(text: str, rule: str):
    assert rule in found(text, "hcl", queue__main=CALLED)


@pytest.mark.parametrize(
    "text",
    [
        call('name = "a"') + parameter("module.queue.arn"),
        call('name = "a"') + parameter('try(module.queue.url, "none")'),
        call('name = "a"\n  count = 2') + parameter("module.queue[1].arn"),
        call('for_each = toset(["a"])\n  name = each.key') + parameter('module.queue["a"].arn'),
        call('for_each = toset(["a"])\n  name = each.key') + parameter("module.queue.a.arn"),
    ],
)
def test_a_call_that_fits(text: str):
    assert found(text, "hcl", queue__main=CALLED) == set()


def test_identifiers_are_not_known_within_a_module_either():
    module = 'variable "ids" {\n  type = list(string)\n}\n' + parameter("each.value", "for_each = toset(var.ids)")
    assert "for-each-unknown" in found(
        GROUP + call("ids = [aws_security_group.function.id]"), "hcl", queue__main=module
    )
    assert found(GROUP + call('ids = ["sg-1"]'), "hcl", queue__main=module) == set()


def test_a_module_with_a_provider_of_its_own():
    module = 'provider "aws" {\n  region = "eu-west-1"\n}\n' + QUEUE
    assert "module-call-mismatch" in found(call("count = 1"), "hcl", queue__main=module)
    assert "module-call-mismatch" not in found(call(""), "hcl", queue__main=module)
    proxy = 'provider "aws" {\n  alias = "west"\n}\n' + QUEUE
    assert "module-call-mismatch" not in found(call("count = 1"), "hcl", queue__main=proxy)


def test_a_validation_of_what_is_given():
    module = (
        'variable "stage" {\n  type = string\n\n  validation {\n    condition     = contains(["dev"], var.stage)\n'
        '    error_message = "No."\n  }\n}\n' + QUEUE
    )
    assert "condition-false" in found(call('stage = "test"'), "hcl", queue__main=module)
    assert found(call('stage = "dev"'), "hcl", queue__main=module) == set()


def test_an_alias_is_not_inherited():
    root = (
        'provider "aws" {\n  region = "eu-west-1"\n}\nprovider "aws" {\n  alias  = "west"\n  region = "us-west-2"\n}\n'
    )
    module = 'resource "aws_sqs_queue" "q" {\n  provider = aws.west\n  name     = "q-dev"\n}\n'
    assert "provider-alias-missing" in found(root + call(""), "hcl", queue__main=module)
    handed = call("providers = { aws.west = aws.west }")
    assert found(root + handed, "hcl", queue__main=module) == set()


def test_versions_of_modules_hold_together():
    def required(version: str) -> str:
        provider = f'{{\n      source  = "hashicorp/aws"\n      version = "{version}"\n    }}'
        return f"terraform {{\n  required_providers {{\n    aws = {provider}\n  }}\n}}\n"

    rule = "terraform-version-impossible"
    assert rule in found(required("~> 6.0") + call(""), "hcl", queue__main=required("~> 5.0") + QUEUE)
    assert rule not in found(required("~> 6.0") + call(""), "hcl", queue__main=required(">= 5.0") + QUEUE)


@pytest.mark.parametrize(
    ("text", "twice"),
    [
        (QUEUE, True),
        (QUEUE.replace("payments", "refunds"), False),
        ('output "a" {\n  value = 1\n}\noutput "a" {\n  value = 2\n}\n', True),
        ('provider "aws" {\n  region = "eu-west-1"\n}\nprovider "aws" {\n  region = "eu-west-2"\n}\n', True),
        (
            'provider "aws" {\n  region = "eu-west-1"\n}\nprovider "aws" {\n  alias = "a"\n  region = "eu-west-2"\n}\n',
            False,
        ),
        ("locals {\n  a = 1\n}\nlocals {\n  a = 2\n}\n", True),
        ("locals {\n  a = 1\n}\nlocals {\n  b = 2\n}\n", False),
    ],
)
def test_a_name_stands_for_one_thing(text: str, twice: bool):
    assert ("declared-twice" in found(QUEUE, "hcl", more=text)) is twice


@pytest.mark.parametrize("name", ["override", "queue_override"])
def test_an_override_is_no_second_declaration(name: str):
    assert found(QUEUE, "hcl", **{name: QUEUE}) == set()


def test_a_default_may_be_replaced():
    text = (
        'variable "stage" {\n  default = "x"\n\n  validation {\n    condition     = contains(["dev"], var.stage)\n'
        '    error_message = "No."\n  }\n}\n' + QUEUE
    )
    report = check_hcl(text, options=Options(select=("condition-false", "validation-default")))
    assert {one.rule for one in report.findings} == {"validation-default"}


@pytest.mark.parametrize(
    "text",
    [
        'for_each = toset(["a"])\n  name = each.key',
        'for_each = { a = "b" }\n  name = each.value',
        "count = 2\n  name = count.index",
    ],
)
def test_a_module_that_is_not_at_hand_is_repeated(text: str):
    call_of_it = f'module "queue" {{\n  source = "acme/queue/aws"\n  {text}\n}}\n'
    assert found(call_of_it + QUEUE, "hcl") == set()
    assert found(call_of_it + QUEUE, "json") == set()


def test_a_module_that_is_not_at_hand_is_repeated_by_what_is_not_known():
    repeated = "for_each = toset([aws_security_group.function.id])"
    assert "for-each-unknown" in found(f'module "q" {{\n  source = "acme/queue/aws"\n  {repeated}\n}}\n' + GROUP, "hcl")


def test_a_provider_may_be_repeated():
    text = 'provider "aws" {\n  for_each = toset(["eu-west-1"])\n  alias = "by"\n  region = each.key\n}\n'
    assert found(text + QUEUE, "hcl") == set()
