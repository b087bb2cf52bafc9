"""The app's own classes and functions, in one file or several: what they are given, return, and hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from tercet.preflight.findings import Finding
from tercet.preflight.programs.check import check_programs

_HEAD = """\
from cdktn import App, TerraformOutput, TerraformStack
from cdktn_provider_aws.kms_key import KmsKey
from cdktn_provider_aws.lambda_function_url import LambdaFunctionUrl
from cdktn_provider_aws.provider import AwsProvider
from cdktn_provider_aws.s3_bucket import S3Bucket
from cdktn_provider_aws.subnet import Subnet
from cdktn_provider_aws.vpc import Vpc
from constructs import Construct
"""
_STACK = (
    _HEAD
    + """

{before}

class Payments(TerraformStack):
    def __init__(self, scope, id):
        super().__init__(scope, id)
        AwsProvider(self, "aws", region="us-east-1")
        {body}

    def make(self, name, encrypted=True):
        return S3Bucket(self, name)

    def any_of(self, name):
        if name == "key":
            return KmsKey(self, name)
        return S3Bucket(self, name)


app = App()
Payments(app, "payments")
app.synth()
"""
)
_STORAGE = """\
class Storage(Construct):
    def __init__(self, scope, id, key=None):
        super().__init__(scope, id)
        self.bucket = S3Bucket(self, "bucket")
        self.key = key

    @property
    def own_bucket(self):
        return self.bucket
"""


def write(folder: Path, files: dict[str, str]) -> list[Finding]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return check_programs(folder).findings


@pytest.fixture
def check(tmp_path: Path):
    def run(body: str, before: str = "") -> list[Finding]:
        return write(tmp_path, {"main.py": _STACK.format(body=body, before=before)})

    return run


@pytest.mark.parametrize(
    ("body", "before", "error"),
    [
        ("self.mke('a')", "", "AttributeError: 'Payments' object has no attribute 'mke'"),
        ("print(self.bucket)", "", "AttributeError: 'Payments' object has no attribute 'bucket'"),
        ("self.make('a', kms=True)", "", "Payments.make() got an unexpected keyword argument 'kms'"),
        ("self.make()", "", "Payments.make() missing 1 required positional argument: 'name'"),
        ("print(self.make('a').name)", "", "AttributeError: 'S3Bucket' object has no attribute 'name'"),
        ("url(self)", "def url(scope, id): ...", "url() missing 1 required positional argument: 'id'"),
        ("url(self, 'a', 'b')", "def url(scope, id): ...", "url() takes 2 positional arguments but 3 were given"),
        (
            "Subnet(self, 's', vpc_id=network(self))",
            "def network(scope):\n    return Vpc(scope, 'vpc')",
            "TypeError: type of argument vpc_id must be str; got cdktn_provider_aws.vpc.Vpc instead",
        ),
        ("print(Storage(self, 's').bucket_arn)", _STORAGE, "'Storage' object has no attribute 'bucket_arn'"),
        ("print(Storage(self, 's').bucket.name)", _STORAGE, "'S3Bucket' object has no attribute 'name'"),
        ("print(Storage(self, 's').own_bucket.name)", _STORAGE, "'S3Bucket' object has no attribute 'name'"),
        (
            "show(S3Bucket(self, 'b'))",
            "def show(bucket):\n    print(bucket.name)",
            "'S3Bucket' object has no attribute 'name'",
        ),
    ],
)
def test_what_the_app_itself_does_not_have(body, before, error, check):
    (found,) = check(body, before)
    assert error in (found.aws_error or "")
    assert found.severity == "apply-fails"


def test_a_placeholder_that_a_function_is_given(check):
    body = "url = LambdaFunctionUrl(self, 'u', function_name='f', authorization_type='NONE')"
    body += "\n        print(host(url.function_url))"
    (found,) = check(body, "def host(url):\n    return url.replace('https://', '')")
    assert found.rule == "program-string-operation-on-token"
    assert found.source.line == 12
    # What a function is given twice, and differently, is not known.
    assert check(f"{body}\n        print(host('https://a'))", "def host(url):\n    return url.replace('s', '')") == []


@pytest.mark.parametrize(
    ("body", "before"),
    [
        ("print(self.any_of('key').key_id, self.make('a', encrypted=False).arn)", ""),
        ("print(Storage(self, 's').key, Storage(self, 't', KmsKey(self, 'k')).bucket.arn)", _STORAGE),
        ("print(Storage(self, 's').node.path)", _STORAGE),
        ("setattr(self, 'late', 1); print(self.late)", ""),
        ("self.__dict__.update(late=1); print(self.late)", ""),
        ("print(Open(self, 'o').late)", "class Open(Construct):\n    def __getattr__(self, name): return name"),
        ("print(Late(self, 'o').late)", "class Late(Construct): ...\n\n\ndef fill(one): one.late = 1"),
        (
            "print(Base(self, 'b').node)",
            "class Base(Construct):\n    def show(self): print(self.late)\nclass Sub(Base):\n    late = 1",
        ),
        ("url(self, 'a', retries=2)", "import retry\n\n@retry.times\ndef url(scope, id): ..."),
        ("url(self, 'a')", "def url(scope): ...\n\n\ndef url(scope, id): ..."),
        ("print(Table().shown('a'))", "def shown(self, one): return one\n\n\nclass Table:\n    shown = shown"),
        ("try:\n            self.late\n        except AttributeError: pass", ""),
        ("show(S3Bucket(self, 'b'))", "def show(one):\n    if isinstance(one, KmsKey): print(one.key_id)"),
    ],
)
def test_what_the_app_itself_may_have(body, before, check):
    assert check(body, before) == []


def test_a_test_that_waits_for_the_error(tmp_path: Path):
    test = (
        "import pytest\nfrom main import Payments\n\n\ndef test_it():\n    with pytest.raises(TypeError):\n        {}\n"
    )
    files = {"main.py": _STACK.format(body="pass", before="")}
    assert write(tmp_path, {**files, "test_main.py": test.format("Payments()")}) == []


@pytest.mark.parametrize(
    ("importing", "module"),
    [
        ("from lib.storage import Storage", "lib/storage.py"),
        ("from lib import storage\nStorage = storage.Storage", "lib/storage.py"),
        ("import lib.storage as storage\nStorage = storage.Storage", "lib/storage.py"),
        ("from storage import Storage", "storage.py"),
        ("from .lib.storage import Storage", "lib/storage.py"),
        ("from .lib import Storage", "lib/__init__.py"),
    ],
)
def test_a_class_of_another_file(importing, module, tmp_path: Path):
    files = {module: f"{_HEAD}\n\n{_STORAGE}", "main.py": _STACK}
    wrong = "print(Storage(self, 's', keys=1).bucket.name)"
    found = write(tmp_path, files | {"main.py": _STACK.format(before=importing, body=wrong)})
    assert {one.rule for one in found} == {"program-unknown-argument", "program-unknown-attribute"}
    right = "print(Storage(self, 's', key=KmsKey(self, 'k')).bucket.arn)"
    assert write(tmp_path, files | {"main.py": _STACK.format(before=importing, body=right)}) == []


def test_what_a_package_hands_on(tmp_path: Path):
    files = {
        "lib/__init__.py": "from .storage import Storage\n",
        "lib/storage.py": f"{_HEAD}\n\n{_STORAGE}",
        "main.py": _STACK.format(before="from lib import Storage", body="Storage(self)"),
    }
    (found,) = write(tmp_path, files)
    assert found.aws_error == "TypeError: Storage.__init__() missing 1 required positional argument: 'id'"


_COMMON = "common = {'force_destroy': True, 'versioned': True}\n        "


@pytest.mark.parametrize(
    "body",
    [
        "S3Bucket(self, 'b', **{'versioned': True})",
        "S3Bucket(self, 'b', **dict(versioned=True))",
        f"{_COMMON}S3Bucket(self, 'b', **common)",
        "self.common = {'versioned': True}; S3Bucket(self, 'b', **self.common)",
    ],
)
def test_an_argument_that_a_dict_holds(body, check):
    (found,) = check(body)
    assert found.aws_error == "TypeError: S3Bucket.__init__() got an unexpected keyword argument 'versioned'"


@pytest.mark.parametrize(
    "body",
    [
        f"{_COMMON}del common['versioned']; S3Bucket(self, 'b', **common)",
        f"{_COMMON}common.pop('versioned'); S3Bucket(self, 'b', **common)",
        f"{_COMMON}clean(common); S3Bucket(self, 'b', **common)",
        f"{_COMMON}other = common; del other['versioned']; S3Bucket(self, 'b', **common)",
        "common = {'vpc_id': 'vpc-1'}; Subnet(self, 's', **common)",
    ],
)
def test_a_dict_that_may_hold_something_else(body, check):
    assert check(body, "from house import clean") == []


@pytest.mark.parametrize(
    "body",
    [
        "S3Bucket(self, f'{id}-b'); Vpc(self, f'{id}-b')",
        "bucket(self, 'one'); bucket(self, 'two')",
        "bucket(self, 'one'); Vpc(self, 'bucket')",
        "S3Bucket(self, 'b'); self.fill()\n\n    def fill(self):\n        S3Bucket(self, 'b')",
        "zones = ['a', 'b']\n        for zone in zones: S3Bucket(self, 'b', bucket=zone)",
    ],
)
def test_an_id_that_another_function_has_taken(body, check):
    (found,) = check(body, f"def bucket(scope, name):\n    S3Bucket(scope, 'bucket', bucket=name)\n\n\n{_STORAGE}")
    assert found.rule == "program-duplicate-id"


@pytest.mark.parametrize(
    "body",
    [
        "n = 1; S3Bucket(self, f'{n}'); n = 2; S3Bucket(self, f'{n}')",
        "names = iter('ab'); S3Bucket(self, f'{next(names)}'); S3Bucket(self, f'{next(names)}')",
        "bucket(Construct(self, 'a')); bucket(Construct(self, 'b'))",
        "s = Construct(self, 'a'); bucket(s); s = Construct(self, 'b'); bucket(s)",
        "once(self); once(self)",
        "later(self); later(self)",
        "zones = ['a', 'b']\n        for zone in zones: S3Bucket(self, f'b-{zone}')",
    ],
)
def test_an_id_that_is_free(body, check):
    before = "def bucket(scope):\n    S3Bucket(scope, 'bucket')\n"
    before += "def once(scope):\n    if scope.node.try_find_child('a'):\n        return\n    S3Bucket(scope, 'a')\n"
    before += "def later(scope):\n    S3Bucket(scope, 'l')\n    yield scope\n"
    assert check(body, before) == []


@pytest.mark.parametrize(
    ("importing", "fix"),
    [
        ("from lib.storage import Storge", "Did you mean `Storage`?"),
        ("from lib import Storage", "Define `Storage` in `lib/__init__.py`"),
        ("from .lib.storage import key", "Define `key` in `lib/storage.py`"),
    ],
)
def test_an_import_that_another_file_does_not_have(importing, fix, tmp_path: Path):
    files = {"lib/__init__.py": "", "lib/storage.py": f"{_HEAD}\n\n{_STORAGE}"}
    (found,) = write(tmp_path, files | {"main.py": _STACK.format(before=importing, body="pass")})
    assert found.rule == "program-unknown-import"
    assert fix in found.fix


@pytest.mark.parametrize(
    ("importing", "storage"),
    [
        ("from lib import storage", ""),
        ("from lib import data", ""),
        ("from lib.storage import anything", "from house import *"),
        ("from lib.storage import anything", "def __getattr__(name): return name"),
        ("from lib.storage import anything", "globals()['anything'] = 1"),
        ("from lib.storage import anything", "def fill():\n    global anything\n    anything = 1"),
        ("from lib.storage import anything", "if App:\n    anything = 1"),
        ("try:\n    from lib.storage import anything\nexcept ImportError:\n    anything = None", ""),
        ("from house.storage import anything", ""),
        ("from lib.storage import anything", "from storage import anything"),
    ],
)
def test_an_import_that_may_be_there(importing, storage, tmp_path: Path):
    files = {"lib/__init__.py": "", "lib/storage.py": f"{_HEAD}\n\n{storage}", "lib/data.json": "{}"}
    # In a package, an absolute import means no file beside.
    files["lib/main.py"] = f"{_HEAD}\nfrom storage import something\n"
    assert write(tmp_path, files | {"main.py": _STACK.format(before=importing, body="pass")}) == []


_BUCKETS = "buckets = [S3Bucket(self, f'b{n}') for n in range(2)]\n        "
_EMPTY = "buckets = []\n        for n in range(2): buckets.append(S3Bucket(self, f'b{n}'))\n        "


@pytest.mark.parametrize(
    "body",
    [
        f"{_BUCKETS}print(buckets[0].name)",
        f"{_BUCKETS}print([one.name for one in buckets])",
        f"{_BUCKETS}for n, one in enumerate(buckets): print(one.name)",
        f"{_BUCKETS}for n, one in zip('ab', buckets): print(one.name)",
        f"{_EMPTY}print(buckets[-1].name)",
        f"{_EMPTY}print([one.name for one in buckets])".replace("buckets", "self.buckets"),
        "named = {'a': S3Bucket(self, 'a')}\n        print(named['a'].name)",
        "named = {}\n        named['a'] = S3Bucket(self, 'a')\n        print([one.name for one in named.values()])",
        "named = {'a': S3Bucket(self, 'a')}\n        for key, one in named.items(): print(one.name)",
    ],
)
def test_what_stands_in_a_list_or_dict(body, check):
    (found,) = check(body)
    assert found.aws_error == "AttributeError: 'S3Bucket' object has no attribute 'name'"


@pytest.mark.parametrize(
    "body",
    [
        "print([S3Bucket(self, 'a'), KmsKey(self, 'k')][1].key_id)",
        f"{_BUCKETS}buckets.append(KmsKey(self, 'k')); print(buckets[-1].key_id)",
        f"{_BUCKETS}fill(buckets); print(buckets[-1].key_id)",
        f"{_BUCKETS}buckets += [KmsKey(self, 'k')]; print(buckets[-1].key_id)",
        f"{_BUCKETS}self.kept = buckets; self.kept.append(KmsKey(self, 'k')); print(buckets[2].key_id)",
        f"{_BUCKETS}print(buckets[:1].copy())",
        "named = {'a': S3Bucket(self, 'a')}\n        print([key.upper() for key in named])",
        "named = {'a': S3Bucket(self, 'a')}\n        named.update(k=KmsKey(self, 'k')); print(named['k'].key_id)",
    ],
)
def test_what_may_stand_in_a_list_or_dict(body, check):
    assert check(body, "from house import fill") == []


def test_constructs_in_place_of_their_ids(check):
    body = f"{_BUCKETS}S3Bucket(self, 'all', tags={{'a': 'b'}}, depends_on=[one for one in buckets])"
    assert check(body) == []
    (found,) = check(body.replace("one for one", "one.id for one"))
    assert found.rule == "program-wrong-struct"
