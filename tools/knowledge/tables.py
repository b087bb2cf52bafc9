"""Write the small dated tables of ``knowledge/data``: databases, runtimes, Regions, AWS managed policies.

Run by hand, from the repository: ``.venv/bin/python tools/knowledge/tables.py``. It reads what libraries hold that are
installed for tests: cfn-lint's data, which its authors get from AWS's API (MIT-0); botocore's endpoints; the zones and
managed policies that come with moto. Dates on which standard support ends stand below.
"""

from __future__ import annotations

import datetime
import fnmatch
import json
from collections import defaultdict
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from botocore.loaders import Loader
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.iam.aws_managed_policies import aws_managed_policies_data

DATA = Path(__file__).parents[2] / "src/tercet/preflight/knowledge/data"
TODAY = datetime.datetime.now(datetime.UTC).date().isoformat()
POLICIES = (
    "AWSLambda*",
    "AmazonRDS*",
    "AWSBackup*",
    "AmazonECS*",
    "CloudWatch*",
    "AWSXRay*",
    "AWSXray*",
    "AmazonAPIGateway*",
    "AmazonSSM*",
    "AmazonDynamoDB*",
    "AmazonSQS*",
    "AmazonSNS*",
    "AmazonS3*",
    "AmazonKinesis*",
    "AdministratorAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "AWSStepFunctions*",
    "AmazonEventBridge*",
    "AWSAppRunner*",
    "AmazonEKS*",
    "AmazonEC2ContainerRegistry*",
    "SecretsManagerReadWrite",
    "AmazonEC2ContainerService*",
    "AWSKeyManagementServicePowerUser",
    "AmazonElasticFileSystem*",
    "AmazonVPC*",
    "AmazonRoute53FullAccess",
    "AmazonCognitoPowerUser",
    "AWSCodeDeployRole*",
    "AWSConfigRole",
    "AWS_ConfigRole",
    "IAMFullAccess",
)
TOO_LARGE = 40_000
"""Characters of a policy beyond which it is left out: it is known by name only."""

SUPPORT_ENDS = {
    "aurora-mysql": {"5.7": "2024-10-31", "8.0": "2028-04-30"},
    "mysql": {"5.7": "2024-02-29", "8.0": "2026-07-31"},
}
SUPPORT_SOURCE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support-viewing-support-dates.html"


OLD_ZONES = {"ap-northeast-1": "abcd", "ca-central-1": "abcd", "us-west-1": "abc"}
"""Regions with a zone that only accounts from before a certain year see, so that lists of a new account lack it."""


def write(name: str, head: dict[str, Any], body: dict[str, Any]) -> None:
    """Write a table, a line for each entry of its parts."""
    parts = [json.dumps(head)[1:-1]]
    for key, value in body.items():
        rows = ",\n".join(
            f"{json.dumps(one)}: {json.dumps(value[one], separators=(',', ':'))}" for one in sorted(value)
        )
        parts.append(f"{json.dumps(key)}: {{\n{rows}\n}}")
    (DATA / f"{name}.json").write_text("{" + ",\n".join(parts) + "}\n", encoding="utf-8")


def cfn_lint(path: str) -> Any:
    """Read one of cfn-lint's data files."""
    spec = find_spec("cfnlint")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("cfn-lint is not installed.")
    return json.loads(Path(spec.submodule_search_locations[0], "data", path).read_text())


def databases() -> None:
    """Write engine versions and instance classes."""
    extensions = "schemas/extensions/aws_rds_{}/{}.json"
    versions: dict[str, list[str]] = {}
    retired: dict[str, list[str]] = {}
    for kind in ("dbcluster", "dbinstance"):
        for name, table in (("engine_version", versions), ("engine_version_deprecated", retired)):
            for one in cfn_lint(extensions.format(kind, name))["allOf"]:
                engine = one["if"]["properties"]["Engine"].get("const")
                if engine:
                    listed = one["then"]["properties"] if name == "engine_version" else one["if"]["properties"]
                    known = table.setdefault(engine, [])
                    table[engine] = sorted({*known, *listed["EngineVersion"]["enum"]})
    sizes: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    in_region: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for kind, argument in (("dbinstance", "DBInstanceClass"), ("dbcluster", "DBClusterInstanceClass")):
        for region, schema in cfn_lint(extensions.format(kind, argument.lower() + "_enum")).items():
            for one in schema["allOf"]:
                engine = one["if"]["properties"]["Engine"]["const"]
                for name in one["then"]["properties"][argument]["enum"]:
                    family, _, size = name.rpartition(".")
                    sizes[engine][family].add(size)
                    in_region[region][engine].add(family)
    lacking = {
        region: {
            engine: sorted(set(sizes[engine]) - families) if engine in in_region[region] else ["*"]
            for engine in sizes
            for families in [in_region[region].get(engine, set())]
            if set(sizes[engine]) - families
        }
        for region in in_region
    }
    head = {
        "source": f"cfn-lint {version('cfn-lint')} (MIT-0), from AWS's API: DescribeDBEngineVersions, "
        f"DescribeOrderableDBInstanceOptions; support dates: {SUPPORT_SOURCE}",
        "as_of": cfn_lint("schemas/version.json")["schema_date"][:10],
    }
    classes = {
        engine: {family: sorted(its) for family, its in sorted(families.items())} for engine, families in sizes.items()
    }
    parts = {
        "versions": versions,
        "retired": retired,
        "classes": classes,
        "lacking": lacking,
        "support_ends": SUPPORT_ENDS,
    }
    write("databases", head, parts)


def runtimes() -> None:
    """Write Lambda's runtimes and when they end."""
    lifecycle = cfn_lint("AdditionalSpecs/LmbdRuntimeLifecycle.json")
    names = Loader().load_service_model("lambda", "service-2")["shapes"]["Runtime"]["enum"]
    table = {
        name: {
            "deprecated": (found := lifecycle.get(name, {})).get("deprecated"),
            "no_create": found.get("create-block"),
            "no_update": found.get("update-block"),
            "successor": found.get("successor"),
        }
        for name in sorted({*names, *lifecycle})
    }
    head = {
        "source": f"cfn-lint {version('cfn-lint')} (MIT-0), after "
        f"https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html; names: botocore {version('botocore')}",
        "as_of": cfn_lint("schemas/version.json")["schema_date"][:10],
        "snap_start": {"java": [11, 0], "python": [3, 12], "dotnet": [8, 0]},
        "snap_start_source": "https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html",
    }
    write("runtimes", head, {"runtimes": table})


def regions() -> None:
    """Write the Regions of each partition."""
    endpoints = Loader().load_data("endpoints")
    partitions = {
        one["partition"]: {"regions": sorted(one["regions"]), "pattern": one["regionRegex"]}
        for one in endpoints["partitions"]
    }
    zones = {
        region: "".join(sorted(zone.name[-1] for zone in its if zone.name[:-1] == region))
        for region, its in RegionsAndZonesBackend.zones.items()
    } | OLD_ZONES
    head = {
        "source": f"botocore {version('botocore')}, endpoints; zones: moto {version('moto')}, from EC2's API",
        "as_of": TODAY,
    }
    write("regions", head, {"partitions": partitions, "zones": zones})


def managed_policies() -> None:
    """Write what AWS's managed policies allow and deny."""
    chosen: dict[str, Any] = {}
    names: list[str] = []
    dates: list[str] = []
    for name, policy in json.loads(aws_managed_policies_data).items():
        dates.append(policy["UpdateDate"][:10])
        path = policy.get("Path", "/")
        arn = policy.get("Arn") or f"arn:aws:iam::aws:policy{path}{name}"
        names.append(arn.removeprefix("arn:aws:iam::aws:policy/"))
        if not any(fnmatch.fnmatchcase(name, pattern) for pattern in POLICIES):
            continue
        statements = policy["Document"]["Statement"]
        reduced = [_reduced(one) for one in (statements if isinstance(statements, list) else [statements])]
        if len(json.dumps(reduced)) <= TOO_LARGE:
            chosen[arn.removeprefix("arn:aws:iam::aws:policy/")] = reduced
    head = {
        "source": f"moto {version('moto')}, which gets them from IAM's GetPolicyVersion",
        "as_of": max(dates),
    }
    write("managed_policies", head, {"policies": chosen, "names": {"all": sorted(names)}})


def _reduced(statement: dict[str, Any]) -> dict[str, Any]:
    """Keep what decides, under short names: effect, actions, resources (all, where absent), conditions."""
    kept: dict[str, Any] = {"e": statement["Effect"]}
    for short, name in (("a", "Action"), ("na", "NotAction"), ("r", "Resource"), ("nr", "NotResource")):
        if name in statement:
            value = statement[name]
            kept[short] = value if isinstance(value, list) else [value]
    if kept.get("r") == ["*"]:
        del kept["r"]
    if "Condition" in statement:
        kept["c"] = statement["Condition"]
    return kept


def main() -> None:
    """Write them all."""
    databases()
    runtimes()
    regions()
    managed_policies()


if __name__ == "__main__":
    main()
