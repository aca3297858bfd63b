"""Reading the words of a search: what they ask for, looked up in one statement, spelled right."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from src.database import db
from src.queries import search_lexicon, search_literal, search_plan, search_terms, search_words
from src.queries.search_lexicon import Lexicon
from src.queries.search_plan import Corpus, Count, Plan
from src.understanding import spelling
from src.understanding.folding import fold
from src.understanding.query import as_written, understand
from src.understanding.spelling import Like

# As the query is read: what stands between signs, too.
_WORD = re.compile(r"[^\W_]+")


def read(words: str, *, title_only: bool = False) -> tuple[Plan, Corpus]:
    """The plan of these words, and how many jobs it reckons with; one statement.

    With operators, and in titles alone, the words are taken as they stand.
    """
    if search_plan.has_operators(words):
        return _literally(words)
    if title_only:
        return _plainly(words)
    understood = understand(words)
    plain = search_lexicon.words(understood)
    doubtful = [
        word for word in map(fold, search_lexicon.written(understood)) if spelling.is_doubtful(word)
    ]
    asked = search_words.lookup(
        words, plain, search_lexicon.marks(understood), search_lexicon.names(understood), doubtful
    )
    rows = db.session.execute(*asked).all()
    known = _lexicon(rows)
    corrected = _corrected(doubtful, rows, known)
    if corrected:
        spelled = _respelled(words, corrected)
        understood = understand(spelled)
        known.assume(search_lexicon.marks(understood))
    return search_terms.plan(understood, known, corrected), known.corpus


def _literally(words: str) -> tuple[Plan, Corpus]:
    rows = db.session.execute(*search_words.lookup(words, [words])).all()
    known = _lexicon(rows)
    tsquery = next((row.tsquery for row in rows if row.tsquery is not None), "")
    counts = {lexeme: known.count(lexeme) for lexeme in known.lexemes.get(words, ())}
    return search_literal.literal(tsquery, counts, known.corpus), known.corpus


def _plainly(words: str) -> tuple[Plan, Corpus]:
    """Each word for itself: nothing is corrected, widened or left out."""
    understood = as_written(words)
    asked = search_words.lookup(words, search_lexicon.words(understood))
    known = _lexicon(db.session.execute(*asked).all())
    return search_terms.plan(understood, known, {}), known.corpus


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
            if known.lexemes.get(x.word) == stems and spelling.distance(word, x.word) == 1
        ]
        meant = meant or spelling.meant(word, own, sorted(alike))
        meant = meant or spelling.meant(word, max(own, texts), sorted(likes[word]))
        if meant:
            found[word] = meant
    return found


def _respelled(words: str, corrected: dict[str, str]) -> str:
    """The query with its misspelt words replaced."""
    return _WORD.sub(lambda found: corrected.get(fold(found[0]), found[0]), words)
