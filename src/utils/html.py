"""HTML of postings: what may stay, and how it reads as text."""

import html
import re

import nh3

from src.utils.text import clean

_TAGS = {
    "p", "br", "hr", "ul", "ol", "li", "strong", "b", "em", "i", "u", "s", "blockquote", "code",
    "pre", "h1", "h2", "h3", "h4", "h5", "h6", "a", "table", "thead", "tbody", "tr", "th", "td",
    "dl", "dt", "dd", "sub", "sup",
}  # fmt: skip
_TAG = re.compile(r"<[^>]*>?")


def sanitise(markup: str) -> str:
    """The markup with formatting tags and links only; scripts and styles go with their content."""
    return nh3.clean(
        markup,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
        strip_comments=True,
    ).strip()


def to_text(markup: str) -> str:
    """One line of plain text, entities decoded; a tag cut off at the end is dropped."""
    return clean(html.unescape(_TAG.sub(" ", markup)))


def snippet(markup: str, length: int = 200) -> str:
    """The beginning as text, cut between words."""
    text = to_text(markup)
    if len(text) <= length:
        return text
    cut = text[:length].rsplit(" ", 1)[0]
    return f"{cut}…"
