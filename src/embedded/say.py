"""What the supervisor says; a full disk or a closed terminal loses the words, not the service."""

import sys
from contextlib import suppress


def say(words: str) -> None:
    """On standard output, at once."""
    with suppress(OSError):
        print(words, flush=True)


def warn(words: str) -> None:
    """On standard error, under the service's name."""
    with suppress(OSError):
        print(f"talentsphere: {words}", file=sys.stderr, flush=True)
