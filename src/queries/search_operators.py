"""The operators of a search, as callers write them: phrases, `-not` and `or`, spelled one way.

To websearch_to_tsquery each hyphen where a word may begin is a negation: it negates what follows
any number of spaces later, twice is not at all, and 32 of them overflow its stack.
"""

import re

# Typed by keyboards and editors for a quote, and for a hyphen.
_SIGNS = str.maketrans(dict.fromkeys("“”„‟«»＂", '"') | dict.fromkeys("－﹣", "-"))
_PART = re.compile(r'(-*)"([^"]*)"?|([^\s"]+)')
# A hyphen before a word that may begin with one sign: -agency, -.net, -(night).
_NEGATION = re.compile(r"-+[^\w\s]?\w")
_LETTER = re.compile(r"\w")
_OR = "or"


def signs(text: str) -> str:
    """The text with one kind of quote and of hyphen."""
    return text.translate(_SIGNS)


def has_operators(text: str) -> bool:
    """Whether the caller wrote a phrase, a negation or an `or`, and so means it literally."""
    parts = _parts(text)
    return '"' in signs(text) or _OR in parts or any(part.startswith("-") for part in parts)


def spelled(text: str) -> str:
    """The text for websearch_to_tsquery, which takes it as meant and never fails on it.

    At most one hyphen stands before a part and none alone; words with signs in them are phrases,
    so that nothing in them is an operator, whatever search_text makes of the signs.
    """
    return " ".join(_parts(text))


def _parts(text: str) -> list[str]:
    found: list[str] = []
    for hyphens, phrase, word in _PART.findall(signs(text)):
        if word.lower() == _OR:
            found += [_OR] if found and found[-1] != _OR else []
            continue
        said = phrase or word.strip("-")
        if not _LETTER.search(said):
            continue
        if hyphens or _NEGATION.match(word):
            found.append(f'-"{said}"')
        else:
            is_plain = word and said.isascii() and said.isalnum()
            found.append(said if is_plain else f'"{said}"')
    return found[:-1] if found[-1:] == [_OR] else found
