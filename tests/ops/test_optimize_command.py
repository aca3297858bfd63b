"""The command as an operator runs it: exit codes, JSON, and words for what is in the way."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import optimize_database
from src.config import Config
from src.embedded.layout import APP, OWNER, Layout
from tests import warm
from tests.commands import Said
from tests.ops.conftest import NAME, Sql, connected
from tests.ops.indexes import CATALOG


@pytest.fixture
def environment(spare: Flask, layout: Layout) -> dict[str, str]:
    """Settings that lead to the spare database."""
    config: Config = spare.config["TALENTSPHERE"]
    return {
        "DATABASE_URL": layout.database_url(APP, NAME),
        "MIGRATION_DATABASE_URL": layout.database_url(OWNER, NAME),
        "SECRET_KEY": config.secret_key,
        "TALENTSPHERE_DATA_DIR": str(config.data_dir),
        "LOG_LEVEL": "ERROR",
    }


def run(root: Path, environment: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "optimize_database.py", *options]
    return warm.run(command, cwd=root, env=environment, capture_output=True, text=True)


def outcomes(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    told: dict[str, Any] = json.loads(done.stdout)
    return {action["index"]: action["outcome"] for action in told["actions"]}


def test_the_exit_code_tells_what_would_be_done_and_what_is_done(
    root: Path, environment: dict[str, str], sql: Sql
) -> None:
    sound = sql(CATALOG)
    assert run(root, environment, "--dry-run").returncode == 0
    sql("DROP INDEX ix_jobs_expiry; CREATE INDEX planted ON sessions (user_id)")
    planned = run(root, environment, "--dry-run", "--json")
    assert planned.returncode == 1
    assert outcomes(planned) == {"ix_jobs_expiry": "planned", "planted": "planned"}
    done = run(root, environment, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert outcomes(done) == {"ix_jobs_expiry": "done", "planted": "done"}
    assert (run(root, environment).returncode, sql(CATALOG)) == (0, sound)


def test_people_get_a_table_and_the_statements(
    root: Path, environment: dict[str, str], sql: Sql
) -> None:
    sql("CREATE INDEX planted ON sessions (user_id)")
    shown = run(root, environment, "--dry-run").stdout
    assert "Would be mended" in shown
    assert "\nDROP INDEX CONCURRENTLY planted;\n" in shown
    shown = run(root, environment).stdout
    assert "Nothing is wrong." in shown
    # A young database has read few of its indexes: those are no hundred lines.
    assert " small ones" in shown
    assert "ix_sessions_expires" not in shown


def test_a_failure_exits_with_1_and_names_index_and_reason(
    root: Path, environment: dict[str, str], sql: Sql, layout: Layout
) -> None:
    sql("DROP INDEX ix_jobs_expiry")
    with connected(layout) as other:
        other.connection.autocommit = False
        other.execute("LOCK TABLE jobs IN SHARE UPDATE EXCLUSIVE MODE")
        done = run(root, environment, "--json", "--lock-timeout", "0.1", "--attempts", "1")
    assert done.returncode == 1
    action = json.loads(done.stdout)["actions"][0]
    assert (action["index"], action["outcome"]) == ("ix_jobs_expiry", "failed")
    assert "lock timeout" in action["reason"]


def test_each_index_is_explained_as_json(root: Path, environment: dict[str, str]) -> None:
    done = run(root, environment, "--explain", "--json")
    assert not done.stderr, done.stderr[-3000:]
    proofs = {proof["index"]: proof for proof in json.loads(done.stdout)}
    expiry = proofs["ix_jobs_expiry"]
    assert expiry["asked_by"] == "the sweep that ends what has expired"
    assert expiry["node"]["Index Name"] == "ix_jobs_expiry"
    assert {proof["verdict"] for proof in proofs.values()} <= {"chosen", "able", "too_few_rows"}
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        (("MIGRATION_DATABASE_URL", APP, NAME), "does not own"),
        (("MIGRATION_DATABASE_URL", OWNER, "postgres"), "bring the schema up to date"),
        (("MIGRATION_DATABASE_URL", OWNER, "nowhere"), 'database "nowhere" does not exist'),
    ],
)
def test_a_database_that_it_cannot_work_on_is_refused_in_words(
    root: Path,
    environment: dict[str, str],
    layout: Layout,
    setting: tuple[str, str, str],
    says: str,
) -> None:
    name, role, database = setting
    done = run(root, environment | {name: layout.database_url(role, database)})
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--lock-timeout", "0"), "argument --lock-timeout: '0' is not a number above 0"),
        (("--lock-timeout", "soon"), "argument --lock-timeout: 'soon' is not"),
        (("--attempts", "0"), "argument --attempts: '0' is not"),
        (("--dry-run", "--explain"), "not allowed with"),
    ],
)
def test_an_option_that_means_nothing_is_refused_by_its_name(
    said: Said, options: tuple[str, ...], says: str
) -> None:
    code, _, errors = said(optimize_database.main, *options)
    assert (code, says in errors) == (2, True)


def test_the_help_explains_the_exit_codes(said: Said) -> None:
    code, printed, _ = said(optimize_database.main, "--help")
    assert (code, "Exit codes: 0 nothing is wrong" in printed) == (0, True)
