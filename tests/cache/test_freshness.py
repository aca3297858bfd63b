"""No write leaves an old answer behind: every operation that writes, and every column there is,
against every cached read. The answer from the cache is held against one without a cache.
"""

from dataclasses import replace
from typing import Any

from flask import Flask

from src.database import db
from tests.cache import mutations
from tests.cache.mutations import GENTLE, WRITES, Change
from tests.cache.reads import CACHED, Asked, answers, reads
from tests.cache.world import CacheWorld, build
from tests.conftest import PlainClient, deliver
from tests.contract.operations import Operation, over

# What these make old must show in a read, or the test would prove nothing.
SEEN = {
    "POST /jobs", "PATCH /jobs/<int:job_id>", "POST /jobs/<int:job_id>/transitions",
    "POST /jobs/bulk", "POST /jobs/bulk-actions", "DELETE /jobs/<int:job_id>",
    "POST /jobs/<int:job_id>/applications", "POST /jobs/<int:job_id>/takedown",
    "PATCH /companies/<int:company_id>", "POST /companies/<int:company_id>/suspend",
    "POST /companies/<int:company_id>/reinstate", "POST /companies/<int:company_id>/verify",
    "POST /companies", "DELETE /companies/<int:company_id>", "PATCH /auth/me",
    "POST /job-categories", "PATCH /job-categories/<int:category_id>",
    "DELETE /job-categories/<int:category_id>", "PATCH /applications/<int:application_id>",
    "POST /applications/<int:application_id>/transitions",
    "POST /applications/<int:application_id>/withdraw",
    "POST /applications/<int:application_id>/notes",
    "DELETE /applications/<int:application_id>/notes/<int:note_id>",
    "POST /employer/applications/bulk-actions", "DELETE /auth/me",
    "PUT /jobs/<int:job_id>/bookmark", "DELETE /jobs/<int:job_id>/bookmark",
    "POST /jobs/<int:job_id>/duplicate", "POST /invitations/<token>/accept",
}  # fmt: skip


def name_of(operation: Operation) -> str:
    return f"{operation.verb} {operation.rule.removeprefix('/api/v1')}"


def make(client: PlainClient, world: CacheWorld, operation: Operation, change: Change) -> None:
    body = change.body
    if body is not None and body.get("token") == "":
        purpose = "verify_email" if operation.rule.endswith("verify-email") else "reset_password"
        body = body | {"token": mutations.token_for(world, purpose)}
    ids = world.ids | (change.ids or {})
    answer = operation.call(client, world.headers[change.who], ids, body)
    assert answer.status_code < 300, answer.text


def test_every_operation_that_writes_has_a_change_that_is_tried(committed: Flask) -> None:
    assert {name_of(operation) for operation in WRITES} == set(mutations.changes(build()))


@over([operation for operation in WRITES if name_of(operation) not in GENTLE])
def test_no_read_is_older_than_an_acknowledged_write(
    cached: PlainClient, uncached: PlainClient, operation: Operation
) -> None:
    world = build()
    change = mutations.changes(world)[name_of(operation)]
    mutations.prepare(world, change)
    deliver()
    db.session.commit()
    asked = reads(world)
    before = answers(cached, world, asked)
    hold(cached, uncached, world, operation, before)


def test_no_read_is_older_than_any_of_many_writes_of_one_world(
    cached: PlainClient, uncached: PlainClient
) -> None:
    world = build()
    deliver()
    db.session.commit()
    shown, tried = answers(cached, world, reads(world)), set()
    # What is deleted is changed before.
    for operation in sorted(WRITES, key=lambda operation: operation.verb == "DELETE"):
        if name_of(operation) in GENTLE:
            shown = hold(cached, uncached, world, operation, shown)
            tried.add(name_of(operation))
    assert tried == GENTLE


def hold(
    cached: PlainClient, uncached: PlainClient, world: CacheWorld, operation: Operation,
    before: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """What the reads show after the operation; `before`, they were asked once."""
    asked, name = reads(world), name_of(operation)
    # What is asked for again is kept ready in the process, too.
    answers(cached, world, asked)
    make(cached, world, operation, mutations.changes(world)[name])
    after = answers(uncached, world, asked)
    assert answers(cached, world, asked) == after, name
    assert before != after or name not in SEEN, name
    return after


def shows_more(asked: Asked, world: CacheWorld) -> bool:
    """Whether members of the company are shown more than others there."""
    of_company = asked.path in {
        f"/api/v1/companies/{world.ids['company_id']}", f"/api/v1/companies/{world.slug}",
        f"/api/v1/jobs/{world.ids['job_id']}", "/api/v1/companies",
        "/api/v1/companies?q=house", "/api/v1/companies?sort=jobs",
    }  # fmt: skip
    return asked.who == "viewer" and of_company


def test_every_read_is_a_hit_when_it_is_asked_for_again(
    committed: Flask, cached: PlainClient
) -> None:
    world = build()
    asked_by_all = reads(world)
    # A public answer is one for everybody: who is signed in is given it too.
    signed_in = [replace(one, who="viewer") for one in asked_by_all if one.who == "anonymous"]
    for asked in dict.fromkeys([*asked_by_all, *signed_in]):
        found = [
            cached.get(asked.path, headers=world.headers[asked.who]).headers["X-Cache"]
            for _ in range(2)
        ]
        assert found[1] == ("bypass" if shows_more(asked, world) else "hit"), asked


def test_there_are_reads_of_every_family(committed: Flask) -> None:
    world = build()
    paths = [asked.path for asked in reads(world) if isinstance(asked, Asked)]
    assert len(CACHED) >= 16
    assert all(any(path.startswith(one.path(world.ids)) for path in paths) for one in CACHED)
