"""Importing files of postings: what is made, changed, told apart, refused and survived."""

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from src.config import Config
from src.database import db
from src.ops import job_import as import_command
from src.services import job_import
from src.services.job_import import Report
from tests.factories import rows

JOBS = "SELECT external_id, title, status, version FROM jobs ORDER BY id"


def posting(number: int = 1, **fields: Any) -> dict[str, Any]:
    given = {
        "source": "board",
        "source_id": str(number),
        "title": f"Night nurse {number}",
        "company": "Harbour Clinic",
        "location": "Bergen, Norway",
        "description": f"You care for ward {number}.",
    }
    return given | fields


def lines(*postings: dict[str, Any] | str) -> list[bytes]:
    return [(row if isinstance(row, str) else json.dumps(row)).encode() for row in postings]


def imported(*postings: dict[str, Any] | str, dry_run: bool = False) -> Report:
    """The report at the end, of rows handed over as lines."""
    report = list(job_import.run(lines(*postings), dry_run=dry_run))[-1]
    db.session.rollback()
    return report


def written(path: Path, postings: Iterable[dict[str, Any] | str]) -> Path:
    path.write_bytes(b"\n".join(lines(*postings)))
    return path


def found(app: Flask, words: str) -> list[str]:
    body = app.test_client().get("/api/v1/jobs", query_string={"q": words}).get_json()
    return [job["title"] for job in body["items"]]


def environment(app: Flask) -> dict[str, str]:
    config: Config = app.config["TALENTSPHERE"]
    return os.environ | {
        "DATABASE_URL": config.database_url,
        "MIGRATION_DATABASE_URL": config.migration_database_url,
        "REDIS_URL": config.redis_url or "",
        "SECRET_KEY": config.secret_key,
        "TALENTSPHERE_EMBEDDED": "1",
        "LOG_LEVEL": "ERROR",
    }


def command(app: Flask, path: Path, *options: str) -> subprocess.Popen[str]:
    """The command as an operator runs it, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "scripts.import_jobs", str(path), *options],
        env=environment(app), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def figures(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    told: dict[str, Any] = json.loads(out)
    return told


def wait_for_jobs() -> None:
    """Until another process has committed a batch."""
    deadline = time.monotonic() + 60
    while not rows("SELECT 1 FROM jobs LIMIT 1"):
        db.session.rollback()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    db.session.rollback()


@pytest.fixture
def killed() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that are gone at the end, whatever the test says."""
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


def test_an_imported_job_is_found_at_once(owner_app: Flask, committed: Flask) -> None:
    imported(posting(title="Tuba tuner"))
    assert found(committed, "tuba tuner") == ["Tuba tuner"]


def test_a_second_run_leaves_everything_unchanged(owner_app: Flask) -> None:
    imported(posting(1), posting(2))
    before = rows(JOBS)
    report = imported(posting(1), posting(2))
    assert (report.unchanged, report.created, report.updated) == (2, 0, 0)
    assert rows(JOBS) == before


def test_a_changed_row_updates_its_job_alone(owner_app: Flask) -> None:
    imported(posting(1), posting(2))
    report = imported(posting(1, title="Day nurse"), posting(2))
    assert (report.updated, report.unchanged) == (1, 1)
    assert [(row.title, row.version) for row in rows(JOBS)] == [
        ("Day nurse", 2),
        ("Night nurse 2", 1),
    ]


def test_a_changed_row_is_found_by_its_new_words(owner_app: Flask, committed: Flask) -> None:
    imported(posting(title="Tuba tuner"))
    imported(posting(title="Harp maker"))
    assert found(committed, "harp maker") == ["Harp maker"]
    assert found(committed, "tuba") == []


@pytest.mark.parametrize("status", ["closed", "expired", "paused"])
def test_an_update_leaves_the_status_alone(owner_app: Flask, status: str) -> None:
    imported(posting())
    db.session.execute(db.text("UPDATE jobs SET status = :status"), {"status": status})
    db.session.commit()
    assert imported(posting(title="Day nurse")).updated == 1
    assert [(row.title, row.status) for row in rows(JOBS)] == [("Day nurse", status)]


def test_the_first_of_two_rows_with_one_id_is_taken(owner_app: Flask) -> None:
    report = imported(posting(1), posting(1, title="Day nurse"))
    assert (report.created, report.repeated) == (1, 1)
    assert [row.title for row in rows(JOBS)] == ["Night nurse 1"]


def test_the_same_posting_under_another_id_is_a_repeat_in_the_file(owner_app: Flask) -> None:
    report = imported(posting(1), posting(1, source_id="other"))
    assert (report.created, report.repeated) == (1, 1)


def test_the_same_posting_under_another_id_is_a_repeat_in_the_database(owner_app: Flask) -> None:
    imported(posting(1))
    report = imported(posting(1, source_id="other"))
    assert (report.created, report.repeated) == (0, 1)
    assert [row.external_id for row in rows(JOBS)] == ["board:1"]


def test_the_same_id_at_two_companies_is_two_jobs(owner_app: Flask) -> None:
    assert imported(posting(1), posting(1, company="Fjord Clinic")).created == 2


def test_a_refused_row_is_told_by_line_and_reason_and_loses_no_other(owner_app: Flask) -> None:
    report = imported(posting(1), "{broken", posting(2, title=None, description=None), posting(3))
    assert report.refusals == [(2, "not valid JSON"), (3, "no title and no text")]
    assert (report.created, report.refused, report.rows) == (2, 2, 4)


def test_an_empty_line_is_no_row_but_has_a_number(owner_app: Flask) -> None:
    report = imported("", posting(1), "  ", "[]")
    assert (report.rows, report.refusals) == (2, [(4, "not a JSON object")])


def test_a_dry_run_counts_and_writes_nothing(owner_app: Flask) -> None:
    report = imported(posting(1), posting(2), dry_run=True)
    assert (report.created, report.companies_created) == (2, 1)
    assert rows("SELECT 1 FROM jobs UNION ALL SELECT 1 FROM companies") == []


def test_the_words_are_counted_after_the_last_batch(owner_app: Flask, tmp_path: Path) -> None:
    path = written(tmp_path / "jobs.jsonl", [posting(title="Tuba tuner")])
    import_command.run(path, dry_run=False, as_json=True)
    assert rows("SELECT in_doc, in_head FROM lexemes WHERE word = 'tuba'") == [(1, 1)]


def test_a_dry_run_counts_no_words(owner_app: Flask, tmp_path: Path) -> None:
    path = written(tmp_path / "jobs.jsonl", [posting()])
    import_command.run(path, dry_run=True, as_json=True)
    assert rows("SELECT 1 FROM lexemes") == []


def test_a_row_without_text_becomes_a_job(owner_app: Flask) -> None:
    assert imported(posting(description=None)).created == 1
    assert [row.description for row in rows("SELECT description FROM jobs")] == [""]


def test_rows_without_text_are_told_apart_by_their_place(owner_app: Flask) -> None:
    bergen, oslo = (
        posting(number, title="Nurse", description=None, location=place)
        for number, place in enumerate(["Bergen", "Oslo"])
    )
    assert imported(bergen, oslo).created == 2


def test_a_long_title_is_kept_whole(owner_app: Flask) -> None:
    title = ("Senior specialist nurse " * 11)[:246].strip()
    imported(posting(title=title))
    assert [row.title for row in rows(JOBS)] == [title]


def test_a_company_in_other_case_is_the_same(owner_app: Flask) -> None:
    report = imported(posting(1), posting(2, company="HARBOUR CLINIC"))
    assert report.companies_created == 1
    assert imported(posting(3, company="harbour clinic")).companies_created == 0
    assert rows("SELECT name, slug FROM companies") == [("Harbour Clinic", "harbour-clinic")]


@pytest.mark.parametrize("name", ["ሐመረ ብርሃን", "東京看護", "605"])
def test_a_name_without_latin_letters_gets_a_slug_with_one(owner_app: Flask, name: str) -> None:
    imported(posting(company=name))
    (company,) = rows("SELECT name, slug FROM companies")
    assert company.name == name
    assert re.fullmatch(r"[a-z0-9-]*[a-z][a-z0-9-]*", company.slug)


def test_two_names_that_would_share_a_slug_get_two(owner_app: Flask) -> None:
    imported(posting(1, company="Fjord & Co"), posting(2, company="Fjord, Co."))
    slugs = [row.slug for row in rows("SELECT slug FROM companies")]
    assert len(set(slugs)) == 2


def test_the_report_as_json_is_one_object_with_every_count(
    owner_app: Flask, committed: Flask, tmp_path: Path
) -> None:
    imported(posting(1), posting(2))
    changed = posting(2, title="Day nurse", employment_type="odd")
    path = written(
        tmp_path / "jobs.jsonl", [posting(1), changed, posting(3), posting(3), "nothing"]
    )
    told = figures(command(committed, path, "--json"))
    assert told.pop("seconds") > 0
    assert told == {
        "rows": 5, "created": 1, "updated": 1, "unchanged": 1, "repeated": 1, "refused": 1,
        "companies_created": 0, "dry_run": False, "notes": {"employment_type not known": 1},
        "refusals": [{"line": 5, "reason": "not valid JSON"}],
    }  # fmt: skip


def test_the_report_for_people_names_counts_and_refusals(
    owner_app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path / "jobs.jsonl", [posting(), "nothing"])
    assert import_command.run(path, dry_run=False, as_json=False) == 0
    out = capsys.readouterr().out
    assert re.search(r"created\s+│\s+1 ", out)
    assert "line 2: refused, not valid JSON" in out


def test_a_compressed_file_is_read(owner_app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "jobs.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(lines(posting(1), posting(2)))))
    assert import_command.run(path, dry_run=False, as_json=True) == 0
    assert len(rows(JOBS)) == 2


def test_a_file_cut_short_keeps_what_was_read_and_exits_with_2(
    owner_app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "jobs.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(lines(*map(posting, range(3_000)))))[:-200])
    assert import_command.run(path, dry_run=False, as_json=True) == 2
    assert str(path) in capsys.readouterr().err
    assert len(rows(JOBS)) % job_import.BATCH == 0


def test_a_missing_file_exits_with_2(committed: Flask, tmp_path: Path) -> None:
    process = command(committed, tmp_path / "none.jsonl")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "none.jsonl" in err


def test_a_killed_import_is_finished_by_running_it_again(
    owner_app: Flask, committed: Flask, tmp_path: Path, killed: list[subprocess.Popen[str]]
) -> None:
    path = written(tmp_path / "jobs.jsonl", map(posting, range(5_000)))
    killed.append(command(committed, path))
    wait_for_jobs()
    killed[0].send_signal(signal.SIGKILL)
    killed[0].wait()
    there = rows("SELECT count(*) FROM jobs")[0].count
    db.session.rollback()
    told = figures(command(committed, path, "--json"))
    assert 0 < there < 5_000
    assert (told["unchanged"], told["created"]) == (there, 5_000 - there)
    assert rows("SELECT count(*), count(DISTINCT external_id) FROM jobs") == [(5_000, 5_000)]


def test_two_imports_at_once_make_each_job_once(
    owner_app: Flask, committed: Flask, tmp_path: Path
) -> None:
    path = written(tmp_path / "jobs.jsonl", map(posting, range(2_500)))
    both = [command(committed, path, "--json") for _ in range(2)]
    told = [figures(process) for process in both]
    assert sum(one["created"] for one in told) == 2_500
    assert sum(one["unchanged"] for one in told) == 2_500
    assert rows("SELECT count(*), count(DISTINCT external_id) FROM jobs") == [(2_500, 2_500)]
