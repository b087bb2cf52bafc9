"""The payment processor that ships in the Lambda zip. It imports nothing else of tercet, only boto3.

What it is in this release: payment sessions in DynamoDB, moved on by a workflow, against a *sandbox* card network. It
holds no ledger and moves no money. ``http``, ``workflow``, ``consumer`` and ``sweeper`` each hold a Lambda handler.
"""

from __future__ import annotations
