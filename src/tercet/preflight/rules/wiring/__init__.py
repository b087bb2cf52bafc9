"""What is connected, and whether it is allowed to be: roles, permissions, policies of targets, loops."""

from __future__ import annotations
