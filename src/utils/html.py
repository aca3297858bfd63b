"""HTML of postings: what may stay, and how it reads as text."""

import functools
import html
import re

import nh3
from markdown_it import MarkdownIt

from src.utils.html_levels import ALLOWED, levelled
from src.utils.text import clean

_TAG = re.compile(r"<[^>]*>?")
_MARKUP = re.compile(
    r"</?(?:p|br|div|ul|ol|li|b|i|em|strong|a|h[1-6]|table|span|pre)\b[^<>]*>", re.IGNORECASE
)
_MARKDOWN = re.compile(r"\*\*\S|^#{1,6} |^[ \t]*[-*+] \S|^[ \t]*\d+\. \S|\]\(https?:", re.MULTILINE)
_MARKDOWN_READER = MarkdownIt("commonmark", {"html": False, "breaks": True})


def sanitise(markup: str) -> str:
    """The markup with formatting tags and links only; scripts and styles go with their content.

    In time linear in the length: what is open more than 100 deep is ended there.
    """
    return nh3.clean(
        levelled(markup),
        tags=ALLOWED,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
        strip_comments=True,
    ).strip()


def to_text(markup: str) -> str:
    """One line of plain text, entities decoded; a tag cut off at the end is dropped."""
    return clean(html.unescape(_TAG.sub(" ", markup)))


# A page of cards spends a quarter of its time here, and the same beginnings come again and again;
# 2,048 of them take about 4 MB.
@functools.lru_cache(maxsize=2048)
def snippet(markup: str, length: int = 200) -> str:
    """The beginning as text, cut between words."""
    text = to_text(markup)
    if len(text) <= length:
        return text
    cut = text[:length].rsplit(" ", 1)[0]
    return f"{cut}…"


def from_source(text: str) -> str:
    """Sanitised HTML of a text that may be HTML, Markdown or plain."""
    if _MARKUP.search(text):
        return sanitise(text)
    if _MARKDOWN.search(text):
        return sanitise(_MARKDOWN_READER.render(text))
    paragraphs = (part.strip() for part in text.split("\n\n"))
    return "\n".join(
        f"<p>{html.escape(part, quote=False).replace(chr(10), '<br>')}</p>"
        for part in paragraphs
        if part
    )
