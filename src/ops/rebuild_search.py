"""The rebuild command: loads tables, writes outdated jobs anew in batches, counts their words."""

import json
import sys
import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from src.services import search_index


def run(*, check: bool, as_json: bool) -> int:
    """Rebuild, or only look; the exit code: 1 when `check` finds outdated jobs."""
    started = time.monotonic()
    changed = False if check else search_index.load_tables()
    waiting = search_index.outdated()
    done = 0 if check else _rebuild(waiting)
    if not check:
        search_index.learn_words()
    seconds = round(time.monotonic() - started, 2)
    figures = {
        "outdated": waiting, "rebuilt": done, "tables_changed": changed, "seconds": seconds
    }  # fmt: skip
    if as_json:
        print(json.dumps(figures))
    elif check:
        print(f"{waiting:,} jobs are to be written anew." if waiting else "All jobs are current.")
    else:
        print(f"{done:,} of {waiting:,} outdated jobs written anew in {seconds:,.1f} s.")
    return 1 if check and waiting else 0


def _rebuild(waiting: int) -> int:
    done = 0
    console = Console(file=sys.stderr)
    columns = (TextColumn("rebuilding"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("rebuilding", total=waiting)
        for count in search_index.rebuild():
            done += count
            progress.update(task, completed=done)
    return done
