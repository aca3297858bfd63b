"""What is made of the shipped tables and kept: the same, and never of another release."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from src.understanding import kept, places, spelling, tables

KEPT = (
    tables.titles, tables.phrases, tables.glossary, tables.german_parts, places.gazetteer,
    spelling.vocabulary,
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where nothing is kept yet."""
    monkeypatch.setattr(kept, "_FOLDER", tmp_path / "kept")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path / "kept"


def anew(function: Any) -> Any:
    """As the next process finds it."""
    function.cache_clear()
    return function()


def counted() -> tuple[Callable[[], dict[str, int]], list[int]]:
    """Something to keep, and how often it was made."""
    made: list[int] = []

    @kept.kept(dict)
    def table() -> dict[str, int]:
        made.append(1)
        return {"a": 1}

    return table, made


@pytest.mark.parametrize("function", KEPT, ids=lambda function: function.__name__)
def test_what_is_read_is_what_was_made(function: Any, folder: Path) -> None:
    made = anew(function)
    (path,) = folder.iterdir()
    assert path.name.endswith(f".{function.__name__}.json")
    read = anew(function)
    assert read is not made
    assert (read, repr(sorted(read))) == (made, repr(sorted(made)))
    if isinstance(read, dict):
        assert list(read.items()) == list(made.items())
        assert repr(read) == repr(made)


def test_it_is_made_once_and_read_after_that(folder: Path) -> None:
    table, made = counted()
    assert anew(table) == anew(table) == {"a": 1}
    assert len(made) == 1


def test_what_was_made_of_other_code_or_tables_is_made_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, made = counted()
    anew(table)
    monkeypatch.setattr(kept, "_made_of", lambda: "something else")
    assert anew(table) == anew(table) == {"a": 1}
    assert len(made) == 2


def test_a_table_or_a_rule_that_has_changed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    table, code = tmp_path / "data" / "table.tsv", tmp_path / "rules.py"
    monkeypatch.setattr(kept, "_HERE", tmp_path)
    told = set()
    for path, content in ((table, "a"), (code, "b"), (table, "aa"), (code, "bb")):
        path.write_text(content)
        told.add(kept._made_of.__wrapped__())
    assert len(told) == 4


@pytest.mark.parametrize("content", [b"", b"[", b"{}", b"null", b"[1]", b"\xff"])
def test_a_file_that_cannot_be_read_is_made_anew(folder: Path, content: bytes) -> None:
    table, made = counted()
    anew(table)
    (path,) = folder.iterdir()
    path.write_bytes(content)
    assert anew(table) == anew(table) == {"a": 1}
    assert len(made) == 2


def test_where_nothing_can_be_written_it_is_made_again(folder: Path) -> None:
    folder.write_text("no folder")
    table, made = counted()
    assert anew(table) == anew(table) == {"a": 1}
    assert len(made) == 2
