"""Cleaning of text that people and other systems wrote."""

import re
import unicodedata

# Control characters but newline and tab, invisible and direction marks, lone surrogates.
_DROPPED: dict[int, None] = dict.fromkeys(
    [
        *range(9), 11, 12, *range(14, 32), *range(127, 160), 0xAD, 0x180E,
        *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF,
        *range(0xD800, 0xE000), *range(0xFFF9, 0xFFFD),
    ]
)  # fmt: skip
_SPACE = re.compile(r"\s+")
_MANY_NEWLINES = re.compile(r"\n{3,}")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def plain(text: str) -> str:
    """NFC, without control and invisible characters; white space as it was."""
    return unicodedata.normalize("NFC", text.translate(_DROPPED))


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
