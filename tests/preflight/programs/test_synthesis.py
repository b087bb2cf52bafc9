"""What synth leaves out or refuses as a whole: an app that is never synthesized, a stack that has no provider."""

from __future__ import annotations

from pathlib import Path

import pytest

from tercet.preflight.findings import Finding
from tercet.preflight.programs.check import check_programs

_HEAD = """\
from cdktn import App, TerraformStack, Testing
from cdktn_provider_aws.provider import AwsProvider
from cdktn_provider_aws.s3_bucket import S3Bucket
from constructs import Construct


class Base(TerraformStack):
    def __init__(self, scope, id):
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")


class Bare(TerraformStack):
    def __init__(self, scope, id):
        super().__init__(scope, id)
        S3Bucket(self, "bucket")


{rest}
"""
_HEAD_WITHOUT_TESTING = _HEAD.replace(", Testing", "")


@pytest.fixture
def check(tmp_path: Path):
    def run(rest: str, head: str = _HEAD_WITHOUT_TESTING) -> list[Finding]:
        (tmp_path / "main.py").write_text(head.format(rest=rest))
        return check_programs(tmp_path).findings

    return run


@pytest.mark.parametrize(
    ("rest", "rule"),
    [
        ("app = App()\nBare(app, 'a')\napp.synth()", "program-stack-without-provider"),
        ("app = App()\nBare(Base(app, 'b'), 'a')\napp.synth()", "program-stack-without-provider"),
        ("app = App()\nBase(app, 'a')", "program-never-synthesized"),
        ("app = App()\nBase(app, 'a')\napp.synth", "program-never-synthesized"),
        ("def main():\n    app = App()\n    Base(app, 'a')\n\nmain()", "program-never-synthesized"),
        ("app = App()\nBase(app, 'a')\nS3Bucket(app, 'b')\napp.synth()", "program-outside-of-stack"),
    ],
)
def test_what_synth_leaves_out_or_refuses(rest, rule, check):
    (found,) = check(rest)
    assert found.rule == rule


@pytest.mark.parametrize(
    "rest",
    [
        # The provider comes from elsewhere.
        "app = App()\nAwsProvider(Bare(app, 'a'), 'aws')\napp.synth()",
        "import house\n\napp = App()\nhouse.prepare(Bare(app, 'a'))\napp.synth()",
        "class Sub(Bare):\n    def __init__(self, scope, id):\n        super().__init__(scope, id)\n"
        "        AwsProvider(self, 'aws')\n\napp = App()\nSub(app, 'a')\napp.synth()",
        "class Own(Base):\n    def __init__(self, scope, id):\n        super().__init__(scope, id)\n"
        "        S3Bucket(self, 'b')\n\napp = App()\nOwn(app, 'a')\napp.synth()",
        "class Part(Construct):\n    def __init__(self, scope, id):\n        super().__init__(scope, id)\n"
        "        S3Bucket(self, 'b')\n\napp = App()\nPart(Base(app, 'a'), 'b')\napp.synth()",
        "app = App(skip_validation=True)\nBare(app, 'a')\napp.synth()",
        # Nobody makes the stack, or the app is somebody else's to synthesize.
        "app = App()\nBase(app, 'a')\napp.synth()",
        "def build():\n    app = App()\n    Base(app, 'a')\n    return app",
        "import house\n\napp = App()\nBase(app, 'a')\nhouse.write(app)",
        "app = App()\n[stack.synth() for stack in [app]]\nBase(app, 'a')",
    ],
)
def test_what_synth_may_take(rest, check):
    assert check(rest) == []


def test_a_test_synthesizes_otherwise(check):
    rest = "def test_it():\n    app = App()\n    stack = Bare(app, 'a')\n    assert Testing.synth(stack)"
    assert check(rest, _HEAD) == []


def test_another_file_synthesizes(tmp_path: Path):
    stack = _HEAD_WITHOUT_TESTING.format(rest="app = App()\nBase(app, 'a')")
    (tmp_path / "house.py").write_text(stack)
    (tmp_path / "main.py").write_text("from cdktn import App\nfrom house import app\n\napp.synth()\nprint(App)\n")
    assert check_programs(tmp_path).findings == []


_TWICE = "app = App()\nbase = Base(app, 'a')\nAwsProvider(base, 'b')\n"


@pytest.mark.parametrize(
    "rest",
    [
        f"{_TWICE}AwsProvider(base, 'c', alias='west')\napp.synth()",
        f"{_TWICE}west = AwsProvider(base, 'c')\nwest.alias = 'west'\napp.synth()",
        f"{_TWICE}west = AwsProvider(base, 'c')\nwest.add_override(\"alias\", 'west')\napp.synth()",
        f"{_TWICE}AwsProvider(base, 'c', **house)\napp.synth()".replace("app =", "from house import house\n\napp ="),
        f"{_TWICE}if base:\n    AwsProvider(base, 'c')\napp.synth()",
        f"{_TWICE}base = Base(app, 'x')\nAwsProvider(base, 'c')\napp.synth()",
    ],
)
def test_providers_that_terraform_can_tell_apart(rest, check):
    assert check(rest) == []


@pytest.mark.parametrize(
    ("id_", "is_wrong"),
    [("bucket.id", True), ("'a-' + bucket.arn", True), ("bucket.bucket_input", False), ("f'a-{id}'", False)],
)
def test_an_id_that_is_known_after_apply(id_, is_wrong, check):
    rest = "class Two(Base):\n    def __init__(self, scope, id):\n        super().__init__(scope, id)\n"
    rest += f"        bucket = S3Bucket(self, 'a', bucket='a')\n        S3Bucket(self, {id_})\n"
    found = check(f"{rest}\napp = App()\nTwo(app, 'two')\napp.synth()")
    assert [one.rule for one in found] == ["program-token-as-id"] * is_wrong


@pytest.mark.parametrize(
    ("rest", "new"),
    [
        ("app = App()\nBase(app, 'a')", "Base(app, 'a')\napp.synth()"),
        ("app = App()\nBase(app, 'a')\napp.synth", "app.synth()"),
        ("def main():\n    app = App()\n    Base(app, 'a')\n    app.synth", "    app.synth()"),
    ],
)
def test_a_machine_may_synthesize_the_app(rest, new, check):
    (found,) = check(rest)
    assert found.edit
    assert found.edit.new == new


def test_where_an_app_of_a_function_is_synthesized_is_left_to_somebody_who_reads_it(check):
    (found,) = check("def main():\n    app = App()\n    Base(app, 'a')\n\nmain()")
    assert found.edit is None
