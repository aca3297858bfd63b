"""Where the servers of the tests lie: in memory, where there is room for them.

Forty clusters of a hundred megabytes are made and thrown away; on a disk that takes a fifth of the
processor's time.
"""

import os
import shutil
import tempfile
from pathlib import Path

import psutil
import pytest

MEMORY = Path("/dev/shm")
PREFIX = "talentsphere-tests-"
# Less than two lie there at the most; what else the machine does keeps the rest.
NEEDED_BYTES = 8 * 1024**3


def pytest_configure(config: pytest.Config) -> None:
    """Before any process of the tests is started; whoever names a place keeps it."""
    is_named = "TMPDIR" in os.environ or config.getoption("basetemp")
    if is_named or hasattr(config, "workerinput") or not has_room():
        return
    clear()
    folder = MEMORY / f"{PREFIX}{os.getpid()}"
    folder.mkdir(mode=0o700)
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = None
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def has_room() -> bool:
    """Whether both the folder and the machine have room."""
    if not os.access(MEMORY, os.W_OK):
        return False
    free = min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available)
    return free >= NEEDED_BYTES


def clear() -> None:
    """Remove what killed runs left behind."""
    for folder in MEMORY.glob(f"{PREFIX}[0-9]*"):
        if not psutil.pid_exists(int(folder.name.removeprefix(PREFIX))):
            # Another run may be removing it just now.
            shutil.rmtree(folder, ignore_errors=True)
