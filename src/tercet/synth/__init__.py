"""From settings to a folder that Terraform can run: the processor's zip, the API's document, and the stack."""

from __future__ import annotations
