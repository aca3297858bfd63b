"""The bill of materials answers for everything that is locked and everything that is installed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from scripts import sbom

RUNNING = ("flask", "redis", "psycopg2-binary", "gunicorn", "orjson", "valkey", "pytest", "ruff")
LISTS = ["requirements.txt", "requirements-dev.txt", "requirements-benchmark.txt"]


@pytest.fixture
def written(tmp_path: Path) -> dict[str, Any]:
    """The document, as the command writes it."""
    assert sbom.main([str(tmp_path / "bom.json")]) == 0
    made: dict[str, Any] = json.loads((tmp_path / "bom.json").read_text())
    return made


def test_it_covers_every_locked_requirement_with_every_hash(
    root: Path, written: dict[str, Any]
) -> None:
    lines = "\n".join((root / name).read_text() for name in LISTS)
    pinned = {line.split()[0].lower() for line in lines.splitlines() if re.match(r"\w", line)}
    rows = written["components"]
    assert {f"{row['name']}=={row['version']}" for row in rows} == pinned
    hashes = {one["content"] for row in rows for one in row["hashes"]}
    assert hashes == set(re.findall(r"sha256:([0-9a-f]{64})", lines))


def test_it_tells_what_serves_from_what_checks(written: dict[str, Any]) -> None:
    scopes = {row["name"]: row["scope"] for row in written["components"]}
    assert (scopes["flask"], scopes["pytest"]) == ("required", "excluded")


def test_it_names_the_licence_of_what_is_installed(written: dict[str, Any]) -> None:
    licences = {row["name"]: row.get("licenses") for row in written["components"]}
    assert licences["sqlalchemy"] == [{"expression": "MIT"}]
    assert all(licences[row["name"]] for row in written["components"] if row["name"] in RUNNING)


def test_what_is_installed_and_not_locked_is_told() -> None:
    rows = sbom.locked({"requirements.txt": "flask==3.1.3 \\\n    --hash=sha256:" + "0" * 64})
    here = {"flask": "3.1.2", "pip": "24.0", "left-pad": "1.0"}
    assert list(sbom.missing(rows, here)) == [
        "flask 3.1.2 is installed and not locked",
        "left-pad 1.0 is installed and not locked",
    ]


def test_what_is_locked_without_hashes_is_told() -> None:
    rows = sbom.locked({"requirements.txt": "flask==0.0.1\ntzdata==0.0.1 ; sys_platform == 'x'"})
    assert [line.split(" is ")[1] for line in sbom.missing(rows, {})] == [
        "locked without hashes",
        "locked without hashes",
    ]
