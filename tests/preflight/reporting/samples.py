"""Reports to write: one as in life, one from a hostile configuration, one with nothing in it."""

from __future__ import annotations

from tercet.preflight.findings import Accepted, Finding, Report, Severity, Source, Undecided
from tercet.preflight.rule import Rule

HOSTILE_TEXT = (
    "\x1b[31mred\x1b[0m\x1b]0;title\x07 [red]markup[/red] [link](https://evil.example) {{ 7 * 7 }} {0} <script>alert(1)"
    "</script> \"'&;`$(id)` \r\n::error::forged\n##[error]forged "
    "\u202edesrever\u2066 \x00\x9b\ud800\ufffe\u2028 :tada: %0A % , :"
)
"""Whatever a terminal, a log, a template, XML or HTML could take for something else than text."""


def rule(name: str, severity: Severity, title: str = "A title", aws_error: str | None = None) -> Rule:
    return Rule(
        name,
        title,
        severity,
        "Why it is wrong, and what happens.",
        ("https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Backtrack.html",),
        failing='resource "aws_rds_cluster" "payments" {\n  backtrack_window = 86400\n}\n',
        passing='resource "aws_rds_cluster" "payments" {\n}\n',
        aws_error=aws_error,
    )


RULES = {
    one.id: one
    for one in (
        rule(
            "aurora-backtrack-global", Severity.APPLY_FAILS, "Backtrack on a global database", "InvalidParameter: <x>"
        ),
        rule("nat-single-zone", Severity.SILENT_OUTAGE, "One NAT gateway for several zones"),
        rule("function-url-open", Severity.SECURITY, "A function URL that anybody may call"),
        rule("region-not-allowed", Severity.POLICY, "A region outside the intent"),
        rule("log-retention-missing", Severity.ADVICE, "Logs are kept for ever"),
        rule("queue-without-dlq", Severity.SILENT_OUTAGE, "No dead-letter queue"),
    )
}

BACKTRACK = Finding(
    "aurora-backtrack-global",
    Severity.APPLY_FAILS,
    "aws_rds_cluster.payments",
    "backtrack_window is 86400 and global_cluster_identifier is aws_rds_global_cluster.main.id: a global database "
    "cannot be backtracked; the apply stops.",
    aws_error="InvalidParameterCombination: Backtrack is not supported for global databases.",
    evidence={"backtrack_window": "86400", "global_cluster_identifier": "aws_rds_global_cluster.main.id"},
    fix="Remove backtrack_window.",
    docs="https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Backtrack.html",
    source=Source("infrastructure/database.tf", 12),
)
NAT = Finding(
    "nat-single-zone",
    Severity.SILENT_OUTAGE,
    'module.network.aws_nat_gateway.one["us-east-1a"]',
    "The private subnets of us-east-1a, us-east-1b and us-east-1c all go out through one NAT gateway in us-east-1a: "
    "when that zone is lost, no function reaches the card network.",
    evidence={"subnets": "3"},
    fix="Add a NAT gateway to each zone, and route each private subnet to its own.",
    docs="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html",
    source=Source("cdktf.out/stacks/shop/cdk.tf.json", None, "shop/network/nat"),
)
OPEN = Finding(
    "function-url-open",
    Severity.SECURITY,
    "aws_lambda_function_url.api",
    "authorization_type is NONE: anybody may call the function.",
    fix='Set authorization_type = "AWS_IAM".',
)
REGION = Finding(
    "region-not-allowed",
    Severity.POLICY,
    "provider.aws.west",
    "region is us-west-2, and the intent allows us-east-1 only.",
    evidence={"region": "us-west-2"},
    source=Source("providers.tf", 7),
)
LOGS = Finding(
    "log-retention-missing",
    Severity.ADVICE,
    "aws_cloudwatch_log_group.api",
    "retention_in_days is not given: logs are kept, and paid for, for ever.",
    fix="Set retention_in_days = 30.",
    source=Source("logs.tf", 1),
)
REPORT = Report(
    findings=(BACKTRACK, NAT, OPEN, REGION, LOGS),
    undecided=(
        Undecided("queue-without-dlq", "aws_sqs_queue.orders", "redrive_policy: var.policy has no default"),
        Undecided("nat-single-zone", "aws_nat_gateway.many[*]", "count: data.aws_availability_zones.all is read later"),
    ),
    accepted=(
        Accepted(
            Finding("queue-without-dlq", Severity.SILENT_OUTAGE, "aws_sqs_queue.debug", "No dead-letter queue."),
            "messages of a debug queue may be lost",
        ),
    ),
    warnings=("The acceptance of nat-single-zone (accept.toml, entry 2) is not used.",),
    resources=143,
    rules=len(RULES),
)
HOSTILE = Report(
    findings=(
        Finding(
            "aurora-backtrack-global",
            Severity.APPLY_FAILS,
            "aws_rds_cluster." + HOSTILE_TEXT,
            HOSTILE_TEXT,
            aws_error=HOSTILE_TEXT,
            evidence={HOSTILE_TEXT: HOSTILE_TEXT},
            fix=HOSTILE_TEXT,
            docs="javascript:alert(1)//" + HOSTILE_TEXT,
            source=Source(HOSTILE_TEXT, 0, HOSTILE_TEXT),
        ),
        Finding(
            HOSTILE_TEXT, Severity.ADVICE, "x" * 100_000, "漢字かな交じり文" * 40, source=Source("a b#c?d%e.tf", 3)
        ),
    ),
    undecided=(Undecided(HOSTILE_TEXT, HOSTILE_TEXT, HOSTILE_TEXT),),
    accepted=(Accepted(Finding(HOSTILE_TEXT, Severity.POLICY, HOSTILE_TEXT, HOSTILE_TEXT), HOSTILE_TEXT),),
    warnings=(HOSTILE_TEXT,),
    resources=1,
    rules=1,
)
EMPTY = Report(resources=143, rules=len(RULES))
