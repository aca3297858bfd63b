"""A database to begin from, instead of one that each run makes and migrates by itself.

TALENTSPHERE_PREPARED names the data folder of a stopped instance of this release, whose database
has the schema and nobody's rows: the tests start many servers, and each would spend ten seconds on
the same migrations.
"""

import os
import shutil
from pathlib import Path

VARIABLE = "TALENTSPHERE_PREPARED"
DATABASE = "postgres"


def begin_in(data_dir: Path) -> None:
    """Copy its database into a data folder that has none, if one is named."""
    folder = os.environ.get(VARIABLE)
    if folder and not (data_dir / DATABASE).exists():
        shutil.copytree(Path(folder) / DATABASE, data_dir / DATABASE)
