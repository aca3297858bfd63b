"""Let a serving instance take new code without losing a request: python -m scripts.reload.

Exit codes: 0 the new code serves, 1 it cannot and the old goes on, 2 nobody serves from the data
folder, or it did not say in time.
"""

import argparse
import os
import signal
import sys
import time
from pathlib import Path

from src.embedded import renewal
from src.embedded.renewal import End
from src.run_file import holder
from src.settings import data_dir_of

# For one that is under way and the one that was asked for, each of which may take a minute.
SECONDS = 150.0


def main() -> int:
    """The exit code, as above."""
    argparse.ArgumentParser(
        prog="python -m scripts.reload", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()  # fmt: skip
    data_dir = data_dir_of(os.environ)
    supervisor = holder(data_dir)
    if supervisor is None:
        print(f"scripts.reload: nobody serves from {data_dir}.", file=sys.stderr)
        return 2
    end = _ask(supervisor, data_dir)
    if end is None:
        print("scripts.reload: the supervisor does not say how it went.", file=sys.stderr)
        return 2
    if end.refusal:
        print(f"scripts.reload: the old code goes on: {end.refusal}.", file=sys.stderr)
        return 1
    print("The new code serves.")
    return 0


def _ask(supervisor: int, data_dir: Path) -> End | None:
    """How the renewal ended that began once we had asked; None when nobody says so in time."""
    before, asked_at = renewal.told(data_dir), time.monotonic()
    os.kill(supervisor, signal.SIGHUP)
    while not (end := renewal.told(data_dir)).answers(before, asked_at):
        if time.monotonic() > asked_at + SECONDS or holder(data_dir) != supervisor:
            return None
        time.sleep(0.1)
    return end


if __name__ == "__main__":
    raise SystemExit(main())
