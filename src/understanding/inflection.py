"""Other forms of the titles in our tables: women's and plural ones, so that each is listed once."""

from collections.abc import Callable, Iterator

Endings = tuple[tuple[str, tuple[str, ...]], ...]
# (ending, what may stand for it); the first that fits counts.
_ROMANCE: Endings = (
    ("or", ("ora", "ores", "oras")),
    ("o", ("a", "os", "as")),
    ("a", ("as",)),
    ("e", ("es", "a")),
    ("l", ("les",)),
    ("ista", ("istas",)),
)
_FRENCH: Endings = (
    ("teur", ("trice", "teuse", "teurs")),
    ("eur", ("euse", "eure", "eurs")),
    ("ien", ("ienne", "iens")),
    ("ier", ("ière", "iers")),
    ("er", ("ère", "ers")),
    ("if", ("ive",)),
    ("é", ("ée", "és")),
    ("al", ("ale", "aux")),
    ("t", ("te", "ts")),
    ("el", ("elle", "els")),
)
_GERMAN: Endings = (
    ("mann", ("frau", "leute")),
    ("arzt", ("ärztin", "ärzte")),
    ("anwalt", ("anwältin", "anwälte")),
    ("koch", ("köchin", "köche")),
    ("er", ("erin", "erinnen", "ern")),
    ("ent", ("entin", "enten")),
    ("eur", ("eurin", "eure", "eurinnen")),
    ("or", ("orin", "oren")),
    ("ist", ("istin", "isten")),
    ("är", ("ärin",)),
    ("ologe", ("ologin",)),
    ("ator", ("atorin",)),
    ("t", ("tin", "ten")),
    ("nd", ("nde",)),
)


def forms(language: str, title: str) -> Iterator[str]:
    """The title as it stands, then its other forms."""
    yield title
    change = _CHANGES.get(language)
    if change:
        yield from change(title)


def _german(title: str) -> Iterator[str]:
    """Feminine and plural of the last word: the head of a German title."""
    first, space, last = title.rpartition(" ")
    for other in _other(last, _GERMAN):
        yield f"{first}{space}{other}"


def _romance(title: str) -> Iterator[str]:
    """Feminine of every word before the preposition: ingeniera eléctrica, gerenta de ventas."""
    yield from _of_head(title, _ROMANCE)


def _french(title: str) -> Iterator[str]:
    yield from _of_head(title, _FRENCH)


def _of_head(title: str, endings: Endings) -> Iterator[str]:
    words = title.split()
    ends = [place for place, word in enumerate(words) if word in _PREPOSITIONS or "'" in word]
    head, rest = words[: ends[0]] if ends else words, words[ends[0] :] if ends else []
    changed = [next(_other(word, endings), word) for word in head]
    if changed != head:
        yield " ".join(changed + rest)
    for other in list(_other(head[0], endings))[1:] if head else []:
        yield " ".join([other, *head[1:], *rest])


def _other(word: str, endings: Endings) -> Iterator[str]:
    for ending, others in endings:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            yield from (word[: len(word) - len(ending)] + other for other in others)
            return


_PREPOSITIONS = {"de", "du", "des", "en", "do", "da", "dos", "das", "em", "a", "au", "aux", "para"}
_CHANGES: dict[str, Callable[[str], Iterator[str]]] = {
    "de": _german,
    "es": _romance,
    "pt": _romance,
    "fr": _french,
}
