"""The link that stops mails about new jobs."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from src.database import db
from src.models import SavedSearch
from src.services import invitation as invitation_service
from src.services import saved_search as saved_service
from tests.factories import make_user, rows


@pytest.fixture
def search(client: FlaskClient) -> SavedSearch:
    row = SavedSearch(
        user_id=make_user().id, name="<b>Nights</b>", query={"q": "nurse"}, frequency="instant"
    )
    db.session.add(row)
    db.session.flush()
    return row


def path_of(search: SavedSearch) -> str:
    return f"/api/v1/unsubscribe/{saved_service.sign(search.id)}"


def frequency() -> Any:
    return rows("SELECT frequency, version FROM saved_searches")


def test_reading_the_link_shows_what_it_does_and_does_it_not(
    client: FlaskClient, search: SavedSearch
) -> None:
    answer = client.get(path_of(search))
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "&lt;b&gt;Nights&lt;/b&gt;" in answer.text
    assert '<form method="post">' in answer.text
    assert frequency() == [("instant", 1)]


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"data": {"List-Unsubscribe": "One-Click"}, "content_type": "multipart/form-data"},
        {"data": b""}, {"json": {"any": "thing"}}, {"query_string": {"from": "mail"}},
    ],
)  # fmt: skip
def test_posting_to_it_stops_the_mails_whatever_is_sent_and_however_often(
    client: FlaskClient, search: SavedSearch, sent: dict[str, Any]
) -> None:
    for _ in range(2):
        assert client.post(path_of(search), **sent).status_code == 200
    assert frequency() == [("never", 2)]
    assert "stopped already" in client.get(path_of(search)).text


def test_of_a_deleted_search_there_is_nothing_left_to_stop(
    client: FlaskClient, search: SavedSearch
) -> None:
    path = path_of(search)
    db.session.delete(search)
    db.session.flush()
    assert [client.get(path).status_code, client.post(path).status_code] == [200, 200]


def test_nobody_makes_a_link_by_themselves(client: FlaskClient, search: SavedSearch) -> None:
    good = saved_service.sign(search.id)
    for token in (good[:-1], f"{good}x", str(search.id), invitation_service.sign_token(search.id)):
        path = f"/api/v1/unsubscribe/{token}"
        assert [client.get(path).status_code, client.post(path).status_code] == [404, 404]
    assert frequency() == [("instant", 1)]
