"""Lambda functions of the embedded AWS, run for real: each in worker processes of its own.

While :func:`running`, everything that moto would invoke runs the deployed zip: ``Invoke`` over HTTP, Step Functions'
tasks, event source mappings of SQS queues, and what EventBridge, SNS and schedules deliver. :func:`invoke` is the same
within the process, for callers that need no HTTP.
"""

from __future__ import annotations

from tercet.local.emulator.functions.invocation import invoke, running
from tercet.local.emulator.functions.pool import ThrottledError
from tercet.local.emulator.functions.runtime import Result

__all__ = ["Result", "ThrottledError", "invoke", "running"]
