"""Policies and roles as such: what IAM refuses, and what it lets everybody do."""

from __future__ import annotations
