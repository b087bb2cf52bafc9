"""Secrets Manager, and secrets that stand in the code."""
