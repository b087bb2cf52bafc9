"""Rules of ECS: task definitions and services."""
