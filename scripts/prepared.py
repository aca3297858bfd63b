"""A database to begin from, instead of one that each run makes and migrates by itself.

TALENTSPHERE_PREPARED names the data folder of a stopped instance of this release, whose database
has the schema and nobody's rows: the tests start many servers, and each would spend ten seconds on
the same migrations.
"""

import os
import shutil
from pathlib import Path

from src.embedded.layout import Layout

VARIABLE = "TALENTSPHERE_PREPARED"


def begin_in(data_dir: Path) -> None:
    """Copy the database of the named folder, if one is named, into a data folder without one."""
    folder = os.environ.get(VARIABLE)
    if folder and not Layout(data_dir).postgres.exists():
        copy_database(Path(folder), data_dir)


def copy_database(stopped: Path, data_dir: Path) -> None:
    """From the data folder of a stopped instance."""
    shutil.copytree(Layout(stopped).postgres, Layout(data_dir).postgres)
