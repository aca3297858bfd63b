"""The read model brought up to date: what is marked, by whom, and how a rebuild goes on."""

import json

import pytest
from flask import Flask
from sqlalchemy import text

from src.database import db
from src.ops import rebuild_search
from src.services import search_index
from src.understanding.folding import title_words
from tests.factories import make_company, make_job, rows

TITLES = [
    "Senior C++/C# Developers (m/w/d) - R&D", "Ingénieur(e) logiciel, Straße", "网络工程师 iOS",
    "Secretaries & Bosses, analysis", "Front-End UI/UX Designer", "FP&A Manager: P&L, M & A",
    "𝐒𝐞𝐧𝐢𝐨𝐫 Ａccountant", "Node.js / .NET CI/CD a/b testing", "Vendedor(a) Externo | São Paulo",
    "シニアエンジニア", "የሽያጭ ሰራተኛ - Sales", "Health-care_aide (H/F)", "", "—",
    "“Principal” Engineer – iOS… → R&D™", "Python•Java\u00a0Go\u200bRust", "Objective-C 🚀 Lead ✓",
]  # fmt: skip


@pytest.mark.parametrize("title", TITLES)
def test_titles_are_cut_alike_by_python_and_the_database(app: Flask, title: str) -> None:
    words = rows("SELECT title_words(:title) AS words", title=title)[0].words
    assert [word for word in words or [] if word] == title_words(title)


def head_of(job_id: int) -> str:
    return str(rows("SELECT head::text FROM job_search WHERE job_id = :id", id=job_id)[0].head)


def test_raw_sql_marks_jobs_as_the_service_does(app: Flask) -> None:
    job = make_job(title="Falconer")
    db.session.execute(
        text("UPDATE jobs SET title = 'RN', city = 'Denver' WHERE id = :id"), {"id": job.id}
    )
    head = head_of(job.id)
    for mark in ("role=registered nurse", "kind=nurse", "city=denver", "region=colorado"):
        assert mark in head


def outdate() -> None:
    db.session.execute(text("UPDATE job_search SET form = NULL, head = '', doc = ''"))
    db.session.commit()


def test_a_rebuild_writes_every_outdated_job(owner_app: Flask) -> None:
    company = make_company()
    for _ in range(5):
        make_job(company, title="Nurse")
    db.session.commit()
    outdate()
    assert search_index.outdated() == 5
    assert list(search_index.rebuild(size=2)) == [2, 2, 1]
    assert search_index.outdated() == 0
    assert len(rows("SELECT 1 FROM job_search WHERE head @@ '''role=nurse'''")) == 5


def test_a_rebuild_that_was_ended_goes_on_where_it_was(owner_app: Flask) -> None:
    company = make_company()
    for _ in range(5):
        make_job(company, title="Nurse")
    db.session.commit()
    outdate()
    next(search_index.rebuild(size=2))
    assert search_index.outdated() == 3
    assert sum(search_index.rebuild(size=2)) == 3


def test_jobs_that_left_meanwhile_stay_away(owner_app: Flask) -> None:
    job = make_job(title="Nurse")
    db.session.commit()
    outdate()
    db.session.execute(text("UPDATE jobs SET status = 'paused' WHERE id = :id"), {"id": job.id})
    db.session.commit()
    assert list(search_index.rebuild()) == []
    assert rows("SELECT 1 FROM job_search") == []


@pytest.mark.long
def test_changed_tables_are_loaded_and_outdate_every_job(owner_app: Flask) -> None:
    make_job(title="Nurse")
    db.session.execute(text("UPDATE search_form SET fingerprint = 'another'"))
    db.session.execute(text("DELETE FROM search_phrases WHERE phrase = 'nurse'"))
    db.session.commit()
    assert search_index.load_tables()
    assert not search_index.load_tables()
    assert search_index.outdated() == 1
    assert len(rows("SELECT 1 FROM search_phrases WHERE phrase = 'nurse'")) == 1


def test_the_command_tells_what_it_did(
    owner_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    make_job(title="Nurse")
    db.session.commit()
    outdate()
    assert rebuild_search.run(check=True, as_json=True) == 1
    assert json.loads(capsys.readouterr().out)["outdated"] == 1
    assert rebuild_search.run(check=False, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["rebuilt"] == 1
    assert rebuild_search.run(check=True, as_json=False) == 0


def test_a_live_job_whose_row_is_gone_is_counted_and_written(
    owner_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    make_job(title="Nurse")
    make_job(title="Draft", status="draft")
    db.session.execute(text("DELETE FROM job_search"))
    db.session.commit()
    assert rebuild_search.run(check=True, as_json=True) == 1
    assert json.loads(capsys.readouterr().out)["outdated"] == 1
    assert list(search_index.rebuild()) == [1]
    assert search_index.outdated() == 0
    assert len(rows("SELECT 1 FROM job_search WHERE head @@ '''role=nurse'''")) == 1


def test_words_are_collected_and_let_go(owner_app: Flask) -> None:
    jobs = [make_job(title="Falconer") for _ in range(2)]
    db.session.commit()
    search_index.collect_words()
    assert [row.jobs for row in rows("SELECT jobs FROM search_words WHERE word = 'falconer'")] == [
        2
    ]
    db.session.execute(text("UPDATE jobs SET status = 'paused' WHERE id = :id"), {"id": jobs[0].id})
    search_index.collect_words()
    assert rows("SELECT 1 FROM search_words WHERE word = 'falconer'") == []


def test_tables_that_another_process_filled_from_the_same_words_are_left_alone(app: Flask) -> None:
    """Else each rebuild would write every job anew."""
    assert not search_index.load_tables()
