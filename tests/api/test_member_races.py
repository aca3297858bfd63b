"""What an owner asks for while another is taking that right from them."""

from typing import Any

import pytest
from flask import Flask

from src.database import db
from tests import factories as make
from tests.factories import rows
from tests.rival import asked_behind

DEMOTE = "UPDATE memberships SET role = 'recruiter' WHERE user_id = {}"


@pytest.mark.parametrize(
    ("verb", "whom", "body"),
    [
        ("patch", "themselves", {"role": "owner"}),
        ("patch", "the other", {"role": "viewer"}),
        ("patch", "a viewer", {"role": "owner"}),
        ("delete", "the other", None),
    ],
)
def test_an_owner_who_is_being_demoted_changes_no_member_any_more(
    committed: Flask, verb: str, whom: str, body: Any
) -> None:
    first, second = make.make_user("employer"), make.make_user("employer")
    company = make.make_company(first)
    make.make_member(company, second, "owner")
    viewer = make.make_member(company, role="viewer")
    member = {"themselves": second, "the other": first, "a viewer": viewer}[whom]
    path, headers = f"/api/v1/companies/{company.id}/members/{member.id}", make.headers_for(second)
    db.session.commit()
    call = getattr(committed.test_client(), verb)
    [answer] = asked_behind(
        committed, [DEMOTE.format(second.id)], lambda: call(path, json=body, headers=headers)
    )
    assert answer.status_code == 403
    roles = rows("SELECT role FROM memberships ORDER BY user_id")
    assert [row.role for row in roles] == ["owner", "recruiter", "viewer"]


def test_an_owner_who_is_being_demoted_may_still_leave(committed: Flask) -> None:
    first, second = make.make_user("employer"), make.make_user("employer")
    company = make.make_company(first)
    make.make_member(company, second, "owner")
    path, headers = f"/api/v1/companies/{company.id}/members/{second.id}", make.headers_for(second)
    db.session.commit()
    call = committed.test_client().delete
    [answer] = asked_behind(
        committed, [DEMOTE.format(second.id)], lambda: call(path, headers=headers)
    )
    assert answer.status_code == 204
