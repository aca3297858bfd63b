"""The command: whether it may, loading and building, and what it tells at the end."""

import json
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from src.config import Config
from src.database import db, unit_of_work
from src.ops import demo, exercise
from src.ops.seed import load, people, read_model
from src.ops.seed.plan import Plan, Refused
from src.ops.seed.steps import Steps
from src.queries import locks
from src.queries import seed as seed_queries
from src.queries.locks import Lock
from src.utils import passwords
from src.utils.cache import cache

BUSY = "another seeding is running."
IN_USE = (
    "the database has users and is not an embedded one: use --force if nobody relies on it."
)  # fmt: skip
UNFINISHED = "an earlier seeding loaded its rows and was cut off: --finish builds what is missing."
SEEDED = "the database has been seeded; start from an empty one."
FINISHED = "nothing is unfinished."


@dataclass(frozen=True, slots=True)
class Orders:
    """How the run is to behave."""

    force: bool
    finish: bool
    as_json: bool


def run(config: Config, plan: Plan, orders: Orders) -> int:
    """Load the plan's data, or finish an earlier run; the exit code."""
    steps = Steps()
    try:
        with steps.shown(), _alone():
            told = _finish(steps) if orders.finish else _seed(config, plan, orders, steps)
    except Refused as error:
        print(f"seed: {error}", file=sys.stderr)
        return 1
    told["seconds"] = {name: round(seconds, 1) for name, seconds in steps.seconds.items()}
    print(json.dumps(told)) if orders.as_json else _print(told)
    return 0


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock of seedings on a connection of its own, which a killed run lets go of."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()
        if not connection.scalar(locks.attempt_for_session(Lock.SEED)):
            raise Refused(BUSY)
        try:
            yield
        finally:
            # The server notices a closed connection a moment later.
            connection.execute(locks.let_go(Lock.SEED))


def _seed(config: Config, plan: Plan, orders: Orders, steps: Steps) -> dict[str, Any]:
    password = secrets.token_urlsafe(12)
    with unit_of_work() as work:
        work.session.execute(seed_queries.PATIENCE)
        work.session.execute(demo.ALONE)
        _require_fit(work.session, config, orders)
        world = load.load(work, plan, passwords.hash_password(password), steps)
    _build(steps)
    return {
        "counts": {
            "companies": plan.companies, "users": world.crowd.count, "jobs": plan.jobs,
            "live jobs": plan.live_jobs, "applications": plan.applications,
            "bookmarks": plan.bookmarks,
        },
        "showcase": {
            "company_id": world.ids.companies, "jobs": plan.showcase_jobs,
            "applications": plan.showcase_applications,
        },
        "accounts": [f"{name}@{people.DOMAIN}" for name in ("admin", "employer", "candidate")],
        "password": password,
    }  # fmt: skip


def _finish(steps: Steps) -> dict[str, Any]:
    if not db.session.scalar(seed_queries.IS_MARKED):
        raise Refused(FINISHED)
    _build(steps)
    return {}


def _require_fit(session: Any, config: Config, orders: Orders) -> None:
    if session.scalar(seed_queries.IS_MARKED):
        raise Refused(UNFINISHED)
    if session.scalar(seed_queries.ACCOUNTS, {"email": f"admin@{people.DOMAIN}"}):
        raise Refused(SEEDED)
    if not (orders.force or exercise.is_safe(config.embedded)):
        raise Refused(IN_USE)


def _build(steps: Steps) -> None:
    read_model.build(steps)
    with unit_of_work() as work:
        work.session.execute(seed_queries.UNMARK)
        # The rows were written past the triggers that tell the cache.
        cache.clear_all()


def _print(told: dict[str, Any]) -> None:
    console = Console()
    for title, unit in (("counts", "rows"), ("showcase", "one company"), ("seconds", "s")):
        if told.get(title):
            table = Table(title=title.capitalize())
            table.add_column(title)
            table.add_column(unit, justify="right")
            for name, figure in told[title].items():
                table.add_row(name.replace("_", " "), f"{figure:,}")
            console.print(table)
    if "password" in told:
        console.print(f"Sign in with the password {told['password']} (shown only once) as")
        for account in told["accounts"]:
            console.print(f"  {account}")
        last = people.SIGNING_CANDIDATES - 1
        console.print(f"  candidate-1@{people.DOMAIN} … candidate-{last}@{people.DOMAIN}")
