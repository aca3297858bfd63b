"""Made-up data for trying the platform out: the same each time, loaded whole or not at all."""

import secrets
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select, text

from src.caller import Role
from src.config import Config
from src.database import Work, unit_of_work
from src.models import Bookmark, User
from src.ops import demo_applications, demo_companies, demo_jobs
from src.ops.demo_applications import Sent
from src.ops.demo_jobs import Posting
from src.ops.demo_world import World
from src.services import search_index
from src.utils import clock, passwords

DOMAIN = "talentsphere.example"
CANDIDATES = 300
BOOKMARKS = 900
# All jobs are made searchable by one statement: a busy machine took more than a request's 3 s.
LOAD_SECONDS = 120
# Who signs in with what: the local part of the address, the role, the name, and what they are.
ACCOUNTS = (
    ("admin", Role.ADMIN, ("Alex", "Admin"), "administrator"),
    ("employer", Role.EMPLOYER, ("Emma", "Employer"), "owner of {company}"),
    ("candidate", Role.CANDIDATE, ("Carlos", "Candidate"), "candidate with applications"),
)
# Two loads at once would both find no user; reading goes on.
ALONE = text("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE")
ANY_USER = select(select(User.id).exists())
# Nobody has looked at the new tables yet: without this the first searches are planned blindly.
LOOK = text("ANALYZE users, companies, jobs, job_search, applications, application_log")


@dataclass(frozen=True, slots=True)
class SignIn:
    """An account that can be tried out; its password is shown once and kept nowhere."""

    email: str
    password: str
    what: str


def run(config: Config, *, if_empty: bool, force: bool) -> int:
    """Load the demo data and print its accounts; the exit code."""
    if not (config.embedded or force):
        print(
            "demo_data: this is not an embedded database. Its accounts would be known to whoever"
            " reads this output: use --force if you mean it.",
            file=sys.stderr,
        )
        return 2
    with unit_of_work() as work:
        work.session.execute(ALONE)
        accounts = [] if work.session.scalar(ANY_USER) else load(work)
    if not accounts:
        if not if_empty:
            print("demo_data: the database has users; nothing was changed.", file=sys.stderr)
        return 0 if if_empty else 1
    _print(accounts)
    return 0


def load(work: Work) -> list[SignIn]:
    """Everything, in the caller's transaction; the accounts to sign in with."""
    work.allow(LOAD_SECONDS)
    world = World(work.session, clock.now().replace(microsecond=0))
    accounts = [
        SignIn(f"{name}@{DOMAIN}", secrets.token_urlsafe(12), what) for name, _, _, what in ACCOUNTS
    ]
    _, employer_id, candidate_id = _sign_ups(world, accounts)
    employers = demo_companies.make(world, employer_id)
    postings = demo_jobs.make(world, employers)
    others = [world.person(Role.CANDIDATE, "mail.example") for _ in range(CANDIDATES - 1)]
    candidates = [candidate_id, *world.people(others)]
    sent = demo_applications.make(world, postings, candidates)
    _bookmark(world, postings, candidates)
    _view(world, postings, sent)
    work.session.execute(LOOK)
    search_index.learn_words()
    company = employers[0].firm.name
    return [SignIn(a.email, a.password, a.what.format(company=company)) for a in accounts]


def _sign_ups(world: World, accounts: list[SignIn]) -> list[int]:
    return world.people([
        {
            "email": account.email, "password_hash": passwords.hash_password(account.password),
            "role": role.value, "first_name": first, "last_name": last,
            "email_verified_at": world.ago(200), "created_at": world.ago(200),
        }
        for account, (_, role, (first, last), _) in zip(accounts, ACCOUNTS, strict=True)
    ])  # fmt: skip


def _bookmark(world: World, postings: list[Posting], candidates: list[int]) -> None:
    live = [posting for posting in postings if posting.is_live]
    kept = {(candidates[0], posting.job_id): posting for posting in live[:5]}
    while len(kept) < BOOKMARKS:
        posting = world.dice.choice(live)
        kept[world.dice.choice(candidates), posting.job_id] = posting
    rows: list[dict[str, Any]] = [
        {"user_id": user_id, "job_id": job_id,
         "created_at": world.between(posting.opened_at, world.now)}
        for (user_id, job_id), posting in kept.items()
    ]  # fmt: skip
    world.add(Bookmark, rows)


def _view(world: World, postings: list[Posting], sent: list[Sent]) -> None:
    """Hand in the views of each day, as the workers do: more of a job that draws applicants."""
    days: dict[date, Counter[int]] = {}
    for posting in postings:
        day, usual = posting.opened_at.date(), world.dice.randint(1, 12)
        while day <= posting.ended_at.date():
            seen = days.setdefault(day, Counter())
            seen[posting.job_id] += world.dice.randint(0, usual)
            day += timedelta(days=1)
    for application in sent:
        days[application.at.date()][application.posting.job_id] += world.dice.randint(4, 14)
    for day, seen in sorted(days.items()):
        handed_in = select(func.count_views(list(seen), list(seen.values()), day))
        world.session.execute(handed_in)


def _print(accounts: list[SignIn]) -> None:
    print("Demo data is loaded. Sign in with (shown only once):")
    for account in accounts:
        print(f"  {account.email:<32}  {account.password:<16}  {account.what}")
