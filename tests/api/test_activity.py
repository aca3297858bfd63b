"""The moves of a company's jobs and applications, whichever way they are paged."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from src.models import Company
from tests.factories import headers_for, make_application, make_company, make_job, make_user

Headers = dict[str, str]


@pytest.fixture
def busy(app: Any) -> tuple[Company, Headers]:
    """A company with moves of jobs between those of applications, and those who may read them."""
    owner = make_user("employer")
    company = make_company(owner)
    for _ in range(3):
        job = make_job(company)
        make_application(job, status="under_review")
        make_application(job)
    return company, headers_for(owner)


def listed(client: FlaskClient, busy: tuple[Company, Headers], **query: Any) -> dict[str, Any]:
    path = f"/api/v1/companies/{busy[0].id}/activity"
    answer: dict[str, Any] = client.get(path, query_string=query, headers=busy[1]).json
    return answer


def test_pages_by_number_and_by_cursor_are_the_whole_in_its_order(
    client: FlaskClient, busy: tuple[Company, Headers]
) -> None:
    whole = listed(client, busy, page_size=100)
    moves = whole["items"]
    assert whole["total"] == len(moves) >= 9
    assert {move["kind"] for move in moves} == {"job", "application"}
    assert moves == sorted(moves, key=lambda move: move["at"], reverse=True)
    pages = range(1, len(moves) // 2 + 2)
    by_number = [m for n in pages for m in listed(client, busy, page=n, page_size=2)["items"]]
    assert by_number == moves
    by_cursor, cursor = [], {}
    while cursor is not None:
        page = listed(client, busy, page_size=2, **cursor)
        by_cursor += page["items"]
        cursor = {"cursor": page["next_cursor"]} if page["has_next"] else None
    assert by_cursor == moves


def test_a_move_names_the_job_of_its_application(
    client: FlaskClient, busy: tuple[Company, Headers]
) -> None:
    job = make_job(busy[0], title="Lighthouse keeper")
    application = make_application(job)
    moves = listed(client, busy)["items"]
    named = {(move["kind"], move["id"]) for move in moves if move["title"] == job.title}
    assert named == {("job", job.id), ("application", application.id)}


@pytest.mark.parametrize("in_bulk", [False, True])
def test_the_deletion_of_an_archived_job_is_told(
    client: FlaskClient, busy: tuple[Company, Headers], in_bulk: bool
) -> None:
    company, headers = busy
    job = make_job(company, "archived", title="Lighthouse keeper")
    if in_bulk:
        act = {"job_ids": [job.id], "action": "delete"}
        client.post("/api/v1/jobs/bulk-actions", json=act, headers=headers)
    else:
        client.delete(f"/api/v1/jobs/{job.id}", headers=headers)
    moves = [move for move in listed(client, busy)["items"] if move["title"] == job.title]
    assert [(move["to"], move["reason"]) for move in moves] == [
        ("archived", "deleted"), ("archived", None)
    ]  # fmt: skip
    assert moves[0]["by"] is not None
    assert moves[0]["at"] > moves[1]["at"]
