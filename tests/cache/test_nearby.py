"""A cached search by distance follows its jobs, and where cities are, at once."""

from sqlalchemy import text

from src.database import unit_of_work
from tests.cache.world import build
from tests.conftest import PlainClient, deliver


def found(client: PlainClient, city: str) -> tuple[int, str]:
    answer = client.get(f"/api/v1/jobs?near={city}")
    return answer.json["total"], answer.headers["X-Cache"]


def test_a_job_that_moves_leaves_the_one_answer_and_enters_the_other(cached: PlainClient) -> None:
    build()
    deliver()
    first = found(cached, "Bergen")[0]
    assert first > 0
    assert found(cached, "Bergen") == (first, "hit")
    assert found(cached, "Oslo")[0] == 0
    with unit_of_work() as work:
        work.session.execute(text("UPDATE jobs SET city = 'Oslo' WHERE city = 'Bergen'"))
    assert found(cached, "Bergen")[0] == 0
    assert found(cached, "Oslo")[0] == first
