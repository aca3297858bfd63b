"""The folders and files of one embedded instance, all found from its data folder."""

import hashlib
import os
import re
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from src.embedded.process import EmbeddedError

# A socket's path must fit in 108 bytes; PostgreSQL appends `/.s.PGSQL.5432`.
LONGEST_SOCKET_FOLDER = 90
# libpq reads a comma as a list of hosts; other odd characters are not worth the quoting.
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+-]+")
LARGEST_LOG_BYTES = 10_000_000
DATABASE = "talentsphere"
OWNER = "talentsphere_owner"
APP = "talentsphere_app"
SUPERUSER = "postgres"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where one instance keeps its things; two data folders share nothing."""

    data_dir: Path

    @property
    def postgres(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def cache(self) -> Path:
        return self.data_dir / "cache"

    @property
    def sockets(self) -> Path:
        """Inside the data folder, or under the temp folder where that path would not do."""
        inside = self.data_dir / "sockets"
        short = len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER
        if short and PLAIN_PATH.fullmatch(str(inside)):
            return inside
        name = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"talentsphere-{name}"

    @property
    def cache_socket(self) -> Path:
        return self.sockets / "cache.sock"

    @property
    def redis_url(self) -> str:
        return f"unix://{quote(str(self.cache_socket))}?db=0"

    def database_url(self, role: str, database: str = DATABASE) -> str:
        """The URL of a database for a role; the 0700 folder of the socket is the password."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.sockets))}"

    def log(self, name: str) -> Path:
        """The log file of a server; an overlong one is set aside once."""
        folder = self.data_dir / "logs"
        folder.mkdir(exist_ok=True, mode=0o700)
        path = folder / f"{name}.log"
        if path.exists() and path.stat().st_size > LARGEST_LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        return path

    def last_words(self, name: str) -> str:
        """The end of a server's log, for an error that names it."""
        path = self.log(name)
        lines = path.read_text(errors="replace").splitlines() if path.exists() else []
        return "\n".join((f"its log is {path}", *lines[-5:]))

    def prepare(self) -> None:
        """Make the folders, private to this user.

        Raises EmbeddedError when somebody else holds the folder for sockets.
        """
        self.data_dir.mkdir(parents=True, exist_ok=True)
        for folder in (self.sockets, self.cache):
            folder.mkdir(mode=0o700, exist_ok=True)
        if self.sockets.is_symlink() or self.sockets.stat().st_uid not in (os.geteuid(), 65534):
            raise EmbeddedError(f"{self.sockets} belongs to another user: remove it.")
        self.sockets.chmod(0o700)

    def remove_sockets(self) -> None:
        """Nothing of a stopped instance stays under the temp folder."""
        shutil.rmtree(self.sockets, ignore_errors=True)

    def secret_key(self) -> str:
        """The instance's own secret, made once, readable by this user alone."""
        path = self.data_dir / "secret_key"
        if not path.exists():
            write_private(path, secrets.token_urlsafe(48))
        return path.read_text().strip()


def write_private(path: Path, text: str) -> None:
    """Write a 0600 file so that readers see the old or the new text, never a part."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
