"""When a server that fails is given up, and when it is believed again."""

import pytest

from src.utils.breaker import FAILURES_TO_OPEN, Breaker


def after(*, failures: int, answers_between: int) -> Breaker:
    breaker = Breaker()
    for _ in range(failures):
        breaker.failed()
        for _ in range(answers_between):
            breaker.worked()
    return breaker


@pytest.mark.parametrize("answers", [0, 1, 20])
def test_the_third_failure_opens_it_whatever_is_answered_in_between(answers: int) -> None:
    assert not after(failures=FAILURES_TO_OPEN - 1, answers_between=answers).is_open
    assert after(failures=FAILURES_TO_OPEN, answers_between=answers).is_open


def test_a_failure_in_a_hundred_never_opens_it() -> None:
    assert not after(failures=1000, answers_between=99).is_open


def test_closed_again_it_is_opened_by_one_failure_until_it_has_proven_itself() -> None:
    breaker = after(failures=FAILURES_TO_OPEN, answers_between=0)
    breaker.close()
    breaker.worked()
    breaker.failed()
    assert breaker.is_open
    breaker.close()
    for _ in range(200):
        breaker.worked()
    breaker.failed()
    assert not breaker.is_open


def test_an_open_one_is_probed_after_a_pause() -> None:
    breaker = after(failures=FAILURES_TO_OPEN, answers_between=0)
    assert not breaker.is_due
    breaker.probe_at -= 2
    assert breaker.is_due
