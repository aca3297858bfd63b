"""Put a backup back into an empty database: scripts/restore.sh FILE.

Into that of DATABASE_URL; else into that of the serving instance; else into a new one in
TALENTSPHERE_DATA_DIR. Then the schema is brought up to date, the application's role is given its
rights, every cached answer is made old, and the figures and the search model are held to the log.

Sessions, unused codes from mails and mails that wait are ended: they may have been ended or sent
since. Passwords and API keys are those of the backup; --revoke-keys revokes the keys.

Exit codes: 0 all else is as it was, 1 something differs, 2 it could not be done, 130 Ctrl-C,
143 SIGTERM. It names the step then: up to "filling the database" nothing was changed; after
"committing" the database is as in the backup, with its sessions until they are ended, and at
"committing" it may be: restore again with --force.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from scripts import copies, restored
from src.config import Config
from src.embedded import offline
from src.embedded.process import EmbeddedError
from src.ops import command, reconcile
from src.ops.backup import ended, interruption, manifest, put_back
from src.ops.backup.interruption import Interrupted
from src.ops.backup.manifest import Manifest
from src.ops.backup.put_back import PutBack
from src.ops.backup.server import CannotCopy
from src.ops.reconcile import Difference
from src.settings import ConfigError


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and what does not hold afterwards."""

    put_back: PutBack
    # Rows of each table, by its name.
    ended: Mapping[str, int]
    figures: list[Difference] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        return 1 if self.put_back.differences or self.figures else 0


def _options() -> argparse.Namespace:
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="scripts/restore.sh", description=__doc__, formatter_class=layout
    )
    copies.add_file(parser)
    parser.add_argument("--force", action="store_true", help="drop what the database holds")
    parser.add_argument(
        "--revoke-keys", action="store_true", help="those too that nobody had revoked by then"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args()
    chosen.file = copies.place(chosen)
    return chosen


@command.told
def main() -> int:
    """The exit code, as above."""
    chosen, started, steps = _options(), time.monotonic(), ["beginning"]
    interruption.listen()
    try:
        with command.step_by_step() as show:

            def tell(step: str) -> None:
                steps.append(step)
                show(step)

            tell("checking the file")
            made = manifest.of_whole(chosen.file)
            with _settings() as environ:
                restored = _restore(chosen, made, environ, tell)
    except (EmbeddedError, CannotCopy) as error:
        command.say(str(error))
        return command.CANNOT_RUN
    except Interrupted as interrupted:
        command.say(f"{interrupted} while {steps[-1]}")
        return interrupted.exit_code
    _print(restored, time.monotonic() - started, as_json=chosen.json)
    return restored.exit_code


@contextmanager
def _settings() -> Iterator[Mapping[str, str]]:
    """Those of this process, or of an embedded database that is started for the occasion."""
    try:
        Config.from_environment(os.environ)
    except ConfigError:
        if os.environ.get("DATABASE_URL"):
            raise
        with offline.settings(os.environ) as found:
            yield found
    else:
        yield os.environ


def _restore(
    chosen: argparse.Namespace,
    made: Manifest,
    environ: Mapping[str, str],
    tell: Callable[[str], None],
) -> Restored:
    config = Config.from_environment(environ)
    database = copies.database(config)
    done = put_back.put_back(database, chosen.file, made, force=chosen.force, listener=tell)
    tell("bringing the schema up to date")
    restored.migrate(config)
    tell("ending sessions, codes and mails")
    gone = ended.end(database, revoke_keys=chosen.revoke_keys)
    tell("making cached answers old, checking figures")
    return Restored(done, gone, restored.figures(config))


def _print(restored: Restored, seconds: float, *, as_json: bool) -> None:
    made = restored.put_back.manifest
    if as_json:
        said = {
            "taken_at": made.taken_at, "tables": len(made.tables), "rows": made.rows,
            "differences": restored.put_back.differences, "ended": restored.ended,
            "figures": [f"{row.check}: {row.what}" for row in restored.figures],
            "seconds": seconds,
        }  # fmt: skip
        print(json.dumps(said))
        return
    print(f"{len(made.tables)} tables, {made.rows} rows, taken at {made.taken_at}; {seconds:.1f} s")
    _print_ended(restored)
    for difference in restored.put_back.differences:
        print(f"differs: {difference}")
    if restored.figures:
        print(reconcile.as_table(restored.figures))
    if restored.exit_code == 0:
        print("Everything else is as it was.")


def _print_ended(restored: Restored) -> None:
    rows = restored.ended
    print(
        f"ended: {rows['sessions']} sessions, {rows['one_time_tokens']} unused codes,"
        f" {rows['procrastinate_jobs']} waiting mails, {rows['api_keys']} API keys"
    )
    print(
        f"Passwords and API keys are as of {restored.put_back.manifest.taken_at}: those that were"
        " changed or revoked since work again. --revoke-keys revokes all keys."
    )


if __name__ == "__main__":
    raise SystemExit(main())
