"""Fill an empty database with made-up companies, jobs and people: python -m scripts.demo_data."""

import argparse

from src.main import create_app
from src.ops import command, demo, owner


@command.told
def main() -> int:
    """0 when the data is there, 1 when the database has users, 2 without leave to write."""
    parser = argparse.ArgumentParser(prog="python -m scripts.demo_data", description=__doc__)
    parser.add_argument("--if-empty", action="store_true", help="say nothing when there are users")
    parser.add_argument("--force", action="store_true", help="also when it is not embedded")
    arguments = parser.parse_args()
    application = owner.application(create_app)
    with application.app_context():
        config = application.config["TALENTSPHERE"]
        return demo.run(config, if_empty=arguments.if_empty, force=arguments.force)


if __name__ == "__main__":
    raise SystemExit(main())
