"""Write ``knowledge/data/metrics.json``: CloudWatch's metrics and their dimensions, by namespace.

Run by hand, from the repository: ``.venv/bin/python tools/knowledge/metrics.py aws_cdk_lib-….whl``, with the wheel that
``pip download --no-deps aws-cdk-lib`` gets (Apache-2.0). Its "canned metrics" are those of CloudWatch's own dashboards;
the tables of `metric_tables.py`, written after AWS's documentation, stand beside them.
"""

from __future__ import annotations

import datetime
import io
import json
import re
import sys
import tarfile
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from metric_tables import TABLES

DATA = Path(__file__).parents[2] / "src/tercet/preflight/knowledge/data/metrics.json"
_METRIC = re.compile(r'static (\w+)\(dimensions\)\{return\{namespace:"([^"]+)",metricName:"([^"]+)"')
_DIMENSIONS = re.compile(r"static (\w+)\(this: void, dimensions: \{([^}]*)\}")


def canned(wheel: Path) -> dict[str, dict[str, set[str]]]:
    """Return namespace → metric → dimension sets."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    with zipfile.ZipFile(wheel) as outer:
        name = next(one for one in outer.namelist() if one.endswith(".jsii.tgz"))
        packed = io.BytesIO(outer.read(name))
    texts: dict[str, str] = {}
    with tarfile.open(fileobj=packed) as tar:
        for member in tar:
            if "canned-metrics.generated" in member.name and (file := tar.extractfile(member)):
                texts[member.name] = file.read().decode()
    for name, text in texts.items():
        if name.endswith(".js"):
            functions = {match[1]: (match[2], match[3]) for match in _METRIC.finditer(text)}
            for match in _DIMENSIONS.finditer(texts.get(name.removesuffix(".js") + ".d.ts", "")):
                if match[1] in functions:
                    namespace, metric = functions[match[1]]
                    found[namespace][metric].add(" ".join(sorted(re.findall(r"(\w+):", match[2]))))
    return found


def main() -> None:
    """Write the file."""
    wheel = Path(sys.argv[1])
    namespaces: dict[str, Any] = {}
    extra = canned(wheel)
    for namespace in sorted({*TABLES, *extra}):
        source, whole, sets, names, own = TABLES.get(
            namespace,
            (
                "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html",
                False,
                [],
                "",
                {},
            ),
        )
        more = extra.get(namespace, {})
        every = {" ".join(sorted(one.split())) for one in sets} | {one for found in more.values() for one in found}
        metrics = {
            name: sorted({" ".join(sorted(one.split())) for one in own[name]} | more.get(name, set()))
            if name in own
            else 0
            for name in sorted({*names.split(), *more})
        }
        namespaces[namespace] = {
            "source": source,
            "complete": whole,
            "dimensions": sorted(every),
            "metrics": sorted(name for name, its in metrics.items() if its == 0),
            "own_dimensions": {name: its for name, its in metrics.items() if its != 0},
        }
    head = {
        "source": f"by hand, after the pages named with each namespace; canned metrics of {wheel.name}",
        "as_of": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }
    body = ",\n".join(f"{json.dumps(name)}: {json.dumps(one)}" for name, one in namespaces.items())
    DATA.write_text(f'{json.dumps(head)[:-1]}, "namespaces": {{\n{body}\n}}}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
