"""The little world of a hunt, made through the API: companies, jobs, people and what changes."""

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import orjson
import psycopg2

from scripts.cache_hunt.servers import Servers
from scripts.cache_hunt.subject import GaveUp, Subject, Write
from scripts.cache_hunt.wire import Reply, ask
from src.embedded.layout import OWNER
from src.utils import passwords

PASSWORD = "eleven quiet lanterns 77"  # noqa: S105 - of a database that lives a minute
ADMIN = "admin@hunt.example"
_ADMIN_SQL = """
INSERT INTO users (email, role, first_name, last_name, password_hash, email_verified_at)
VALUES (%s, 'admin', 'First', 'Admin', %s, now())
"""
# A company may send 60 bulk requests a minute.
BULK_PAUSE_SECONDS = 1.05
FEATURE_PAUSE_SECONDS = 0.5
# A name is in every list of its owner: changed all the time, nothing would be hit.
NAME_PAUSE_SECONDS = 0.5


@dataclass
class World:
    """Ids and tokens by name, and the subjects."""

    port: int
    ids: dict[str, int] = field(default_factory=dict)
    slugs: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    groups: dict[str, list[int]] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)
    bulk_turn: threading.Lock = field(default_factory=threading.Lock)

    def post(self, who: str | None, path: str, content: object) -> Any:
        """What was made. Raises GaveUp."""
        return _good(ask(self.port, "POST", path, self.tokens[who] if who else None, content))

    def add(self, name: str, write: Write, shows: Callable[[int], Any], pause: float = 0) -> None:
        self.subjects[name] = Subject(name, write, shows, pause)

    def patches(self, who: str, path: str, key: str, shows: Callable[[int], Any]) -> Write:
        token = self.tokens[who]
        return lambda port, version: ask(port, "PATCH", path, token, {key: shows(version)})

    def posts(self, who: str, path: str, content: Callable[[int], Any]) -> Write:
        token = self.tokens[who]
        return lambda port, version: ask(port, "POST", path, token, content(version))

    def acts(self, who: str, job_ids: list[int], action: Callable[[int], str]) -> Write:
        """A bulk act; one at a time, since a small instance refuses a second one meanwhile."""
        write = self.posts(
            who, "/jobs/bulk-actions", lambda n: {"job_ids": job_ids, "action": action(n)}
        )

        def in_turn(port: int, version: int) -> Reply:
            with self.bulk_turn:
                return write(port, version)

        return in_turn


def build(servers: Servers) -> World:
    """The world as version 0 of every subject. Raises GaveUp."""
    world = World(servers.ports[0])
    _people(world, servers)
    category = world.post("admin", "/job-categories", {"name": "Hunting 0"})
    world.ids["category"] = category["id"]
    for owner in ("anna", "ben", "cleo"):
        company = world.post(owner, "/companies", {"name": f"Huntmark {owner} 0"})
        world.ids[owner], world.slugs[owner] = company["id"], company["slug"]
    _jobs(world)
    _applications(world)
    _public_subjects(world)
    _private_subjects(world)
    return world


def _people(world: World, servers: Servers) -> None:
    for role, names in (("employer", ("anna", "ben", "cleo")), ("candidate", ("dora", "emil"))):
        for name in names:
            account = {
                "email": f"{name}@hunt.example", "password": PASSWORD, "role": role,
                "first_name": f"{name}0", "last_name": "Hunter",
            }  # fmt: skip
            world.tokens[name] = world.post(None, "/auth/register", account)["access_token"]
    _make_admin(servers)
    login = {"email": ADMIN, "password": PASSWORD}
    world.tokens["admin"] = world.post(None, "/auth/login", login)["access_token"]


def _make_admin(servers: Servers) -> None:
    """As scripts.create_admin does, without a process that loads the application for it."""
    url = servers.database.layout.database_url(OWNER)
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(_ADMIN_SQL, (ADMIN, passwords.hash_password(PASSWORD)))


def _job(world: World, owner: str, title: str, **more: Any) -> int:
    content = {
        "company_id": world.ids[owner], "title": title, "publish": True,
        "description": "<p>Follow the huntmark through the woods.</p>", **more,
    }  # fmt: skip
    return int(world.post(owner, "/jobs", content)["id"])


def _jobs(world: World) -> None:
    of_category = {"category_id": world.ids["category"]}
    for name in ("first", "second"):
        world.ids[name] = _job(world, "anna", f"Huntmark {name} 0", **of_category)
    world.groups["ben"] = [
        _job(world, "ben", f"Huntmark group {n}", experience_level="executive") for n in range(3)
    ]
    world.ids["toggled"] = _job(
        world, "cleo", "Huntmark toggled", employment_type="volunteer", **of_category
    )
    world.ids["featured"] = _job(world, "cleo", "Huntmark featured")


def _applications(world: World) -> None:
    for name, job in (("dora", "first"), ("emil", "second")):
        made = world.post(name, f"/jobs/{world.ids[job]}/applications", {})
        world.ids[f"of {name}"] = made["id"]
    world.post("anna", f"/applications/{world.ids['of emil']}/transitions", {"to": "under_review"})


def _public_subjects(world: World) -> None:
    ids = world.ids
    for name in ("first", "second"):
        title = _counted(f"Huntmark {name}")
        write = world.patches("anna", f"/jobs/{ids[name]}", "title", title)
        world.add(f"title of {name}", write, title)
    named = _counted("Huntmark anna")
    world.add("company", world.patches("anna", f"/companies/{ids['anna']}", "name", named), named)
    hunting = _counted("Hunting")
    path = f"/job-categories/{ids['category']}"
    world.add("category", world.patches("admin", path, "name", hunting), hunting)
    write = world.posts("cleo", f"/jobs/{ids['toggled']}/transitions", _to(_published))
    world.add("toggled", write, _is_even)
    write = world.acts("admin", [ids["featured"]], _featuring)
    world.add("featured", write, lambda version: not _is_even(version), FEATURE_PAUSE_SECONDS)
    group = world.groups["ben"]
    write = world.acts("ben", group, _publishing)
    shows = {True: len(group), False: 0}
    world.add("group", write, lambda version: shows[_is_even(version)], BULK_PAUSE_SECONDS)


def _private_subjects(world: World) -> None:
    path = f"/applications/{world.ids['of dora']}"
    world.add("rating", world.patches("anna", path, "rating", _rating), _rating)
    path = f"/applications/{world.ids['of emil']}/transitions"
    world.add("move", world.posts("anna", path, _to(_moved)), _moved)
    for name in ("dora", "anna"):
        called = _counted(name, "")
        write = world.patches(name, "/auth/me", "first_name", called)
        world.add(f"name of {name}", write, called, NAME_PAUSE_SECONDS)


def _counted(text: str, gap: str = " ") -> Callable[[int], str]:
    return lambda version: f"{text}{gap}{version}"


def _to(status: Callable[[int], str]) -> Callable[[int], dict[str, str]]:
    return lambda version: {"to": status(version)}


def _is_even(version: int) -> bool:
    return version % 2 == 0


def _published(version: int) -> str:
    return "published" if _is_even(version) else "paused"


def _publishing(version: int) -> str:
    return "publish" if _is_even(version) else "pause"


def _featuring(version: int) -> str:
    return "unfeature" if _is_even(version) else "feature"


def _moved(version: int) -> str:
    return "under_review" if _is_even(version) else "shortlisted"


def _rating(version: int) -> int | None:
    """Nobody has rated version 0."""
    return 1 + version % 5 if version else None


def _good(reply: Reply) -> Any:
    if reply.status >= 300:
        raise GaveUp(f"{reply.status} {reply.body[:500]!r}")
    return orjson.loads(reply.body)
