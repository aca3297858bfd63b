"""Reading the words of a search: what they ask for, looked up in one statement, spelled right."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import TextClause
from sqlalchemy.exc import DBAPIError

from src.database import db
from src.errors import Invalid
from src.queries import (
    search_lexicon,
    search_literal,
    search_operators,
    search_terms,
    search_words,
)
from src.queries.search_lexicon import Lexicon
from src.queries.search_plan import Corpus, Count, Plan
from src.understanding import spelling
from src.understanding.folding import fold
from src.understanding.query import as_written, understand
from src.understanding.spelling import Like
from src.utils.db_failures import sqlstate

# As the query is read: what stands between signs, too.
_WORD = re.compile(r"[^\W_]+")
# What PostgreSQL says of a tsquery that is too much for it: a limit, or an internal error.
_LIMITS, _TOO_DEEP = "54", "tsquery stack too small"


def read(words: str, *, title_only: bool = False) -> tuple[Plan, Corpus]:
    """The plan of these words, and how many jobs it reckons with; one statement.

    With operators, and in titles alone, the words are taken as they stand. Raises Invalid for
    words that the database cannot take.
    """
    words = search_operators.signs(words)
    if search_operators.has_operators(words):
        return _literally(search_operators.spelled(words))
    return _plainly(words) if title_only else understood(words)


def understood(words: str) -> tuple[Plan, Corpus]:
    """The same of words without operators, whatever signs are in them."""
    asked_for = understand(words)
    doubtful = [
        word for word in map(fold, search_lexicon.written(asked_for)) if spelling.is_doubtful(word)
    ]
    asked = search_words.lookup(
        "", search_lexicon.words(asked_for), search_lexicon.marks(asked_for),
        search_lexicon.names(asked_for), doubtful,
    )  # fmt: skip
    rows = _looked_up(*asked)
    known = _lexicon(rows)
    corrected = _corrected(doubtful, rows, known)
    if corrected:
        asked_for = understand(_respelled(words, corrected))
        known.assume(search_lexicon.marks(asked_for))
    return search_terms.plan(asked_for, known, corrected), known.corpus


def _literally(words: str) -> tuple[Plan, Corpus]:
    rows = _looked_up(*search_words.lookup(words, [words]))
    known = _lexicon(rows)
    asked = next((row for row in rows if row.tsquery is not None), None)
    counts = {lexeme: known.count(lexeme) for lexeme in known.lexemes.get(words, ())}
    made = search_literal.unlike if asked and asked.is_met_by_nothing else search_literal.literal
    return made(asked.tsquery if asked else "", counts, known.corpus), known.corpus


def _plainly(words: str) -> tuple[Plan, Corpus]:
    """Each word for itself: nothing is corrected, widened or left out."""
    written = as_written(words)
    known = _lexicon(_looked_up(*search_words.lookup("", search_lexicon.words(written))))
    return search_terms.plan(written, known, {}), known.corpus


def _looked_up(statement: TextClause, values: dict[str, Any]) -> Sequence[Any]:
    try:
        return db.session.execute(statement, values).all()
    except DBAPIError as error:
        if sqlstate(error).startswith(_LIMITS) or _TOO_DEEP in str(error.orig):
            raise Invalid({"q": ["Too many operators."]}) from error
        raise


def _lexicon(rows: Sequence[Any]) -> Lexicon:
    jobs, days = (rows[0].jobs or 0, rows[0].days or 1) if rows else (0, 1)
    known = Lexicon(Corpus(jobs, max(1, days)))
    for row in rows:
        # A word that was collected stands in so many heads, counted or not.
        counts = Count(max(row.in_doc, row.said_by), max(row.in_head, row.said_by))
        known.counts.setdefault(row.lexeme, counts)
        if row.word is not None:
            stems = known.lexemes.setdefault(row.word, [])
            if row.lexeme not in stems:
                stems.append(row.lexeme)
    return known


def _corrected(doubtful: list[str], rows: Sequence[Any], known: Lexicon) -> dict[str, str]:
    """The words that were misspelt, with what was meant."""
    likes: dict[str, set[Like]] = defaultdict(set)
    for row in rows:
        if row.meant_for is not None:
            likes[row.meant_for].add(Like(row.word, row.said_by))
    found: dict[str, str] = {}
    for word in doubtful:
        own = max((like.jobs for like in likes[word] if like.word == word), default=0)
        stems = known.lexemes.get(word, [])
        if not stems:
            continue
        texts = int(min((known.count(stem).in_doc for stem in stems), default=0))
        meant = spelling.parted(word) if own == texts == 0 else None
        # Of the same stem, the texts may have the right spelling as well.
        alike = [
            x
            for x in likes[word]
            if known.lexemes.get(x.word) == stems and spelling.is_slip_within(word, x.word)
        ]
        if len(word) >= spelling.MIDDLING:
            meant = meant or spelling.meant(word, own, sorted(alike))
        meant = meant or spelling.meant(word, max(own, texts), sorted(likes[word]))
        if meant:
            found[word] = meant
    return found


def _respelled(words: str, corrected: dict[str, str]) -> str:
    """The query with its misspelt words replaced."""
    return _WORD.sub(lambda found: corrected.get(fold(found[0]), found[0]), words)
