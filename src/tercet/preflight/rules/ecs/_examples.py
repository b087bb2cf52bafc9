"""A task definition and a service for the examples, and what an example changes in them."""

from __future__ import annotations


def task(
    *,
    cpu: str = "512",
    memory: str = "1024",
    network_mode: str = "awsvpc",
    compatibility: str = "FARGATE",
    role: str = "arn:aws:iam::123456789012:role/payments-execution-dev",
    port: str = "containerPort = 8080",
    container: str = "",
) -> str:
    """Write a task definition."""
    more = f"\n    {container}" if container else ""
    execution = f'\n  execution_role_arn       = "{role}"' if role else ""
    return f"""
resource "aws_ecs_task_definition" "payments" {{
  family                   = "payments-dev"
  requires_compatibilities = ["{compatibility}"]
  network_mode             = "{network_mode}"
  cpu                      = {cpu}
  memory                   = {memory}{execution}

  container_definitions = jsonencode([{{
    name         = "payments"
    image        = "123456789012.dkr.ecr.us-east-1.amazonaws.com/payments:1.4.0"
    portMappings = [{{ {port} }}]{more}
  }}])
}}
"""


NETWORK = (
    "",
    "network_configuration {",
    '  subnets         = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]',
    '  security_groups = ["sg-0123456789abcdef0"]',
    "}",
)


def service(*lines: str, network: tuple[str, ...] = NETWORK, count: int = 3) -> str:
    """Write a service with more lines in it."""
    more = "".join(f"  {line}\n" if line else "\n" for line in (*lines, *network))
    return f"""
resource "aws_ecs_service" "payments" {{
  name            = "payments-dev"
  cluster         = "arn:aws:ecs:us-east-1:123456789012:cluster/payments-dev"
  task_definition = aws_ecs_task_definition.payments.arn
  desired_count   = {count}
{more}}}
"""
