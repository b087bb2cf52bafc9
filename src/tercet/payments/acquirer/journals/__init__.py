"""Where the sandbox's journal may be kept: in a file, in a DynamoDB table, or in memory."""

from __future__ import annotations
