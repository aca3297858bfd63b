"""No index is declared without a statement of the application that it serves."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from src.config import Config
from src.database import Base, db
from src.embedded.layout import Layout
from src.ops.indexes import command, explain
from src.ops.indexes.explain import USES, Proof
from src.queries import caller as caller_queries
from src.services import search_index
from tests.ops.conftest import connected, spare_database
from tests.ops.volume import ROWS

DECLARED = {index.name for table in Base.metadata.sorted_tables for index in table.indexes}


@pytest.fixture(scope="module")
def proofs(layout: Layout, shared_app: Flask, config: Config) -> Iterator[dict[str, Proof]]:
    """The proof of each use, on some thousand rows."""
    with spare_database(layout, shared_app, config), connected(layout) as cursor:
        for statement in ROWS:
            cursor.execute(statement)
        search_index.count_words()
        # Else the newest words are in no tree of their index yet, and dear to search.
        cursor.execute("VACUUM ANALYZE")
        yield {proof.index: proof for proof in explain.prove()}


def test_each_index_has_its_use_and_each_use_its_index() -> None:
    assert USES.keys() == DECLARED


@pytest.mark.long
@pytest.mark.parametrize("index", sorted(USES))
def test_the_index_serves_the_statement_it_is_there_for(
    proofs: dict[str, Proof], index: str
) -> None:
    assert proofs[index].node is not None, proofs[index].plan


def test_the_statement_that_tells_who_asks_is_proved_by_what_its_function_runs(app: Flask) -> None:
    source = "SELECT prosrc FROM pg_proc WHERE proname = 'caller_by_session'"
    inside = str(caller_queries.INSIDE_BY_SESSION).replace(":hash", "hash").strip()
    assert f"BEGIN RETURN QUERY {inside}; END".split() == db.session.scalar(text(source)).split()


@pytest.mark.long
def test_of_few_rows_nothing_is_told(proofs: dict[str, Proof]) -> None:
    seen = proofs["ix_jobs_expiry"]
    assert (seen.rows, seen.verdict) == (3000, "chosen")
    assert dataclasses.replace(seen, node=None).verdict == "not_used"
    assert dataclasses.replace(seen, node=None, rows=999).verdict == "too_few_rows"


@pytest.mark.long
def test_most_are_chosen_freely_already_on_thousands_of_rows(proofs: dict[str, Proof]) -> None:
    forced = {name: proof.pressure for name, proof in proofs.items() if proof.pressure}
    assert len(forced) <= 5, forced


@pytest.fixture
def of_another(monkeypatch: pytest.MonkeyPatch) -> str:
    """An index whose use asks for something else."""
    monkeypatch.setitem(USES, "ix_jobs_expiry", USES["ix_sessions_user"])
    return "ix_jobs_expiry"


@pytest.mark.long
def test_an_index_that_its_statement_does_not_need_is_told(
    proofs: dict[str, Proof], of_another: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.prove(as_json=False) == 1
    shown = capsys.readouterr().out
    assert [line for line in shown.splitlines() if of_another in line and "not used" in line]
    assert shown.count("not used") == 1


@pytest.mark.long
def test_explaining_leaves_nothing_behind(proofs: dict[str, Proof]) -> None:
    state = text("""
SELECT (SELECT count(*) FROM one_time_tokens), (SELECT count(*) FROM rate_windows),
       (SELECT count(*) FROM jobs), to_regclass('import_rows'),
       current_setting('enable_seqscan')""")
    before = db.session.execute(state).one()
    explain.prove()
    assert db.session.execute(state).one() == before


def test_the_page_on_indexes_has_a_line_for_each(root: Path) -> None:
    page = (root / "docs/indexes.md").read_text()
    assert [name for name in sorted(DECLARED) if f"`{name}`" not in page] == []
