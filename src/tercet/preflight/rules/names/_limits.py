"""How long the names of resources may be and what they are written with, where the API's model does not say it.

What the model of the API says is compared elsewhere (`rules/values`); these are limits that it leaves out, or has
wider than the service.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from re import Pattern
from typing import Final


@dataclass(frozen=True, slots=True)
class Limit:
    """What a name may be.

    Parameters
    ----------
    most
        Characters at most.
    allowed
        What the whole name matches; None: no rule of its own.
    said
        The same in words.
    """

    most: int
    allowed: Pattern[str] | None = None
    said: str = ""


_DASHED: Final = re.compile(r"(?!-)(?!internal-)[a-zA-Z0-9-]{1,500}(?<!-)")
_DASHED_SAID: Final = "letters, digits and hyphens, no hyphen at either end, and not internal- at the beginning"
_QUEUE: Final = re.compile(r"[a-zA-Z0-9_-]{1,500}(?:\.fifo)?")
_QUEUE_SAID: Final = "letters, digits, hyphens and underscores, and .fifo at the end where it is FIFO"
_RDS: Final = re.compile(r"(?!.*--)[a-z][a-z0-9-]{0,500}(?<!-)")
_RDS_SAID: Final = "lower-case letters, digits and hyphens, a letter first, no two hyphens together and none at the end"
_RDS_GROUP: Final = re.compile(r"(?!.*--)[a-z][a-z0-9.-]{0,500}(?<!-)")
_SUBNETS: Final = re.compile(r"[a-z0-9 ._-]{1,500}")
_WORD: Final = re.compile(r"[a-zA-Z0-9_-]{1,500}")
_STATES: Final = re.compile(r"""[^\s<>{}\[\]?*"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,500}""")
_STATES_SAID: Final = 'no spaces, brackets, wildcards, nor any of " # % \\ ^ | ~ ` $ & , ; : /'
_WORD_SAID: Final = "letters, digits, hyphens and underscores"

LIMITS: Final[dict[tuple[str, str], Limit]] = {
    ("aws_alb", "name"): Limit(32, _DASHED, _DASHED_SAID),
    ("aws_alb", "name_prefix"): Limit(6),
    ("aws_alb_target_group", "name"): Limit(32, _DASHED, _DASHED_SAID),
    ("aws_alb_target_group", "name_prefix"): Limit(6),
    ("aws_api_gateway_stage", "stage_name"): Limit(128, _WORD, _WORD_SAID),
    ("aws_apigatewayv2_stage", "name"): Limit(
        128, re.compile(r"\$default|[a-zA-Z0-9_-]{1,500}"), f"{_WORD_SAID}, or $default"
    ),
    ("aws_backup_plan", "name"): Limit(50, re.compile(r"[a-zA-Z0-9._-]{1,500}"), f"{_WORD_SAID}, and dots"),
    ("aws_cloudwatch_dashboard", "dashboard_name"): Limit(255, _WORD, _WORD_SAID),
    ("aws_cloudwatch_event_rule", "name_prefix"): Limit(38),
    ("aws_db_instance", "identifier"): Limit(63, _RDS, _RDS_SAID),
    ("aws_db_parameter_group", "name"): Limit(255, _RDS_GROUP, _RDS_SAID),
    ("aws_db_subnet_group", "name"): Limit(255, _SUBNETS, "lower-case letters, digits, spaces, and . _ -"),
    ("aws_ecs_cluster", "name"): Limit(255, _WORD, _WORD_SAID),
    ("aws_ecs_service", "name"): Limit(255, _WORD, _WORD_SAID),
    ("aws_ecs_task_definition", "family"): Limit(255, _WORD, _WORD_SAID),
    ("aws_elasticache_cluster", "cluster_id"): Limit(50, _RDS, _RDS_SAID),
    ("aws_elasticache_replication_group", "replication_group_id"): Limit(
        40, re.compile(r"(?i:(?!.*--)[a-z][a-z0-9-]{0,500}(?<!-))"), _RDS_SAID
    ),
    ("aws_elb", "name"): Limit(32, _DASHED, _DASHED_SAID),
    ("aws_iam_instance_profile", "name_prefix"): Limit(102),
    ("aws_iam_policy", "name_prefix"): Limit(102),
    ("aws_iam_role", "name_prefix"): Limit(38),
    ("aws_lambda_function", "function_name"): Limit(64),
    ("aws_lb", "name"): Limit(32, _DASHED, _DASHED_SAID),
    ("aws_lb", "name_prefix"): Limit(6),
    ("aws_lb_target_group", "name"): Limit(32, _DASHED, _DASHED_SAID),
    ("aws_lb_target_group", "name_prefix"): Limit(6),
    ("aws_rds_cluster", "cluster_identifier"): Limit(63, _RDS, _RDS_SAID),
    ("aws_rds_cluster_instance", "identifier"): Limit(63, _RDS, _RDS_SAID),
    ("aws_rds_cluster_parameter_group", "name"): Limit(255, _RDS_GROUP, _RDS_SAID),
    ("aws_rds_global_cluster", "global_cluster_identifier"): Limit(63, _RDS, _RDS_SAID),
    ("aws_secretsmanager_secret", "name"): Limit(
        512, re.compile(r"[a-zA-Z0-9/_+=.@-]{1,600}"), "letters, digits and / _ + = . @ -"
    ),
    ("aws_security_group", "name"): Limit(
        255,
        re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,500}"),
        "letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*",
    ),
    ("aws_sfn_state_machine", "name"): Limit(80, _STATES, _STATES_SAID),
    ("aws_sns_topic", "name"): Limit(256, _QUEUE, _QUEUE_SAID),
    ("aws_sqs_queue", "name"): Limit(80, _QUEUE, _QUEUE_SAID),
    ("aws_sqs_queue", "name_prefix"): Limit(54),
    ("aws_ssm_parameter", "name"): Limit(1011),
}

# Where the model of the API has the length already.
MEASURED_ELSEWHERE: Final = frozenset(
    (
        ("aws_secretsmanager_secret", "name"),
        ("aws_sfn_state_machine", "name"),
    )
)

TYPES: Final = tuple(sorted({kind for kind, _ in LIMITS}))
BY_TYPE: Final = {
    kind: {argument: limit for (other, argument), limit in LIMITS.items() if other == kind} for kind in TYPES
}
