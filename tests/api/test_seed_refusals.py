"""Where data at volume is not loaded, what a cut-off run leaves, and that it is repeatable."""

import dataclasses

import pytest
from flask import Flask
from sqlalchemy import text

from scripts import seed as seed_script
from src.database import db, unit_of_work
from src.ops import reconcile
from src.ops.seed import command, load
from src.ops.seed.command import Orders
from src.ops.seed.plan import Plan, Refused
from src.ops.seed.steps import Steps
from src.queries import locks
from src.queries.locks import Lock
from src.utils import clock
from tests.commands import Said
from tests.factories import make_user, rows

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
        assert other.scalar(locks.attempt_for_session(Lock.SEED))
        assert run(owner_app) == 1
        other.detach()
    assert "another seeding" in capsys.readouterr().err
    assert run(owner_app) == 0


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
