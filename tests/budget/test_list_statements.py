"""No list takes more statements for twenty rows than for one, whatever lists there are."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from src.database import db
from src.models import Audit, Benefit, Bookmark, Interview, Invitation, Note, SavedSearch
from src.utils import clock
from tests import factories
from tests.conftest import in_one_transaction
from tests.contract.operations import OPERATIONS, Operation
from tests.contract.world import World, build

READERS = {"candidate": "candidate", "admin": "admin"}
LISTS = [
    operation
    for operation in OPERATIONS
    if operation.contract.answer is not None
    and {"items", "next_cursor"} <= operation.contract.answer().fields.keys()
]


def more(world: World) -> None:
    """One more row for every list that the world's people read."""
    owner, candidate = world.users["owner"], world.users["candidate"]
    company = db.session.get_one(factories.Company, world.ids["company_id"])
    application = db.session.get_one(factories.Application, world.ids["application_id"])
    first, later = application.job_id, clock.now() + timedelta(days=3)
    job = factories.make_job(company, title="Night nurse", is_featured=True)
    member = factories.make_member(company)
    inviting = factories.make_company(factories.make_user("employer"))
    factories.make_application(job, candidate)
    factories.make_application(db.session.get_one(factories.Job, first))
    about: dict[str, Any] = {"application_id": application.id}
    db.session.add_all(
        [
            Note(author_id=member.id, body="Kind.", **about),
            Interview(starts_at=later, ends_at=later + timedelta(hours=1), mode="video", **about),
            Benefit(company_id=company.id, name=f"Benefit {job.id}"),
            Invitation(company_id=inviting.id, email=owner.email, role="viewer", expires_at=later),
            Invitation(
                company_id=company.id, email=f"{job.id}@a.example", role="viewer", expires_at=later
            ),
            Bookmark(user_id=candidate.id, job_id=job.id),
            Audit(
                user_id=member.id,
                company_id=company.id,
                action="read_application",
                application_ids=[application.id],
                candidate_ids=[candidate.id],
            ),
            SavedSearch(user_id=candidate.id, name="Nights", query={}, frequency="never"),
        ]
    )
    back = application.status == "shortlisted"
    application.status = "under_review" if back else "shortlisted"
    factories.headers_for(owner)
    factories.key_headers(owner, ["jobs:read"])
    db.session.flush()


def read(client: FlaskClient, world: World, operation: Operation) -> tuple[int, int]:
    """How many rows the list has, and how many statements they took."""
    db.session.commit()
    readers = [reader for role, reader in READERS.items() if operation.takes(role)]
    headers = world.headers[readers[0] if readers else "owner"]
    query, path = operation.query(world.ids), operation.path(world.ids)
    answer = client.get(path, query_string=query, headers=headers)
    assert answer.status_code == 200, answer.text
    found = re.search(r'desc="(\d+) statement', answer.headers["Server-Timing"])
    assert answer.json
    assert found
    return len(answer.json["items"]), int(found[1])


@pytest.fixture(scope="module")
def counted(shared_app: Flask) -> Iterator[dict[str, list[tuple[int, int]]]]:
    """Of each list, its rows and statements in a small world, and in the same when it has grown."""
    with in_one_transaction(shared_app):
        client, world = shared_app.test_client(), build()
        more(world)
        few = [read(client, world, operation) for operation in LISTS]
        for _ in range(17):
            more(world)
        many = [read(client, world, operation) for operation in LISTS]
        yield {
            str(operation): [few[number], many[number]] for number, operation in enumerate(LISTS)
        }


@pytest.mark.parametrize("operation", LISTS, ids=str)
def test_a_list_takes_as_many_statements_for_twenty_rows_as_for_one(
    counted: dict[str, list[tuple[int, int]]], operation: Operation
) -> None:
    (few, statements), (many, as_many) = counted[str(operation)]
    assert 0 < few < many
    assert as_many == statements
