"""Write the bill of materials, CycloneDX 1.6 as JSON: python -m scripts.sbom [FILE].

Every requirement that is locked, with the hashes of its files and, where it is installed, its
licence. Exit codes: 0 complete, 1 something is installed that is not locked, or is locked without
hashes, or names no licence: it is told, and the document is written all the same; 2 it could not
be written.
"""

import argparse
import hashlib
import json
import re
import sys
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from src.utils import clock
from src.version import VERSION

ROOT = Path(__file__).parents[1]
# The first is what serves; the others check and measure it.
LOCKED = ("requirements.txt", "requirements-dev.txt", "requirements-benchmark.txt")
# What an environment begins with.
OF_PYTHON = {"pip", "setuptools", "wheel"}
_PIN = re.compile(r"([A-Za-z0-9._-]+)==([^\s;]+)(?:\s*;\s*(.+?))?\s*\\?")
_HASH = re.compile(r"\s+--hash=sha256:([0-9a-f]{64})\s*\\?")


@dataclass(slots=True)
class Locked:
    """One version of one package: its published files by SHA-256, and the lists that hold it."""

    name: str
    version: str
    marker: str | None = None
    hashes: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)

    @property
    def purl(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code, as above."""
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m scripts.sbom", description=__doc__, formatter_class=layout
    )
    parser.add_argument("file", type=Path, nargs="?", help="(default: standard output)")
    chosen = parser.parse_args(arguments)
    rows = locked({name: (ROOT / name).read_text() for name in LOCKED})
    written = json.dumps(document(rows), indent=2, ensure_ascii=False)
    if chosen.file:
        try:
            chosen.file.write_text(written + "\n")
        except OSError as error:
            print(f"sbom: {error}", file=sys.stderr)
            return 2
        print(f"{chosen.file}: {len(rows)} components")
    else:
        print(written)
    wrong = list(missing(rows, installed()))
    print("\n".join(wrong), end="\n" if wrong else "", file=sys.stderr)
    return 1 if wrong else 0


def locked(texts: dict[str, str]) -> list[Locked]:
    """The requirements of these lists, by name; what several hold is there once."""
    found: dict[str, Locked] = {}
    for name, text in texts.items():
        for row in _pins(text):
            known = found.setdefault(row.purl, row)
            known.lists.append(name)
    return [found[purl] for purl in sorted(found)]


def _pins(text: str) -> Iterator[Locked]:
    row: Locked | None = None
    for line in text.splitlines():
        if pin := _PIN.fullmatch(line):
            if row:
                yield row
            row = Locked(normalised(pin[1]), pin[2], pin[3])
        elif row and (match := _HASH.fullmatch(line)):
            row.hashes.append(match[1])
    if row:
        yield row


def normalised(name: str) -> str:
    """A package's name as it is compared: PyPA's rule."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed() -> dict[str, str]:
    """The version of each package of this environment, by normalised name."""
    return {normalised(one.name): one.version for one in metadata.distributions()}


def missing(rows: Iterable[Locked], here: dict[str, str]) -> Iterator[str]:
    """What the document cannot answer for, a line each."""
    known = {(row.name, row.version) for row in rows}
    for name, version in sorted(here.items()):
        if name not in OF_PYTHON and (name, version) not in known:
            yield f"{name} {version} is installed and not locked"
    for row in rows:
        if not row.hashes:
            yield f"{row.name} {row.version} is locked without hashes"
        if here.get(row.name) == row.version and not licences(row):
            yield f"{row.name} {row.version} names no licence"


def licences(row: Locked) -> list[dict[str, Any]]:
    """As CycloneDX writes them; none where another version is installed, or nothing."""
    try:
        about = metadata.metadata(row.name)
    except metadata.PackageNotFoundError:
        return []
    if about["Version"] != row.version:
        return []
    if "License-Expression" in about:
        return [{"expression": about["License-Expression"]}]
    classes = [name for name in about.get_all("Classifier") or [] if name.startswith("License ::")]
    names = [name.rpartition(" :: ")[2] for name in classes]
    # Some write the whole text there; its first line names it.
    first = "".join(about.get_all("License") or []).strip().partition("\n")[0]
    return [{"license": {"name": name}} for name in names or ([first] if first else [])]


def document(rows: Sequence[Locked]) -> dict[str, Any]:
    """The bill of materials."""
    own = f"pkg:generic/talentsphere@{VERSION}"
    mark = hashlib.sha256("".join(row.purl + "".join(row.hashes) for row in rows).encode())
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.UUID(bytes=mark.digest()[:16], version=4).urn,
        "version": 1,
        "metadata": {
            "timestamp": clock.now().isoformat(timespec="seconds"),
            "component": {
                "type": "application", "name": "talentsphere", "version": VERSION, "bom-ref": own,
            },
        },
        "components": [_component(row) for row in rows],
    }  # fmt: skip


def _component(row: Locked) -> dict[str, Any]:
    about = [{"name": "talentsphere:list", "value": name} for name in row.lists]
    if row.marker:
        about.append({"name": "talentsphere:where", "value": row.marker})
    made: dict[str, Any] = {
        "type": "library", "bom-ref": row.purl, "purl": row.purl, "name": row.name,
        "version": row.version,
        "scope": "required" if LOCKED[0] in row.lists else "excluded",
        # Of each file that may be installed: wheels by platform, and the source.
        "hashes": [{"alg": "SHA-256", "content": one} for one in row.hashes],
        "properties": about,
    }  # fmt: skip
    if known := licences(row):
        made["licenses"] = known
    return made


if __name__ == "__main__":
    raise SystemExit(main())
