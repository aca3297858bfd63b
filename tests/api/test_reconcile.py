"""The rollups follow every legal move; whatever differs is found, named and repaired."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from src.database import db
from src.models import Application
from src.ops import exercise, reconcile
from tests import warm
from tests.factories import make_application, make_company, make_job

PLANTED = {
    "application_counts": "UPDATE application_counts SET applications = applications + 1",
    "company_days": "UPDATE company_days SET applications = 0 WHERE applications > 0",
    "job_counters": "UPDATE job_counters SET bookmarks = 7",
}
DERIVED = {
    "status": "'offered'",
    "furthest_stage": "5",
    "first_response_at": "now()",
    "hired_at": "now()",
}


def found() -> list[tuple[str, str]]:
    return [(row.check, row.what) for row in reconcile.differences()]


def plant(statement: str) -> None:
    db.session.execute(text(statement))
    db.session.commit()


@pytest.fixture
def application(owner_app: Flask) -> Application:
    """One application under review, everything else right."""
    application = make_application(make_job(), status="under_review")
    db.session.commit()
    return application


def test_random_legal_moves_leave_no_difference(owner_app: Flask) -> None:
    assert exercise.Exercise(seed=42, people=25).run(300) >= 300
    assert found() == []


@pytest.mark.parametrize("moves", [1, 30])
def test_an_exercise_makes_as_many_moves_as_it_is_asked_for(owner_app: Flask, moves: int) -> None:
    assert [exercise.Exercise(seed, people=20).run(moves) for seed in range(4)] == [moves] * 4


@pytest.mark.parametrize("check", PLANTED)
def test_a_wrong_rollup_is_found_and_repaired(application: Application, check: str) -> None:
    plant(PLANTED[check])
    assert {name for name, _ in found()} == {check}
    reconcile.repair()
    assert found() == []


def test_a_missing_rollup_is_found_and_repaired(application: Application) -> None:
    plant("DELETE FROM application_counts; DELETE FROM company_days; DELETE FROM job_counters")
    assert {name for name, _ in found()} == set(PLANTED)
    reconcile.repair()
    assert found() == []


@pytest.mark.parametrize("column", DERIVED)
def test_a_wrong_derived_column_is_found_and_repaired(
    application: Application, column: str
) -> None:
    plant(
        "ALTER TABLE applications DISABLE TRIGGER USER;"
        f"UPDATE applications SET {column} = {DERIVED[column]};"
        "ALTER TABLE applications ENABLE TRIGGER USER"
    )
    assert ("applications", f"application {application.id} {column}") in found()
    reconcile.repair()
    assert found() == []


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DELETE FROM job_search", "missing"),
        ("UPDATE job_search SET head = ''", ""),
    ],
)
def test_a_wrong_read_model_is_found_and_repaired(
    application: Application, statement: str, says: str
) -> None:
    plant(statement)
    assert [(row.check, row.found) for row in reconcile.differences()] == [("job_search", says)]
    reconcile.repair()
    assert found() == []


def test_a_job_that_waits_for_the_rebuild_is_not_wrong(application: Application) -> None:
    plant("UPDATE job_search SET head = '', form = form - 1")
    assert found() == []


def test_a_job_that_should_not_be_listed_is_found_and_removed(owner_app: Flask) -> None:
    job = make_job(make_company())
    db.session.commit()
    plant(
        "ALTER TABLE jobs DISABLE TRIGGER USER; UPDATE jobs SET status = 'closed';"
        "ALTER TABLE jobs ENABLE TRIGGER USER"
    )
    assert found() == [("job_search", f"job {job.id}")]
    reconcile.repair()
    assert found() == []


def test_a_repair_leaves_versions_and_logs_alone(application: Application) -> None:
    written = text("SELECT max(version), (SELECT count(*) FROM application_log) FROM applications")
    before = db.session.execute(written).one()
    plant(PLANTED["company_days"])
    reconcile.repair()
    assert db.session.execute(written).one() == before


def test_the_table_names_each_difference(application: Application) -> None:
    plant(PLANTED["job_counters"])
    table = reconcile.as_table(reconcile.differences())
    assert f"job {application.job_id} bookmarks" in table
    assert table.splitlines()[0].split() == ["CHECK", "WHAT", "FOUND", "EXPECTED"]


def test_the_exercise_keeps_off_a_database_in_use(application: Application) -> None:
    assert not exercise.is_safe(embedded=False)
    assert exercise.is_safe(embedded=True)


def script(
    app: Flask, root: Path, *options: str, way: Any = warm
) -> subprocess.CompletedProcess[str]:
    config = app.config["TALENTSPHERE"]
    environment = {
        "DATABASE_URL": config.database_url.replace("+psycopg2", ""),
        "SECRET_KEY": config.secret_key,
        "TALENTSPHERE_DATA_DIR": str(config.data_dir),
    }
    command = [sys.executable, "-m", "scripts.reconcile", *options]
    done: subprocess.CompletedProcess[str] = way.run(
        command, cwd=root, env=environment, check=False, capture_output=True, text=True
    )
    return done


def test_the_script_says_by_its_exit_whether_there_are_differences(
    owner_app: Flask, application: Application, root: Path
) -> None:
    assert script(owner_app, root, way=subprocess).returncode == 0
    plant(PLANTED["company_days"])
    told = script(owner_app, root, "--json")
    assert told.returncode == 1
    assert [row["check"] for row in json.loads(told.stdout)] == ["company_days"]
    assert script(owner_app, root, "--fix").returncode == 0
    assert script(owner_app, root).stdout == "No differences.\n"
