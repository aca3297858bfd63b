"""What searches are planned by: counted afresh, loaded from the shipped tables, written anew."""

import json
from collections.abc import Iterator

from src.database import unit_of_work
from src.queries import freshness, lexeme_words, lexemes, locks, search_form, suggestion
from src.queries.locks import Lock
from src.understanding import export
from src.understanding.spelling import deletions


def learn_words() -> None:
    """What whoever has loaded many jobs does at once, and the clock again and again: count the
    words, and collect those that are suggested and held to.
    """
    count_words()
    collect_words()


def count_words() -> int:
    """Count the words of the live jobs; how many jobs there are."""
    with unit_of_work() as work:
        work.session.execute(lexemes.NO_LIMIT)
        work.session.execute(locks.wait(Lock.COUNT_WORDS))
        live: int = work.session.execute(lexemes.LIVE).scalar_one()
        step = lexemes.SAMPLE if live > lexemes.SAMPLED_ABOVE else 1
        work.session.execute(lexemes.COUNT, {"step": step})
    return live


def collect_words() -> int:
    """Collect the words that misspelt ones are held to, and suggestions; how many words."""
    with unit_of_work() as work:
        work.session.execute(lexemes.NO_LIMIT)
        work.session.execute(locks.wait(Lock.COUNT_WORDS))
        live: int = work.session.execute(lexemes.LIVE).scalar_one()
        step = lexeme_words.SAMPLE if live > lexeme_words.SAMPLED_ABOVE else 1
        fresh = {
            row.word: row.jobs for row in work.session.execute(lexeme_words.COLLECT, {"step": step})
        }
        known = {row.word: row.jobs for row in work.session.execute(lexeme_words.KNOWN)}
        gone = [word for word in known if word not in fresh]
        changed = [word for word, jobs in fresh.items() if known.get(word) != jobs]
        work.session.execute(lexeme_words.REMOVE, {"words": gone})
        work.session.execute(
            lexeme_words.ADD,
            {
                "words": changed,
                "jobs": [fresh[word] for word in changed],
                "deletions": [" ".join(deletions(word)) for word in changed],
            },
        )
        bounds = {"step": step, "most": suggestion.MOST, "words": suggestion.WORDS}
        work.session.execute(suggestion.COLLECT, bounds)
    return len(fresh)


def load_tables() -> bool:
    """Fill the tables of phrases and places from the shipped ones; whether they had changed."""
    fingerprint = export.fingerprint()
    with unit_of_work() as work:
        work.session.execute(lexemes.NO_LIMIT)
        work.session.execute(locks.wait(Lock.SEARCH_FORM))
        if work.session.execute(search_form.FINGERPRINT).scalar() == fingerprint:
            return False
        work.session.execute(search_form.CLEAR)
        work.session.execute(search_form.ADD_PHRASES, {"rows": json.dumps(export.phrase_rows())})
        work.session.execute(search_form.ADD_PLACES, {"rows": json.dumps(export.place_rows())})
        work.session.execute(search_form.ADD_CITIES, export.city_columns())
        work.session.execute(search_form.NEXT, {"fingerprint": fingerprint})
    return True


def outdated() -> int:
    """How many live jobs were written before the present tables and functions."""
    with unit_of_work() as work:
        work.session.execute(lexemes.NO_LIMIT)
        count: int = work.session.execute(search_form.OUTDATED).scalar_one()
        return count


def rebuild(size: int = 200) -> Iterator[int]:
    """Write outdated jobs anew, oldest id first; after each committed batch, how many it had.

    Can be ended at any moment and begun again: what is written is no longer outdated.
    """
    after = 0
    while True:
        with unit_of_work() as work:
            work.session.execute(lexemes.NO_LIMIT)
            rows = work.session.execute(search_form.BATCH, {"after": after, "size": size}).all()
            if not rows:
                # The read model is written past the triggers of the jobs.
                work.session.execute(freshness.WRITE_DOWN, {"tags": ["jobs"]})
                return
            companies = sorted({row.company_id for row in rows})
            work.session.execute(search_form.COMPANIES, {"ids": companies})
            work.session.execute(search_form.WRITE, {"ids": [row.id for row in rows]})
        after = rows[-1].id
        yield len(rows)
