"""Two instances served over one database and one cache server, as the hunt has them."""

import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import pytest

from scripts.cache_hunt import servers, world
from scripts.cache_hunt.servers import Servers
from scripts.cache_hunt.wire import NO_ANSWER, Reply, ask
from scripts.cache_hunt.world import World
from src.embedded.layout import SUPERUSER
from tests.faults import dying
from tests.faults.keyed import Keyed
from tests.served import started_before, wait_for

pytestmark = pytest.mark.long

FRESH_SECONDS = 1.5
Service = tuple[Servers, World]
# The last that a request with a key writes.
ALL_BUT_COMMITTED = "INSERT INTO idempotency_keys"
OF_THE_BULK = "SELECT title, version FROM jobs WHERE external_id LIKE %s AND deleted_at IS NULL"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, first_start: Path) -> Iterator[Service]:
    backend = f"{dying.__name__}.{dying.DyingCache.__name__}"
    folder = tmp_path_factory.mktemp("served")
    started_before(servers.layout_in(folder).data_dir, first_start)
    with servers.serving(folder, backend, hosts=1) as running:
        yield running, world.build(running)


def title_of(service: Service, name: str) -> str:
    running, made = service
    return str(ask(running.ports[1], "GET", f"/jobs/{made.ids[name]}").page["title"])


def seconds_until_titled(service: Service, name: str, title: str) -> float:
    began = time.monotonic()
    wait_for(lambda: title_of(service, name) == title)
    return time.monotonic() - began


def superuser(running: Servers) -> psycopg2.extensions.connection:
    connection = psycopg2.connect(running.cache.layout.database_url(SUPERUSER))
    connection.autocommit = True
    return connection


def selected(running: Servers, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """What the database holds."""
    with closing(superuser(running)) as connection, connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def order_death(running: Servers, moment: str) -> None:
    """At that moment of the next request the process that serves it is killed."""
    dying.order(Path(running.environ["TALENTSPHERE_DATA_DIR"]), moment)


def dies_of(service: Service, keyed: Keyed, moment: str) -> None:
    """Who serves it is killed at that moment, and gives no answer."""
    running, _ = service
    order_death(running, moment)
    with pytest.raises(ConnectionError):
        keyed.sent(running.ports[0])


def test_a_change_by_plain_sql_is_fresh_in_a_second_and_a_half(service: Service) -> None:
    running, made = service
    connection = superuser(running)
    waits = []
    for number in range(3):
        title = f"By hand {number}"
        assert title_of(service, "first") != title
        with connection.cursor() as cursor:
            values = (title, made.ids["first"])
            cursor.execute("UPDATE jobs SET title = %s WHERE id = %s", values)
        waits.append(seconds_until_titled(service, "first", title))
    connection.close()
    assert max(waits) < FRESH_SECONDS


def test_frozen_workers_keep_no_other_from_delivering(service: Service) -> None:
    running, made = service
    frozen = psutil.Process(running.instances[0].pid).children()
    connection = superuser(running)
    title_of(service, "first")
    for worker in frozen:
        worker.suspend()
    try:
        with connection.cursor() as cursor:
            values = ("While two slept", made.ids["first"])
            cursor.execute("UPDATE jobs SET title = %s WHERE id = %s", values)
        waited = seconds_until_titled(service, "first", "While two slept")
    finally:
        for worker in frozen:
            worker.resume()
    connection.close()
    assert waited < 2 * FRESH_SECONDS


def test_a_crash_between_commit_and_bump_is_fresh_in_a_second_and_a_half(service: Service) -> None:
    running, made = service
    waits = []
    for number in range(3):
        title = f"Committed {number}"
        assert title_of(service, "second") != title
        order_death(running, dying.COMMITTED)
        path = f"/jobs/{made.ids['second']}"
        died = ask(running.ports[0], "PATCH", path, made.tokens["anna"], {"title": title})
        assert died.status == NO_ANSWER
        waits.append(seconds_until_titled(service, "second", title))
    assert max(waits) < FRESH_SECONDS


def test_who_lost_the_answer_with_its_process_is_given_it_when_asking_again(
    service: Service,
) -> None:
    running, made = service
    path = f"/jobs/{made.ids['second']}/applications"
    applying = Keyed(path, made.tokens["dora"], {"cover_letter": "Again."}, "applying")
    dies_of(service, applying, dying.COMMITTED)
    [(made_id,)] = selected(running, "SELECT id FROM applications WHERE cover_letter = 'Again.'")
    answers = [applying.sent(port) for port in running.ports]
    assert [answer[:2] for answer in answers] == [(201, True)] * 2
    assert answers[0][2] == answers[1][2]
    assert (answers[0][2]["id"], answers[0][2]["cover_letter"]) == (made_id, "Again.")
    assert len(selected(running, "SELECT 1 FROM applications WHERE cover_letter = 'Again.'")) == 1


def bulk(service: Service, name: str, title: str, count: int) -> Keyed:
    """So many rows of a name, every other one published, and one that cannot be had."""
    _, made = service
    jobs = [
        {
            "external_id": f"{name}-{number}", "title": title, "description": "<p>Care.</p>",
            "publish": number % 2 == 0,
        }
        for number in range(count)
    ]  # fmt: skip
    content = {"company_id": made.ids["anna"], "jobs": [*jobs, {"title": " "}]}
    return Keyed("/jobs/bulk", made.tokens["anna"], content, f"{name}-{title}")


def test_a_bulk_killed_before_its_end_has_written_nothing_and_is_made_when_repeated(
    service: Service,
) -> None:
    running, _ = service
    assert bulk(service, "upsert", "Old", 10).sent(running.ports[0])[2]["created"] == 10
    changing = bulk(service, "upsert", "New", 30)
    dies_of(service, changing, ALL_BUT_COMMITTED)
    assert selected(running, OF_THE_BULK, "upsert-%") == [("Old", 1)] * 10
    status, is_replay, report = changing.sent(running.ports[1])
    counts = [report[name] for name in ("created", "updated", "unchanged", "failed")]
    assert (status, is_replay, counts) == (200, False, [20, 10, 0, 1])
    assert changing.sent(running.ports[0]) == (200, True, report)
    held = sorted(selected(running, OF_THE_BULK, "upsert-%"))
    assert held == [("New", 1)] * 20 + [("New", 2)] * 10


def test_an_act_on_many_killed_before_its_end_is_done_to_none_and_to_all_when_repeated(
    service: Service,
) -> None:
    running, made = service
    report = bulk(service, "act", "Kept", 10).sent(running.ports[0])[2]
    job_ids = [result["id"] for result in report["results"] if result["status"] == "created"]
    content = {"job_ids": job_ids, "action": "delete"}
    deleting = Keyed("/jobs/bulk-actions", made.tokens["anna"], content, "deleting")
    dies_of(service, deleting, ALL_BUT_COMMITTED)
    assert selected(running, OF_THE_BULK, "act-%") == [("Kept", 1)] * 10
    answers = [deleting.sent(port) for port in running.ports]
    assert [answer[:2] for answer in answers] == [(200, False), (200, True)]
    assert [answer[2] for answer in answers] == [{"updated": 10, "skipped": []}] * 2
    assert selected(running, OF_THE_BULK, "act-%") == []
    assert selected(running, "SELECT 1 FROM jobs WHERE title = 'Kept' AND deleted_at IS NULL") == []


def test_many_requests_for_one_old_answer_compute_it_twice_at_most(service: Service) -> None:
    running, made = service
    connection = superuser(running)
    for number in range(3):
        path = f"/companies/{made.ids['ben']}"
        named = ask(running.ports[0], "PATCH", path, made.tokens["ben"], {"name": f"Ben {number}"})
        assert named.status == 200
        before = times_computed(connection)
        replies = at_once(running, "/jobs/stats", 30)
        assert {reply.status for reply in replies} == {200}
        assert 1 <= times_computed(connection) - before <= 2
    connection.close()


def times_computed(connection: psycopg2.extensions.connection) -> int:
    """How often the figures of GET /jobs/stats were worked out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements"
            " WHERE query LIKE '%experience_level AS k%' AND query NOT LIKE '%pg_stat_statements%'"
        )
        return int(cursor.fetchone()[0])


def at_once(running: Servers, path: str, number: int) -> list[Reply]:
    ports = running.ports * number
    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(lambda port: ask(port, "GET", path), ports[:number]))


@pytest.mark.parametrize("fault", [signal.SIGSTOP, signal.SIGKILL])
def test_without_the_cache_server_every_request_is_answered(
    service: Service, fault: signal.Signals
) -> None:
    running, made = service
    running.cache.send(fault)
    try:
        replies = at_once(running, "/jobs?q=huntmark", 40)
        path = f"/jobs/{made.ids['first']}"
        for number in range(5):
            content = {"title": f"In the dark {number}"}
            replies.append(ask(running.ports[0], "PATCH", path, made.tokens["anna"], content))
            assert title_of(service, "first") == content["title"]
    finally:
        running.cache.stop()
        running.cache.start_again()
    assert {reply.status for reply in replies} == {200}
    wait_for(lambda: ask(running.ports[0], "GET", path).cache == "hit")
