"""Fill the cache with what most people ask for first: python -m scripts.warm_cache.

Without a cache, which is optional, there is nothing to fill: it says so, and that is no failure.
"""

import argparse
import json
import sys

from src.config import from_process
from src.main import create_app
from src.ops import command
from src.routes import warming


@command.told
def main() -> int:
    """0 when everything was filled that there is, 1 when something failed, 2 for bad settings."""
    parser = argparse.ArgumentParser(prog="scripts.warm_cache", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a sentence")
    parser.add_argument(
        "--seconds", type=command.above_zero(float), default=60.0,
        help="end after so many, at most (default: 60)",
    )  # fmt: skip
    chosen = parser.parse_args()
    config = from_process()
    if not config.cache_url:
        why = "there is no cache: REDIS_URL is not set, or CACHE_ENABLED is false"
        print(json.dumps({"skipped": why}) if chosen.json else f"Skipped, {why}.")
        return 0
    with create_app(config).app_context():
        done = warming.warm(chosen.seconds)
    said = "{warmed} answers filled, {warm} were there, {failed} failed, in {seconds} s."
    print(json.dumps(done) if chosen.json else said.format(**done))
    return 1 if done["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
