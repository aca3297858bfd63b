"""Serve: python -m scripts.serve. What ./start_optimized.sh runs once .venv is there.

It takes no options; its settings are those of the environment.
"""

import sys

from src.embedded import supervisor


def main() -> int:
    """The exit code: 0 when it was told to stop, 1 when it could not serve, 2 for an argument."""
    if sys.argv[1:]:
        # Whoever only serves does not wait for it to load.
        import argparse  # noqa: PLC0415

        argparse.ArgumentParser(prog="python -m scripts.serve", description=__doc__).parse_args()
    return supervisor.serve()


if __name__ == "__main__":
    raise SystemExit(main())
