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

from src.embedded import guards, renewal

SECONDS = 120.0


def main() -> int:
    """The exit code, as above."""
    argparse.ArgumentParser(
        prog="python -m scripts.reload", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()  # fmt: skip
    data_dir = Path(os.environ.get("TALENTSPHERE_DATA_DIR") or "var").absolute()
    supervisor = guards.holder(data_dir)
    if supervisor is None:
        print(f"scripts.reload: nobody serves from {data_dir}.", file=sys.stderr)
        return 2
    before, _ = renewal.told(data_dir)
    os.kill(supervisor, signal.SIGHUP)
    deadline = time.monotonic() + SECONDS
    while renewal.told(data_dir)[0] == before:
        if time.monotonic() > deadline or guards.holder(data_dir) != supervisor:
            print("scripts.reload: the supervisor does not say how it went.", file=sys.stderr)
            return 2
        time.sleep(0.1)
    refusal = renewal.told(data_dir)[1]
    if refusal:
        print(f"scripts.reload: the old code goes on: {refusal}.", file=sys.stderr)
        return 1
    print("The new code serves.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
