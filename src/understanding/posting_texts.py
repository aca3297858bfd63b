"""What an imported row is shown by: its title, its company's name and its description."""

import re
from html import escape, unescape

from src.understanding import posting_fields
from src.understanding.posting_fields import Notes, Refused, Row
from src.utils import html
from src.utils.text import clean, clean_block

TITLE_LENGTH, TEXT_LENGTH = 300, 100_000
NAME_LENGTH, MADE_TITLE_LENGTH = 200, 90
# What the database takes of a text, with its markup.
STORED_LENGTH = 200_000
# No company is called as long as that; what is looked for in a name takes the square of its length.
_NAME_READ = 1_000
_HALF_ESCAPED = re.compile(r"&[^;]*\Z")
# With its semicolon: "&regulatory" is two words.
_ENTITY = re.compile(r"&#?\w{1,31};")
_NO_TITLE = re.compile(
    r"(?:https?://\S*|www\.\S*|full[ -]?time|part[ -]?time|remote|onsite|hybrid|\W*)",
    re.IGNORECASE,
)
# Web addresses beside a company's name, and a board's remark in the place of one.
_ASIDE = re.compile(r"\s*\([^()]*https?://[^()]*\)")
_NO_COMPANY = re.compile(r"(?:refreshed\s.*\d|confidential|https?://\S*|\W*)", re.IGNORECASE)


def description(row: Row) -> str:
    """As sanitised HTML, of any length. Raises Refused when it is no text."""
    return html.from_source(clean_block(posting_fields.text(row, "description")))


def fitting(markup: str, notes: Notes) -> str:
    """The HTML, cut to what the database takes."""
    if len(markup) <= TEXT_LENGTH:
        return markup
    notes["text cut to 100,000 characters"] += 1
    cut = html.sanitise(markup[:TEXT_LENGTH])
    if len(cut) <= STORED_LENGTH:
        return cut
    # Ending what the cut left open made it too long: the words alone.
    words = escape(html.to_text(cut)[:TEXT_LENGTH], quote=False)
    return f"<p>{_HALF_ESCAPED.sub('', words[: STORED_LENGTH - len('<p></p>')])}</p>"


def company(row: Row, source: str) -> str:
    """Its name; where none is written, one that names the source. Raises Refused for no text."""
    written = posting_fields.line(row, "company")[:_NAME_READ]
    name = _ASIDE.sub("", written)[:NAME_LENGTH].strip()
    return f"Unknown ({source})"[:NAME_LENGTH] if _NO_COMPANY.fullmatch(name) else name


def title(row: Row, markup: str, notes: Notes) -> str:
    """The title, made of the description's first words where none is written.

    Raises Refused when there is neither.
    """
    written = clean(
        _ENTITY.sub(lambda entity: unescape(entity[0]), posting_fields.line(row, "title"))
    )
    found = written
    if _NO_TITLE.fullmatch(written):
        found = _first_words(html.to_text(markup))
        notes["title made of the first words"] += 1
    if not found:
        if not written:
            raise Refused("no title and no text")
        found = written
    if len(found) > TITLE_LENGTH:
        notes["title cut to 300 characters"] += 1
        found = found[: TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"
    return found


def _first_words(text: str) -> str:
    if len(text) <= MADE_TITLE_LENGTH:
        return text
    # One more, which may be the blank.
    return text[: MADE_TITLE_LENGTH + 1].rsplit(" ", 1)[0][:MADE_TITLE_LENGTH]
