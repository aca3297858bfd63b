"""Making answers old by name: when it takes effect, and what it costs."""

import contextlib
import statistics
import time
from collections.abc import Iterator

import pytest
import redis
from flask import Flask
from sqlalchemy import text

from src.database import db, unit_of_work
from src.utils.cache import cache, invalidate_cache
from tests.conftest import PlainClient, deliver
from tests.factories import headers_for, make_company, make_job, make_user


@pytest.fixture
def server(committed: Flask) -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(committed.config["TALENTSPHERE"].redis_url)
    # Every tag in question has a token.
    cache.backend.deliver(["all", "job_stats", "jobs", "company_list"])
    yield client
    client.close()


def token(server: redis.Redis, tag: str) -> bytes | None:
    return server.get(f"t:{tag}")


def test_inside_a_transaction_it_waits_for_the_commit(server: redis.Redis) -> None:
    before = token(server, "job_stats")
    with unit_of_work():
        invalidate_cache(["job_stats"])
        assert token(server, "job_stats") == before
    assert token(server, "job_stats") != before


def test_a_rollback_forgets_it(server: redis.Redis) -> None:
    before = token(server, "job_stats")
    with contextlib.suppress(ZeroDivisionError), unit_of_work():
        invalidate_cache(["job_stats"])
        raise ZeroDivisionError
    assert token(server, "job_stats") == before
    left = text("SELECT count(*) FROM cache_outbox WHERE tag = 'job_stats'")
    assert db.session.execute(left).scalar() == 0


def test_a_savepoint_that_is_rolled_back_makes_nothing_old(server: redis.Redis) -> None:
    job = make_job()
    db.session.commit()
    cache.backend.deliver(["jobs", "company_list"])
    before = token(server, "jobs"), token(server, "company_list")
    with unit_of_work() as work:
        savepoint = work.session.begin_nested()
        work.session.execute(text("UPDATE jobs SET title = 'Gone' WHERE id = :id"), {"id": job.id})
        savepoint.rollback()
        work.session.execute(text("UPDATE companies SET industry = 'Kept'"))
    after = token(server, "jobs"), token(server, "company_list")
    assert after[0] == before[0]
    assert after[1] != before[1]


def test_several_names_and_globs_are_taken_at_once(server: redis.Redis) -> None:
    before = [token(server, tag) for tag in ("job_stats", "company_list", "all")]
    invalidate_cache(["job_sta*", "company_list"])
    after = [token(server, tag) for tag in ("job_stats", "company_list", "all")]
    assert [old != new for old, new in zip(before, after, strict=True)] == [True, True, False]


def test_an_unknown_name_makes_everything_old(server: redis.Redis) -> None:
    before = token(server, "all")
    invalidate_cache(["job_featured_typo"])
    assert token(server, "all") != before


def test_clearing_many_answers_costs_what_clearing_few_does(server: redis.Redis) -> None:
    few = _seconds_to_clear()
    fill = "for n = 1, 200000 do redis.call('SET', 'v:filler:' .. n, 'x', 'PX', 60000) end"
    server.eval(fill, 0)
    many = _seconds_to_clear()
    # Not to leave other tests a full server.
    server.flushall()
    assert many < max(5 * few, 0.005)


def _seconds_to_clear() -> float:
    def once() -> float:
        began = time.perf_counter()
        cache.clear_all()
        return time.perf_counter() - began

    return statistics.median(once() for _ in range(50))


def test_a_repeated_write_is_acknowledged_with_what_its_lost_first_time_made_old(
    committed: Flask, cached: PlainClient
) -> None:
    """The first was committed, and whoever did it never came to tell the cache."""
    owner = make_user("employer")
    job = make_job(make_company(owner), title="Old")
    headers, path = headers_for(owner), f"/api/v1/jobs/{job.id}"
    db.session.commit()
    deliver()
    db.session.commit()
    for _ in range(2):
        assert cached.get(path).json["title"] == "Old"
    db.session.execute(text("UPDATE jobs SET title = 'New' WHERE id = :id"), {"id": job.id})
    db.session.commit()
    assert cached.get(path).json["title"] == "Old"
    answer = cached.patch(path, json={"title": "New"}, headers=headers)
    assert (answer.status_code, cached.get(path).json["title"]) == (200, "New")
