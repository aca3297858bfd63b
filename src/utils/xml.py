"""Text as XML 1.0 holds it: escaped, and without the characters that it cannot hold."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\r": "&#13;"}
)
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Form:
    """A document written row by row: what is before its rows, each of them, and after them."""

    head: str
    row: Callable[[Any], str]
    tail: str

    def empty(self) -> str:
        """The document without a row."""
        return self.head + self.tail


def text(value: str) -> str:
    """For an element or an attribute."""
    return _FORBIDDEN.sub("", value).translate(_ESCAPES)


def cdata(value: str) -> str:
    """As a CDATA section, or two where the text holds the end of one."""
    return f"<![CDATA[{_FORBIDDEN.sub('', value).replace(']]>', ']]]]><![CDATA[>')}]]>"


def element(name: str, value: str) -> str:
    """An element of escaped text."""
    return f"<{name}>{text(value)}</{name}>"
