"""What searches are planned by, counted afresh."""

from src.database import unit_of_work
from src.queries import lexemes


def count_words() -> int:
    """Count the words of the live jobs; how many jobs there are."""
    with unit_of_work() as work:
        work.session.execute(lexemes.NO_LIMIT)
        work.session.execute(lexemes.BEGIN)
        live: int = work.session.execute(lexemes.LIVE).scalar_one()
        step = lexemes.SAMPLE if live > lexemes.SAMPLED_ABOVE else 1
        work.session.execute(lexemes.COUNT, {"step": step})
    return live
