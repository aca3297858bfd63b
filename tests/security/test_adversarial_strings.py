"""No text makes what reads it take longer than its length: four times as much text takes about four
times as long, whatever stands in it.
"""

import contextlib
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from marshmallow import ValidationError, fields

from src.understanding import folding, posting, posting_words, query, written_places
from src.understanding.posting_fields import Refused
from src.utils import db_optimization, html, text
from tests.contract.operations import Operation, over
from tests.security.sending import WITH_BODIES, with_value
from tests.security.sending import places as places_of

LONG = 12_000
# Linear is 4; what grows with the square, 16.
MOST_TIMES_LONGER = 9.0
# What is over sooner than that, however long the text, harms nobody.
HARMLESS_SECONDS = 0.025
UNITS = (
    "a", " ", "\t\n", "a ", "-", "- ", "(", "(m/", "((((", ")", "<", "<a ", "&", "& a ", "@",
    "a@a.", "a.", ".", "/", "'", '"', "\\", "%", "+", "c+", "#", ":in", "ß", "\u0301", "\ufb03",
    "中", "0", "1,", "e-1", "s", "ies", "or ", "and ", "http://", "*", "_", "|", " | ", "\ufeff",
    "\u200d", "$$", "()", "hq ", "remote ", "/*", "--", "{", "[", "![](",
)  # fmt: skip


def posting_of(said: str) -> object:
    """A line of an import, with the text wherever one stands."""
    names = "title company location country description category employment_type"
    names += " experience_level skills salary_currency salary_period"
    row = dict.fromkeys(names.split(), said) | {"source": "s", "source_id": "1"}
    with contextlib.suppress(Refused):
        return posting.read(orjson.dumps(row), Counter())
    return None


READERS: dict[str, Callable[[str], Any]] = {
    "the words of a title": folding.title_words,
    "a query": query.understand,
    "a query as it is written": query.as_written,
    "a line": text.plain,
    "a text": text.clean_block,
    "a slug": text.slugify,
    "HTML": html.sanitise,
    "HTML as text": html.to_text,
    "the beginning of HTML": html.snippet.__wrapped__,
    "Markdown or HTML": html.from_source,
    "a place": lambda said: written_places.parse_place.__wrapped__(said, None),
    "a posting": posting_of,
    "a category": posting_words.category_slug,
    "a slow statement": db_optimization.fingerprint,
}


def seconds(read: Callable[[str], Any], said: str, times: int = 3) -> float:
    """The least of so many times, in time of the processor."""
    taken = []
    for _ in range(times):
        began = time.process_time()
        read(said)
        taken.append(time.process_time() - began)
    return min(taken)


def too_slow(read: Callable[[str], Any], most: int = LONG) -> list[str]:
    """The units of which a long text takes too much longer than a short one."""
    found = []
    for unit in UNITS:
        long = (unit * most)[:most]
        taken = seconds(read, long, times=1)
        if taken > HARMLESS_SECONDS:
            short = seconds(read, long[: most // 4])
            # What was quick enough at once is not slower the quickest of three times.
            if taken > short * MOST_TIMES_LONGER:
                taken = seconds(read, long)
            if taken > short * MOST_TIMES_LONGER:
                found.append(f"{unit!r}: {short * 1000:.1f} -> {taken * 1000:.1f} ms")
    return found


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_nothing_that_is_written_takes_longer_than_it_is_long(read: Callable[[str], Any]) -> None:
    assert too_slow(read) == []


@over(WITH_BODIES)
def test_no_field_of_a_body_takes_longer_than_it_is_long(operation: Operation) -> None:
    schema = operation.contract.body()
    for place in places_of(schema, fields.String):

        def read(said: str, place: Any = place) -> None:
            with contextlib.suppress(ValidationError):
                schema.load(with_value({}, place, said))

        assert too_slow(read) == [], place
