"""The thread of duties: begun, ended, and begun again."""

import threading

from src.utils.background import Background


def test_what_was_stopped_does_not_run_and_may_be_started_again() -> None:
    background, done = Background("test"), threading.Event()
    background.every(0.0, done.set)
    for _ in range(2):
        background.start()
        assert background.is_running
        assert done.wait(30)
        background.stop()
        assert not background.is_running
        done.clear()


def test_what_was_never_started_may_be_stopped() -> None:
    background = Background("test")
    background.stop()
    assert not background.is_running
