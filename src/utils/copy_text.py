"""Rows in the text format of COPY."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_QUOTES = str.maketrans({"\\": "\\\\", '"': '\\"'})


def line(values: Iterable[Any]) -> str:
    """One row with its line end; a tuple is an array of text."""
    return "\t".join(map(_field, values)) + "\n"


def _field(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    if isinstance(value, tuple):
        members = ",".join(f'"{member.translate(_QUOTES)}"' for member in value)
        return f"{{{members}}}".translate(_ESCAPES)
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
