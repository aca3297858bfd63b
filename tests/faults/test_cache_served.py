"""Two instances served over one database and one cache server, as the hunt has them."""

import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg2
import pytest

from scripts.cache_hunt import servers, world
from scripts.cache_hunt.servers import Servers
from scripts.cache_hunt.wire import NO_ANSWER, Reply, ask
from scripts.cache_hunt.world import World
from src.embedded.layout import SUPERUSER
from tests.faults import dying
from tests.served import started_before, wait_for

FRESH_SECONDS = 1.5
Service = tuple[Servers, World]


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
    assert sorted(waits)[1] < FRESH_SECONDS


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
        dying.order(Path(running.environ["TALENTSPHERE_DATA_DIR"])).touch()
        path = f"/jobs/{made.ids['second']}"
        died = ask(running.ports[0], "PATCH", path, made.tokens["anna"], {"title": title})
        assert died.status == NO_ANSWER
        waits.append(seconds_until_titled(service, "second", title))
    assert sorted(waits)[1] < FRESH_SECONDS


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
