"""Elastic file systems."""
