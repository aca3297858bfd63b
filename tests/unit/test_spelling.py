"""Misspelt words: which are in doubt, and what was meant."""

import pytest

from src.understanding import spelling
from src.understanding.spelling import Like

LIKES = [
    Like("receptionist", 300),
    Like("reception", 80),
    Like("kubernetes", 90),
    Like("pathologist", 40),
]


@pytest.mark.parametrize(
    ("typo", "word"),
    [("recepionist", "receptionist"), ("kuberntes", "kubernetes"), ("zebra", None)],
)
def test_the_likeliest_word_was_meant(typo: str, word: str | None) -> None:
    assert spelling.meant(typo, 0, LIKES) == word


def test_a_word_that_many_jobs_have_is_no_slip() -> None:
    assert spelling.meant("recepionist", 100, LIKES) is None


def test_another_form_of_a_word_is_no_slip() -> None:
    assert spelling.meant("receptionists", 0, LIKES) is None


def test_another_ending_is_no_slip_within_a_stem() -> None:
    assert not spelling.is_slip_within("managed", "manager")
    assert spelling.is_slip_within("enginer", "engineer")


def test_a_short_word_is_misspelt_only_when_no_job_has_it_and_many_have_the_other() -> None:
    assert spelling.meant("lime", 1, [Like("time", 9_000)]) is None
    assert spelling.meant("frde", 0, [Like("free", 49)]) is None
    assert spelling.meant("nusre", 0, [Like("nurse", 50)]) == "nurse"


def test_words_of_the_tables_are_never_in_doubt() -> None:
    assert not spelling.is_doubtful("nurse")
    assert not spelling.is_doubtful("berlin")
    assert spelling.is_doubtful("reigstered")


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("pyhton", "python", 1), ("enginer", "engineer", 1), ("cat", "dog", 3), ("a", "abcdef", 3)],
)
def test_slips_are_counted(one: str, other: str, slips: int) -> None:
    assert spelling.distance(one, other) == slips


def test_two_spellings_share_a_deletion() -> None:
    assert set(spelling.deletions("kuberntes")) & set(spelling.deletions("kubernetes"))


def test_two_words_written_as_one_are_parted_when_they_are_known_together() -> None:
    assert spelling.parted("newyork") == "new york"
    assert spelling.parted("notknown") is None
