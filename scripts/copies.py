"""What scripts/backup.sh and scripts/restore.sh have in common."""

import argparse
import signal
from pathlib import Path
from typing import Any

from src.config import Config
from src.embedded import process
from src.ops.backup import server
from src.ops.backup.server import Server


def add_file(parser: argparse.ArgumentParser, **settings: Any) -> None:
    """The argument FILE, to be read by `place`."""
    parser.add_argument("file", type=Path, **settings)
    # The shell script works in the folder of the code, and says where it was called.
    parser.add_argument("--called-in", type=Path, default=Path(), help=argparse.SUPPRESS)


def place(chosen: argparse.Namespace) -> Path:
    """FILE, as whoever gave the command means it."""
    found: Path = chosen.called_in / chosen.file
    return found.absolute()


def database(config: Config) -> Server:
    """The database to copy; the programs that do it end with this process, even when it is killed.

    Raises CannotCopy.
    """
    return server.of(config, process.follower(signal.SIGTERM))
