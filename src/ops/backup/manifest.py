"""What lies beside a dump: what it holds, and how to tell that it is whole."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from src.ops.backup.server import CannotCopy
from src.ops.backup.tables import Content

_FORM = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """Of one dump: when and of what it was taken (ISO 8601), and its size and checksum."""

    taken_at: str
    schema_version: str
    server_version: str
    file_bytes: int
    file_sha256: str
    tables: Mapping[str, Content]

    @property
    def rows(self) -> int:
        return sum(content.rows for content in self.tables.values())

    def as_values(self) -> dict[str, Any]:
        return {"form": _FORM} | asdict(self)


def place(dump: Path) -> Path:
    """Where the manifest of a dump is."""
    return dump.with_name(f"{dump.name}.manifest.json")


def read(dump: Path) -> Manifest:
    """The manifest of a dump. Raises CannotCopy when there is none that can be read."""
    if not dump.is_file():
        raise CannotCopy(f"there is no file {dump}")
    try:
        written = json.loads(place(dump).read_text())
        if written.pop("form") != _FORM:
            raise CannotCopy(f"{place(dump)} is of another form than this release reads")
        contents = {name: Content(**content) for name, content in written.pop("tables").items()}
        return Manifest(**written, tables=contents)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CannotCopy(f"no manifest can be read at {place(dump)}: {error}") from None


def of_whole(dump: Path) -> Manifest:
    """The manifest of a dump that is, byte for byte, what it was written for. Raises CannotCopy."""
    made = read(dump)
    if dump.stat().st_size != made.file_bytes or sha256(dump) != made.file_sha256:
        raise CannotCopy(f"{dump} is not what its manifest was written for: it is cut or damaged")
    return made


def sha256(path: Path) -> str:
    """The checksum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
