"""Guessing a password while the cache server is gone; closing the steps gives it back."""

import itertools
import math
import secrets
import time
from collections import Counter

from scripts.cache_hunt.wire import ask
from scripts.chaos import cache_faults
from scripts.chaos.rig import Rig
from scripts.chaos.steps import Steps

GUESSES, GUESS_SECONDS = 20, 0.1
# So many wrong ones an account may have in a quarter of an hour, wherever they come from.
LIMIT = 10
_numbers = itertools.count()


def guessed(rig: Rig) -> Steps:
    """Twenty wrong ones for one account, by turns at both instances, each from another address;
    all of them, however little time the fault was to last."""
    email, seen = f"guess-{secrets.token_hex(6)}@chaos.example", Counter[int]()
    dead = cache_faults.killed(rig)
    try:
        next(dead)
        for number in range(GUESSES):
            seen[_guess(rig.servers.ports[number % 2], email)] += 1
            time.sleep(GUESS_SECONDS)
        yield math.inf
    finally:
        dead.close()
        words = ", ".join(f"{count} of {status}" for status, count in sorted(seen.items()))
        is_exact = seen == Counter({401: LIMIT, 429: GUESSES - LIMIT})
        rig.note(f"{seen.total()} guesses at one password: {words}", holds=is_exact)


def _guess(port: int, email: str) -> int:
    """The status of a sign-in with a wrong password."""
    number = next(_numbers)
    # All of 127.0.0.0/8 is this machine.
    source = f"127.9.{number // 250}.{2 + number % 250}"
    content = {"email": email, "password": secrets.token_urlsafe(12)}
    return ask(port, "POST", "/auth/login", content=content, source=source).status
