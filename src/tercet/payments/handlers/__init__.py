"""The functions' Lambda handlers: what each event source sends, in the processor's terms."""

from __future__ import annotations
