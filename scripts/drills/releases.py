"""The code as it was before a migration, from the repository's history."""

import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

from scripts.drills.served import CannotDrill

VERSIONS = "migrations/versions"


def migrations(root: Path) -> list[str]:
    """The revisions of the code in `root`, oldest first."""
    return sorted(path.name[:4] for path in (root / VERSIONS).glob("[0-9]*_*.py"))


def unpack_before(root: Path, base: str, folder: Path) -> str:
    """Write the newest code whose newest migration is `base` into `folder`; its commit.

    Raises CannotDrill when the history has none, or there is no history.
    """
    for commit in _git(root, "rev-list", "HEAD").decode().split():
        listed = _git(root, "ls-tree", "--name-only", commit, f"{VERSIONS}/").decode().splitlines()
        numbers = [Path(name).name[:4] for name in listed]
        if max((number for number in numbers if number.isdecimal()), default="") == base:
            archive = _git(root, "archive", "--format=tar", commit)
            with tarfile.open(fileobj=BytesIO(archive)) as packed:
                packed.extractall(folder, filter="data")
            return commit
    raise CannotDrill(f"no commit in this history has {base} as its newest migration")


def _git(root: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)
    except FileNotFoundError:
        raise CannotDrill("git is not installed: apt-get install git") from None
    if done.returncode != 0:
        words = done.stderr.decode(errors="replace").strip()
        raise CannotDrill(f"the history cannot be read: {words}")
    return done.stdout
