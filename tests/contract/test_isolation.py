"""Drafts, lists, and what the members of a company may do, on every route there is.

That another's rows are as missing, wherever their ids stand: tests/security.
"""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.contract.operations import OPERATIONS, PROTECTED, Operation, over, told
from tests.contract.world import MISSING, World

EMPLOYERS = [operation for operation in PROTECTED if operation.takes("employer")]
OF_JOBS = [operation for operation in OPERATIONS if {"job", "job_id"} & {*operation.arguments}]
# Who has no part in the company, and the role that a route takes them for.
STRANGERS = {"anonymous": "anonymous", "candidate": "candidate", "owner of another": "employer"}
LISTS = [operation for operation in EMPLOYERS if operation.verb == "GET"]
# Whoever has no part in a company can found one or accept an invitation.
COMPANY_WRITES = [
    operation
    for operation in EMPLOYERS
    if operation.writes
    and operation.arguments != ["token"]
    and (operation.arguments or "company_id" in operation.body_fields)
]
OWNERS = [operation for operation in COMPANY_WRITES if operation.policy.scope is None]
BULK = [
    operation
    for operation in EMPLOYERS
    if {"job_ids", "application_ids"} & {*operation.body_fields}
]


def assert_as_missing(
    caller: FlaskClient, operation: Operation, headers: dict[str, str], ids: dict[str, Any]
) -> None:
    """The same 404 as for an id that nobody has."""
    body = operation.body(company_id=ids["company_id"])
    found = operation.call(caller, headers, ids, body)
    missing = operation.call(caller, headers, MISSING, operation.body(company_id=1))
    assert (found.status_code, missing.status_code) == (404, 404), found.text
    assert told(found) == told(missing)
    assert {*found.headers.keys()} == {*missing.headers.keys()}


@pytest.mark.parametrize(
    ("operation", "who"),
    [
        pytest.param(operation, who, id=f"{operation} by {who}")
        for operation in OF_JOBS
        for who, role in STRANGERS.items()
        if operation.policy.is_public or operation.takes(role)
    ],
)
def test_a_draft_is_as_missing_to_all_but_its_company(
    caller: FlaskClient, world: World, operation: Operation, who: str
) -> None:
    ids = world.ids | {"job": world.draft, "job_id": world.draft}
    assert_as_missing(caller, operation, world.headers[who], ids)


@over([operation for operation in LISTS if not operation.arguments])
def test_nothing_of_another_company_is_in_a_list(
    caller: FlaskClient, world: World, operation: Operation
) -> None:
    query = {"job_id": world.foreign["job_id"]} if "job_id" in operation.parameters else {}
    headers = world.headers["owner of another"]
    answer = caller.get(operation.rule, query_string=query, headers=headers)
    assert answer.status_code == 200
    assert not [mark for mark in world.marks if mark in answer.text]


@over(BULK, "owner of another", "viewer")
def test_many_at_once_changes_nothing_that_is_not_ones_own(
    caller: FlaskClient, world: World, operation: Operation, who: str
) -> None:
    ids = {"job_ids": [world.draft], "application_ids": [world.ids["application_id"]]}
    body = operation.body(**ids, to="rejected", action="archive")
    answer = operation.call(caller, world.headers[who], {}, body)
    if who == "viewer" and answer.status_code == 403:
        return
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert answer.json["updated"] == 0
    reason = "not_found" if who == "owner of another" else "forbidden"
    assert [skipped["reason"] for skipped in answer.json["skipped"]] == [reason]


@over(COMPANY_WRITES)
def test_viewers_write_nothing(caller: FlaskClient, world: World, operation: Operation) -> None:
    body = operation.body(company_id=world.ids["company_id"])
    answer = operation.call(caller, world.headers["viewer"], world.ids, body)
    assert answer.status_code == 403, answer.text


@over(OWNERS)
def test_recruiters_do_nothing_that_is_the_owners(
    caller: FlaskClient, world: World, operation: Operation
) -> None:
    answer = operation.call(caller, world.headers["recruiter"], world.ids, operation.body())
    assert answer.status_code == 403, answer.text


@over([operation for operation in LISTS if operation.policy.scope])
def test_viewers_read_all_of_their_company(
    caller: FlaskClient, world: World, operation: Operation
) -> None:
    query = {"job_id": world.ids["job_id"]} if "job_id" in operation.parameters else {}
    path = operation.path(world.ids)
    answer = caller.get(path, query_string=query, headers=world.headers["viewer"])
    assert answer.status_code == 200, answer.text
