"""Every cached read there is, as requests of several callers."""

from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from tests.cache.world import CacheWorld
from tests.conftest import PlainClient
from tests.contract.operations import OPERATIONS, Operation

CACHED = [operation for operation in OPERATIONS if operation.contract.cached]
# Beside the plain request, those that find rows by what a change may change.
QUERIES = {
    "/api/v1/jobs": (
        "q=night+nurse", "q=nurse&sort=salary", "category=nursing", "featured=true",
        "salary_min=1000", "location=Bergen", "near=Bergen",
        "remote=false&employment_type=full_time", "facets=company,category,country",
    ),
    "/api/v1/jobs/facets": ("q=night+nurse", "category=nursing", "location=Bergen"),
    "/api/v1/jobs/suggest": ("q=ni", "q=nigth"),
    "/feeds/jobs.rss": ("q=night+nurse", "category=nursing"),
    "/api/v1/companies": ("q=house", "sort=jobs", "verified=true"),
    "/api/v1/employer/analytics": ("days=7",),
    "/api/v1/employer/jobs": ("status=published",),
    "/api/v1/employer/applications": ("q=ada", "status=submitted"),
}  # fmt: skip
SHOW_MORE = ("/api/v1/companies", "/api/v1/companies/<company_id>", "/api/v1/jobs/<job_id>")
# Figures of the request itself.
VOLATILE = ("generated_at", "next_cursor")


@dataclass(frozen=True)
class Asked:
    """A path and who asks for it."""

    path: str
    who: str

    def __str__(self) -> str:
        return f"{self.path} by {self.who}"


def reads(world: CacheWorld) -> list[Asked]:
    """The cached reads of the world's rows."""
    return [
        Asked(path, who)
        for operation in CACHED
        for path in _paths(operation, world)
        for who in _readers(operation)
    ]


def answers(client: PlainClient, world: CacheWorld, asked: list[Asked]) -> dict[str, Any]:
    """Status and body of each, without what no two answers share."""
    return {str(one): answer(client, world, one) for one in asked}


def answer(client: PlainClient, world: CacheWorld, asked: Asked) -> Any:
    return _without_figures(client.get(asked.path, headers=world.headers[asked.who]))


def old_answers(
    cached: PlainClient, uncached: PlainClient, world: CacheWorld, asked: list[Asked]
) -> list[str]:
    """The reads whose answer is kept in the cache and another one than that of the database.

    What the cache says it has just computed is the database's: that it says so rightly is shown
    where all answers of both are compared.
    """
    old = []
    for one in asked:
        found = cached.get(one.path, headers=world.headers[one.who])
        is_kept = found.headers.get("X-Cache") != "miss"
        if is_kept and _without_figures(found) != answer(uncached, world, one):
            old.append(str(one))
    return old


def _without_figures(found: TestResponse) -> Any:
    body = found.get_json() if found.is_json else found.text
    if isinstance(body, dict) and found.status_code == 200:
        body = {name: value for name, value in body.items() if name not in VOLATILE}
    return found.status_code, body if found.status_code == 200 else None


def _paths(operation: Operation, world: CacheWorld) -> list[str]:
    path = operation.path(world.ids)
    given = QUERIES.get(operation.rule, ())
    if operation.rule.endswith("candidates/top"):
        return [f"{path}?job_id={world.ids['job_id']}"]
    paths = [path, *(f"{path}?{query}" for query in given)]
    if operation.rule.endswith("/suggest"):
        # There is nothing to suggest without a beginning.
        paths.remove(path)
    if operation.rule == "/api/v1/companies/<company_id>":
        paths.append(f"/api/v1/companies/{world.slug}")
    return paths


def _readers(operation: Operation) -> tuple[str, ...]:
    if operation.policy.is_public:
        # One answer for everybody, but where members of the company are shown more.
        return ("anonymous", "viewer") if operation.rule in SHOW_MORE else ("anonymous",)
    return ("candidate",) if operation.takes("candidate") else ("owner",)
