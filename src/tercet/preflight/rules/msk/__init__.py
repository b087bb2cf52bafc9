"""Managed Kafka."""
