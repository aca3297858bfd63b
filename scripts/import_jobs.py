"""Import postings from JSON lines: python -m scripts.import_jobs FILE.jsonl[.gz]."""

import argparse
from pathlib import Path

from src.main import create_app
from src.ops import command, job_import, owner


@command.told
def main() -> int:
    """0 when the file was read to its end, 2 when it could not be."""
    parser = argparse.ArgumentParser(prog="python -m scripts.import_jobs", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="write nothing, say what would be")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    with owner.application(create_app).app_context():
        return job_import.run(arguments.file, dry_run=arguments.dry_run, as_json=arguments.json)


if __name__ == "__main__":
    raise SystemExit(main())
