"""Cleaning of text that people and other systems wrote."""

import re
import unicodedata

# Control characters but newline and tab, invisible and direction marks, lone surrogates.
_DROPPED = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\xad\\u180e\\u200b-\\u200f\\u202a-\\u202e"
    "\\u2060-\\u206f\\ufeff\\ud800-\\udfff\\ufff9-\\ufffc]"
)
_SPACE = re.compile(r"\s+")
_MANY_NEWLINES = re.compile(r"\n{3,}")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def plain(text: str) -> str:
    """NFC, without control and invisible characters; white space as it was."""
    return unicodedata.normalize("NFC", _DROPPED.sub("", text))


def clean(text: str) -> str:
    """One line: plain, white space folded, ends cut."""
    return _SPACE.sub(" ", plain(text)).strip()


def clean_block(text: str) -> str:
    """Many lines: plain, at most one empty line between two."""
    lines = plain(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _MANY_NEWLINES.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip()


def slugify(text: str, most: int = 80) -> str:
    """Lower-case ASCII words joined by hyphens; empty without a Latin letter or digit."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = _NOT_SLUG.sub("-", folded).strip("-")
    return slug[:most].rstrip("-")
