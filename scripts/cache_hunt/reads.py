"""What readers ask for, and where in the answer each subject is seen."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from scripts.cache_hunt.subject import Subject
from scripts.cache_hunt.wire import Reply
from scripts.cache_hunt.world import World

See = Callable[[Reply, Any], Any]
# The answer may leave the subject out.
UNSEEN = object()


@dataclass
class Read:
    """One request and the subjects that its answer shows."""

    name: str
    path: str
    token: str | None
    shown: list[tuple[Subject, See]] = field(default_factory=list)


def reads(world: World) -> list[Read]:
    """Every kind of cached read."""
    return [*_of_jobs(world), *_of_companies(world), *_of_employers(world), *_of_candidates(world)]


def _of_jobs(world: World) -> list[Read]:
    ids, first, second = world.ids, world.ids["first"], world.ids["second"]
    lists = [
        ("search", "/jobs?q=huntmark&page_size=50", True),
        ("filtered search", f"/jobs?category={ids['category']}&sort=newest", False),
    ]
    found = [
        Read(name, path, None, _listed(world) + (_grouped(world) if has_group else []))
        for name, path, has_group in lists
    ]
    for name, job in (("first", first), ("second", f"an-older-title-{second}")):
        see = [("category", _in("category", "name")), (f"title of {name}", _in("title"))]
        see.append(("company", _in("company", "name")))
        found.append(Read("detail", f"/jobs/{job}", None, _of(world, *see)))
    toggled = _of(world, ("toggled", lambda reply, _: reply.status == 200))
    is_second = _of(world, ("title of second", _item(second, "title", absent=UNSEEN)))
    found += [
        Read("detail that comes and goes", f"/jobs/{ids['toggled']}", None, toggled),
        Read("similar", f"/jobs/{first}/similar", None, is_second),
        Read("featured", "/jobs/featured", None,
             _of(world, ("featured", _has(ids["featured"])))),
        Read("stats", "/jobs/stats", None, _of(
            world,
            ("group", lambda _, page: page["by_experience_level"].get("executive", 0)),
            ("toggled", lambda _, page: page["by_employment_type"].get("volunteer", 0) == 1),
        )),
        Read("categories", "/job-categories", None, _of(
            world,
            ("category", _category(ids["category"], lambda found: found["name"])),
            ("toggled", _category(ids["category"], lambda found: found["live_jobs"] == 3)),
        )),
    ]  # fmt: skip
    return found


def _of_companies(world: World) -> list[Read]:
    anna, ben, slugs = world.ids["anna"], world.ids["ben"], world.slugs
    found = [
        Read("companies", "/companies?q=huntmark", None, _of(
            world, ("company", _item(anna, "name")), ("group", _item(ben, "live_jobs")),
        )),
        Read("company's jobs", f"/companies/{slugs['ben']}/jobs", None, _of(
            world, ("group", _in("total")),
        )),
        Read("company's jobs", f"/companies/{anna}/jobs", None, _listed(world)[:4]),
    ]  # fmt: skip
    for path in (anna, slugs["anna"], f"0{anna}"):
        shown = _of(world, ("company", _in("name")))
        found.append(Read("company", f"/companies/{path}", None, shown))
    shown = _of(world, ("group", _in("live_jobs")))
    return [*found, Read("company", f"/companies/{ben}", None, shown)]


def _of_employers(world: World) -> list[Read]:
    first, token = world.ids["first"], world.tokens["anna"]
    dora, emil = world.ids["of dora"], world.ids["of emil"]
    applied = _of(
        world,
        ("rating", _item(dora, "rating")),
        ("name of dora", _item(dora, "candidate", "first_name")),
        ("title of first", _item(dora, "job", "title")),
    )
    moved = _of(world, ("move", _item(emil, "status")))
    activity = _of(
        world,
        ("title of second", lambda _, page: page["items"][0]["title"]),
        ("name of anna", lambda _, page: page["items"][0]["by"]["name"].split()[0]),
        ("move", lambda _, page: page["items"][0]["to"]),
    )
    dashboard = _of(
        world,
        ("company", _in("company", "name")),
        ("move", lambda _, page: _moved(page["applications"]["by_status"])),
        ("name of dora", _recent(dora, "candidate", "first_name")),
        ("title of first", _recent(dora, "job", "title")),
    )
    live = _of(world, ("group", _in("jobs", "live")))
    return [
        Read("dashboard", "/employer/dashboard", token, dashboard),
        Read("dashboard", "/employer/dashboard", world.tokens["ben"], live),
        Read("employer's jobs", "/employer/jobs", token, _listed(world)[:4]),
        Read("employer's applications", "/employer/applications", token, applied + moved),
        Read("job's applications", f"/jobs/{first}/applications", token, applied),
        Read("top candidates", f"/employer/candidates/top?job_id={first}", token, applied),
        Read("activity", f"/companies/{world.ids['anna']}/activity", token, activity),
    ]


def _of_candidates(world: World) -> list[Read]:
    of_dora = [("title of first", ("job", "title")), ("company", ("job", "company", "name"))]
    of_emil = [("title of second", ("job", "title")), ("move", ("status",))]
    return [
        Read("own applications", "/me/applications", world.tokens[name], _of(
            world, *((subject, _item(world.ids[f'of {name}'], *keys)) for subject, keys in seen)
        ))
        for name, seen in (("dora", of_dora), ("emil", of_emil))
    ]  # fmt: skip


def _listed(world: World) -> list[tuple[Subject, See]]:
    first, second = world.ids["first"], world.ids["second"]
    return _of(
        world,
        ("title of first", _item(first, "title")),
        ("title of second", _item(second, "title")),
        ("company", _item(first, "company", "name")),
        ("category", _item(first, "category", "name")),
        ("toggled", _has(world.ids["toggled"])),
    )


def _grouped(world: World) -> list[tuple[Subject, See]]:
    group = set(world.groups["ben"])
    count = lambda _, page: sum(item["id"] in group for item in page["items"])  # noqa: E731
    return _of(world, ("group", count))


def _of(world: World, *shown: tuple[str, See]) -> list[tuple[Subject, See]]:
    return [(world.subjects[name], see) for name, see in shown]


def _in(*keys: str) -> See:
    return lambda _, page: _dig(page, keys)


def _item(wanted: int, *keys: str, absent: object = None) -> See:
    """A value of the list's item with that id; `absent` when there is none."""

    def see(_: Reply, page: Any) -> Any:
        found = [item for item in page["items"] if item["id"] == wanted]
        return _dig(found[0], keys) if found else absent

    return see


def _has(wanted: int) -> See:
    return lambda _, page: any(item["id"] == wanted for item in page["items"])


def _category(wanted: int, see: Callable[[Any], Any]) -> See:
    return lambda _, page: next(see(node) for node in page if node["id"] == wanted)


def _recent(wanted: int, *keys: str) -> See:
    items = "recent_applications"
    return lambda _, page: next(_dig(row, keys) for row in page[items] if row["id"] == wanted)


def _moved(counts: dict[str, int]) -> str:
    return "shortlisted" if counts["shortlisted"] else "under_review"


def _dig(node: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        node = node[key]
    return node
