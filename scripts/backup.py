"""Take a backup beside a running service: scripts/backup.sh [FILE].

It holds one moment of the database as pg_dump's custom format, with a manifest beside it: schema
version, rows of each table, checksum. Exit codes: 0 taken; 2 it could not be, 130 Ctrl-C came, 143
SIGTERM: nothing is left then.
"""

import argparse
import json
import time
from pathlib import Path

from scripts import copies
from src.config import Config, from_process
from src.ops import command
from src.ops.backup import interruption, manifest, partial, take
from src.ops.backup.interruption import Interrupted
from src.ops.backup.manifest import Manifest
from src.ops.backup.server import CannotCopy


@command.told
def main() -> int:
    """The exit code, as above."""
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="scripts/backup.sh", description=__doc__, formatter_class=layout
    )
    copies.add_file(
        parser, nargs="?", help="(default: TALENTSPHERE_DATA_DIR/backups/talentsphere-TIME.dump)"
    )
    parser.add_argument(
        "--checksums", action="store_true",
        help="of each table's rows too, for a restore to compare; all is read twice",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args()
    started = time.monotonic()
    interruption.listen()
    try:
        config = from_process()
        database = copies.database(config)
        dump = copies.place(chosen) if chosen.file else _place(config)
        with command.step_by_step() as tell:
            made = take.take(database, dump, checksums=chosen.checksums, listener=tell)
    except CannotCopy as error:
        command.say(str(error))
        return command.CANNOT_RUN
    except Interrupted as interrupted:
        command.say(str(interrupted))
        return interrupted.exit_code
    _print(dump, made, time.monotonic() - started, as_json=chosen.json)
    return 0


def _place(config: Config) -> Path:
    """In a folder that is made for them, and that nobody else may read."""
    folder = config.data_dir / "backups"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotCopy(f"{folder} cannot be made: {error.strerror}") from None
    return folder / partial.default_name()


def _print(dump: Path, made: Manifest, seconds: float, *, as_json: bool) -> None:
    if as_json:
        said = {"file": str(dump), "manifest": str(manifest.place(dump)), "seconds": seconds}
        print(json.dumps(said | made.as_values()))
        return
    print(
        f"{dump}: {made.file_bytes / 1e6:.1f} MB, {len(made.tables)} tables, {made.rows} rows,"
        f" schema {made.schema_version}, {seconds:.1f} s"
    )


if __name__ == "__main__":
    raise SystemExit(main())
