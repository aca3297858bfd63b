"""Bring the search read model up to date: python -m scripts.rebuild_search."""

import argparse

from src.main import create_app
from src.ops import command, owner, rebuild_search


@command.told
def main() -> int:
    """0 when done; with --check 1 when jobs are outdated; 2 when it cannot run."""
    parser = argparse.ArgumentParser(prog="python -m scripts.rebuild_search", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only count the outdated jobs")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args()
    with owner.application(create_app).app_context():
        return rebuild_search.run(check=chosen.check, as_json=chosen.json)


if __name__ == "__main__":
    raise SystemExit(main())
