"""Where data at volume is not loaded, what a cut-off run leaves, and that it is repeatable."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from flask import Flask
from sqlalchemy import text

from scripts import seed as seed_script
from src.database import db, unit_of_work
from src.ops import reconcile
from src.ops.seed import command, frame, jobs, load, workers
from src.ops.seed.command import Orders
from src.ops.seed.plan import Plan, Refused
from src.ops.seed.steps import Steps
from src.queries import seed as seed_queries
from src.utils import clock
from tests.commands import Said
from tests.factories import make_user, rows
from tests.served import is_alive

PLAN = Plan(1, int(clock.now().timestamp()) // 3600 * 3600, 120, 4, 60, 10)
TABLES = (
    "users", "companies", "memberships", "benefits", "jobs", "job_log", "job_counters",
    "applications", "notes", "bookmarks", "company_days", "application_counts",
)  # fmt: skip


def run(app: Flask, *, embedded: bool = True, **orders: bool) -> int:
    config = dataclasses.replace(app.config["TALENTSPHERE"], embedded=embedded)
    given = {"force": False, "finish": False, "as_json": True, **orders}
    return command.run(config, PLAN, Orders(**given))


def loaded(plan: Plan = PLAN) -> None:
    """The state that a run leaves which is killed before it has built the read model."""
    with unit_of_work() as work:
        load.load(work, plan, "no hash", Steps())
    db.session.remove()


def digests(plan: Plan) -> dict[str, str]:
    """Every row that the plan makes, by table, on ids that begin at one; rolled back."""
    with unit_of_work() as work:
        for table in ("users", "companies", "jobs", "applications"):
            work.session.execute(text(f"ALTER SEQUENCE {table}_id_seq RESTART"))
        load.load(work, plan, "no hash", Steps())
        made = {table: digest_of(table) for table in TABLES}
        work.session.rollback()
    return made


def digest_of(table: str) -> str:
    # Where ids are the database's own, what is not an id tells rows apart.
    row = "to_jsonb(t) - 'id'" if table in ("job_log", "notes", "benefits") else "to_jsonb(t)"
    found = rows(
        f"SELECT md5(string_agg(({row})::text, ',' ORDER BY ({row})::text)) FROM {table} t"
    )
    return str(found[0][0])


def test_the_same_seed_makes_the_same_data_and_another_does_not(owner_app: Flask) -> None:
    first = digests(PLAN)
    assert digests(PLAN) == first
    other = digests(dataclasses.replace(PLAN, seed=2))
    assert {table for table in TABLES if other[table] == first[table]} == set()


def test_processes_make_what_one_alone_makes(owner_app: Flask) -> None:
    with unit_of_work() as work:
        world = load._world(work, PLAN)
    framed = frame.make(PLAN, list(world.firms))
    chunks = [jobs.Chunk(n, n * 30, framed.cut(n * 30, n * 30 + 30)) for n in range(3)]
    together = list(workers.make(world, jobs.make, chunks))
    assert together == [jobs.make(world, chunk) for chunk in chunks]


def test_a_server_with_users_is_refused_and_forced(
    owner_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    with unit_of_work():
        email = make_user().email
    assert run(owner_app, embedded=False) == 1
    assert "--force" in capsys.readouterr().err
    assert rows("SELECT count(*) FROM users")[0][0] == 1
    assert run(owner_app, embedded=False, force=True) == 0
    assert rows("SELECT 1 FROM users WHERE email = :email", email=email)
    assert reconcile.differences() == []


def test_an_empty_server_and_an_embedded_one_with_users_are_seeded_once(
    owner_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(owner_app, embedded=False) == 0
    assert run(owner_app, force=True) == 1
    assert "has been seeded" in capsys.readouterr().err
    assert rows("SELECT count(*) FROM companies")[0][0] == PLAN.companies


def test_a_run_that_was_cut_off_is_recognised_and_finished(
    owner_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded()
    assert {row.found for row in reconcile.differences()} == {"missing"}
    assert run(owner_app) == 1
    assert "--finish" in capsys.readouterr().err
    assert run(owner_app, finish=True) == 0
    assert reconcile.differences() == []
    assert run(owner_app, finish=True) == 1
    assert "nothing is unfinished" in capsys.readouterr().err


def test_word_indexes_that_a_cut_off_run_took_away_are_built_again(owner_app: Flask) -> None:
    loaded()
    with unit_of_work() as work:
        work.session.execute(text("DROP INDEX ix_job_search_doc"))
    assert run(owner_app, finish=True) == 0
    assert rows("SELECT 1 FROM pg_class WHERE relname = 'ix_job_search_doc'")


def test_a_second_seeding_at_once_is_refused(
    owner_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    with db.engine.connect() as other:
        assert other.scalar(seed_queries.ALONE)
        assert run(owner_app) == 1
        other.detach()
    assert "another seeding" in capsys.readouterr().err
    assert run(owner_app) == 0


@pytest.fixture
def seeding(owner_app: Flask) -> Iterator[subprocess.Popen[str]]:
    """The script, loading more than a moment's worth; gone at the end."""
    config = owner_app.config["TALENTSPHERE"]
    environment = os.environ | {
        "DATABASE_URL": config.database_url, "SECRET_KEY": config.secret_key,
        "TALENTSPHERE_DATA_DIR": str(config.data_dir), "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    script = [sys.executable, "-m", "scripts.seed", "--jobs", "12000", "--applications", "0"]
    process = subprocess.Popen(
        script, env=environment, text=True, stderr=subprocess.PIPE, start_new_session=True,
        # A shell starts what runs beside it deaf to Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )  # fmt: skip
    yield process
    process.kill()
    process.communicate()


def test_a_run_killed_while_it_loads_leaves_nothing(
    owner_app: Flask, seeding: subprocess.Popen[str]
) -> None:
    copying = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'COPY jobs%'"
    wait_until(lambda: bool(rows(copying)))
    makers = psutil.Process(seeding.pid).children(recursive=True)
    seeding.send_signal(signal.SIGKILL)
    seeding.wait()
    wait_until(lambda: not rows(copying) and not any(map(is_alive, makers)))
    assert makers
    assert rows("SELECT count(*) FROM users")[0][0] == 0
    assert run(owner_app) == 0
    assert reconcile.differences() == []


def test_a_run_that_is_interrupted_while_it_loads_ends_with_a_line(
    owner_app: Flask, seeding: subprocess.Popen[str]
) -> None:
    others = psutil.Process(seeding.pid)
    wait_until(lambda: any(map(is_beginning, others.children())))
    # As a terminal does: every process of the command is told.
    os.killpg(seeding.pid, signal.SIGINT)
    _, errors = seeding.communicate(timeout=60)
    assert (seeding.returncode, errors) == (130, "seed: interrupted\n")
    assert rows("SELECT count(*) FROM users")[0][0] == 0


def is_beginning(process: psutil.Process) -> bool:
    """A maker that loads its modules: if it were told of Ctrl-C, it would say where it was."""
    loaded = Path(f"/proc/{process.pid}/maps").read_text()
    return "spawn_main" in str(process.cmdline()) and "lib-dynload" in loaded


def wait_until(condition: Any) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        db.session.rollback()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    db.session.rollback()


@pytest.mark.parametrize(
    ("figures", "says"),
    [
        ((10, 2, 0, 0), "at least 100"),
        ((100, 200, 0, 0), "--companies"),
        ((100, 2, 10, 11), "at most --applications"),
        ((100, 2, 5_000, 5_000), "ask for more --jobs"),
    ],
)
def test_figures_that_contradict_each_other_are_refused(
    figures: tuple[int, int, int, int], says: str
) -> None:
    with pytest.raises(Refused, match=says):
        Plan(1, 10**9, *figures)


@pytest.mark.parametrize(
    "options", [["--jobs", "many"], ["--until", "2999-01-01"], ["--jobs", "10"]]
)
def test_a_bad_argument_exits_with_2_and_is_named(said: Said, options: list[str]) -> None:
    code, _, errors = said(seed_script.main, *options)
    assert (code, options[0] in errors) == (2, True)
