"""Suggesting what a search may become while it is typed."""

import re
from dataclasses import dataclass

from src.database import db
from src.queries import suggestion as suggestion_queries
from src.understanding import spelling
from src.understanding.folding import fold

# Between words, as the collected ones were parted.
_BETWEEN = re.compile(r"[\s(/,]+")
KINDS = ("title", "company", "place", "skill")


@dataclass(frozen=True, slots=True)
class Suggested:
    """Labels by kind, the commonest first; and what was looked up in place of what was typed."""

    labels: dict[str, list[str]]
    corrected: str | None = None


def suggest(typed: str, size: int) -> Suggested:
    """What begins as typed, with any of its words; spelled right where nothing does.

    One statement, and two more when the first found nothing.
    """
    folded = " ".join(filter(None, _BETWEEN.split(fold(typed))))
    labels = _beginning(folded, size)
    if any(labels.values()):
        return Suggested(labels)
    *before, last = folded.split() or [""]
    meant = _meant(last)
    if meant is None:
        return Suggested(labels)
    corrected = " ".join((*before, meant))
    return Suggested(_beginning(corrected, size), corrected)


def _beginning(key: str, size: int) -> dict[str, list[str]]:
    labels: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for row in db.session.execute(*suggestion_queries.beginning(KINDS, key, size)):
        labels[row.kind].append(row.label)
    return labels


def _meant(word: str) -> str | None:
    """The likeliest word whose beginning is this one but for a slip, or two in a long one."""
    if len(word) < spelling.SHORTEST:
        return None
    likes = db.session.execute(
        suggestion_queries.LIKES, {"deletions": spelling.deletions(word)}
    ).all()
    most = 2 if len(word) >= spelling.LONG else 1
    near = [(_slips(word, like.word), -like.jobs, like.word) for like in likes]
    best = min(near, default=(most + 1, 0, ""))
    return best[2] if best[0] <= most else None


def _slips(typed: str, word: str) -> int:
    """How far the typed letters are from the nearest beginning of the word."""
    lengths = range(len(typed) - 1, len(typed) + 2)
    return min(spelling.distance(typed, word[:length]) for length in lengths)
