"""Security groups between a function and its database that let nothing through."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.network import groups_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.vpc._databases import (
    databases_of_function,
    databases_of_service,
    groups_of_database,
    port_of,
)
from tercet.preflight.rules.vpc._passage import blocked

_HEAD = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  for_each          = { us-east-1a = 10, us-east-1b = 11 }
  vpc_id            = aws_vpc.payments.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}

resource "aws_db_subnet_group" "ledger" {
  name       = "payments-ledger-dev"
  subnet_ids = [for subnet in aws_subnet.private : subnet.id]
}

resource "aws_security_group" "function" {
  name   = "payments-function-dev"
  vpc_id = aws_vpc.payments.id
}

resource "aws_security_group" "database" {
  name   = "payments-database-dev"
  vpc_id = aws_vpc.payments.id
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id            = aws_security_group.database.id
  referenced_security_group_id = aws_security_group.function.id
  from_port                    = 5432
  to_port                      = 5432
  ip_protocol                  = "tcp"
}

resource "aws_db_instance" "ledger" {
  identifier                  = "payments-ledger-dev"
  engine                      = "postgres"
  instance_class              = "db.m6g.large"
  allocated_storage           = 20
  username                    = "ledger"
  manage_master_user_password = true
  storage_encrypted           = true
  multi_az                    = true
  skip_final_snapshot         = true
  db_subnet_group_name        = aws_db_subnet_group.ledger.name
  vpc_security_group_ids      = [aws_security_group.database.id]
}

resource "aws_iam_role" "function" {
  name = "payments-function-dev"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "function" {
  role       = aws_iam_role.function.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
}

resource "aws_lambda_function" "payments" {
  function_name = "payments-dev"
  role          = aws_iam_role.function.arn
  runtime       = "python3.13"
  handler       = "payments.handler"
  s3_bucket     = "payments-code-dev"
  s3_key        = "payments.zip"
  depends_on    = [aws_iam_role_policy_attachment.function]

  environment {
    variables = {
      DATABASE = aws_db_instance.ledger.address
    }
  }

  vpc_config {
    subnet_ids         = [for subnet in aws_subnet.private : subnet.id]
    security_group_ids = [aws_security_group.function.id]
  }
}
"""

RULE = Rule(
    id="sg-self-lockout-rds",
    title="Security groups let nothing through to the database",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "Traffic passes only if a security group of the function lets it out and one of the database admits it. "
        "Terraform makes groups without the rule that AWS adds by default: a group without egress rules lets "
        "nothing out. It speaks where the function's environment (or the task's containers), or a parameter or "
        "secret named there, leads to the database, and both sides' rules are known. A proxy is asked for its "
        "database likewise."
    ),
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.RDSSecurityGroups.html",
    ),
    resources=("aws_lambda_function", "aws_ecs_service", "aws_db_proxy"),
    failing=_HEAD,
    passing=_HEAD
    + """
resource "aws_vpc_security_group_egress_rule" "function" {
  security_group_id            = aws_security_group.function.id
  referenced_security_group_id = aws_security_group.database.id
  from_port                    = 5432
  to_port                      = 5432
  ip_protocol                  = "tcp"
}
""",
)


@RULE.check
def check(client: Resource, context: Context) -> Iterator[Problem]:
    """Compare the client's groups with those of each of its databases."""
    del context
    block, argument, databases = _wiring(client)
    if block is None or not databases or not block.has(argument):
        return
    groups = groups_of(block, argument)
    unsure: Undecidable | None = None
    for database in databases:
        try:
            yield from blocked(client, groups, database, groups_of_database(database), port_of(database))
        except Undecidable as reason:
            unsure = reason
    if unsure is not None:
        raise unsure


def _wiring(client: Resource) -> tuple[Block | None, str, list[Resource]]:
    if client.type == "aws_lambda_function":
        return client.block("vpc_config"), "security_group_ids", databases_of_function(client)
    if client.type == "aws_ecs_service":
        return client.block("network_configuration"), "security_groups", databases_of_service(client)
    targets = client.referrers("aws_db_proxy_target")
    databases = [
        one
        for target in targets
        for argument in ("db_cluster_identifier", "db_instance_identifier")
        for one in target.targets(argument, "aws_rds_cluster", "aws_db_instance")
    ]
    return client, "vpc_security_group_ids", databases
