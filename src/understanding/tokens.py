"""A query cut into words: names with signs whole, runs without spaces cut where tables allow."""

import re
import unicodedata
from typing import NamedTuple

from src.understanding import tables
from src.understanding.folding import BREAK, apart, fold, signs, title_words
from src.understanding.places import gazetteer

# More words than these say no more, and a query has at most 255 characters.
MOST_WORDS = 24
# A run of characters without spaces is read so far.
LONGEST_RUN = 40
_SPLIT = re.compile(r"[^\s,;|()\[\]{}\"!?:…“”„«»<>*=~^`/\\]+|[,;/]")
_EDGES = ".'’‘-–—_@$%&·•"
_HYPHEN = re.compile(r"[-–—_]")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
# Single letters and a verb that are languages beside these words, or alone.
_LANGUAGES = {"go": "langgo", "r": "langr", "c": "langc"}
_CODING = tables.words("coding")
# Beside these, "it" is a trade.
_TRADE = tables.words("trades")


class Token(NamedTuple):
    """A word as written, the keys it is looked up by, and whether a comma stands before it."""

    text: str
    keys: tuple[str, ...]
    after_break: bool = False


def tokens(text: str) -> list[Token]:
    """The words of a query in order; names with signs whole, punctuation gone."""
    found: list[Token] = []
    after_break = False
    plain = unicodedata.normalize("NFKC", apart(text))
    for raw in _SPLIT.findall(signs_kept(plain)):
        if len(found) >= MOST_WORDS:
            break
        if raw in ",;/":
            after_break = True
            continue
        word = _POSSESSIVE.sub("", raw)
        keys = tuple(w for w in title_words(word) if w != BREAK)
        if is_cjk(word):
            found += segments(keys[:LONGEST_RUN], after_break)
        elif keys:
            found += _parts(word.strip(_EDGES) or word, keys, after_break)
        after_break = False
    return _languages(found[:MOST_WORDS])


def _parts(word: str, keys: tuple[str, ...], after_break: bool) -> list[Token]:
    """A hyphenated word whole when a table knows it so, else its parts: Java-Entwickler."""
    parts = [part for part in _HYPHEN.split(word) if part]
    if len(keys) == 1 or len(parts) != len(keys) or _is_known(" ".join(keys)):
        return [Token(word, keys, after_break)]
    first, *rest = (Token(part, (key,)) for part, key in zip(parts, keys, strict=True))
    return [first._replace(after_break=after_break), *rest]


def segments(keys: tuple[str, ...], after_break: bool) -> list[Token]:
    """A run without spaces, cut at the longest words the tables know; the rest stays together."""
    found: list[Token] = []
    unknown: list[str] = []
    place = 0
    while place < len(keys):
        size = next(
            (n for n in range(min(16, len(keys) - place), 1, -1)
             if _is_known(" ".join(keys[place : place + n]))), 0,
        )  # fmt: skip
        if size:
            found += _run(unknown)
            found += _run(list(keys[place : place + size]))
            unknown = []
        else:
            unknown.append(keys[place])
        place += size or 1
    found += _run(unknown)
    return [found[0]._replace(after_break=after_break), *found[1:]] if found else []


def _run(keys: list[str]) -> list[Token]:
    return [Token("".join(keys), tuple(keys))] if keys else []


def _is_known(phrase: str) -> bool:
    return (
        phrase in tables.titles()
        or phrase in tables.glossary()
        or phrase in tables.phrases()
        or phrase in gazetteer()
    )


def signs_kept(text: str) -> str:
    """The text with signs spelled as words where that changes it; else as written, in its case."""
    folded = fold(text)
    spelled = signs(folded)
    return text if spelled == folded else spelled


def _languages(words: list[Token]) -> list[Token]:
    """Go, R and C as languages, IT as a trade, where their neighbours say so."""
    keys = [word.keys[0] if len(word.keys) == 1 else "" for word in words]
    for place, key in enumerate(keys):
        beside = {*keys[max(0, place - 1) : place], *keys[place + 1 : place + 2]}
        alone = len(words) == 1
        if key in _LANGUAGES and (alone or beside & _CODING) and keys[place + 1 :][:1] != ["to"]:
            words[place] = words[place]._replace(text=_LANGUAGES[key])
        elif key == "it" and (
            words[place].text == "IT"
            or alone
            or (keys[place + 1 :][:1] and keys[place + 1] in _TRADE)
        ):
            words[place] = words[place]._replace(text="infotech")
    return words


def is_cjk(text: str) -> bool:
    """Whether the text has characters of scripts that put no spaces between words."""
    return _CJK.search(text) is not None
