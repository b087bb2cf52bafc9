"""Text of the input that steers nothing: neither a terminal nor a page."""

from __future__ import annotations


def harmless(text: str, longest: int = 2_000) -> str:
    """Write each character that is not seen, or that turns the text around, as its escape; cut what is too long."""
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
