"""Sessions: many at once, each ended at once."""

from datetime import timedelta

from src.utils import clock
from tests import factories as make

ME = "/api/v1/auth/me"


def test_an_ended_session_is_refused_on_the_next_request(client):
    headers = make.headers_for(make.make_user())
    assert client.post("/api/v1/auth/logout", headers=headers).status_code == 204
    answer = client.get(ME, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_session_is_refused(client):
    headers = make.headers_for(make.make_user(), expires_at=clock.now() - timedelta(seconds=1))
    assert client.get(ME, headers=headers).status_code == 401


def test_a_made_up_token_is_refused_on_public_routes_too(client):
    headers = {"Authorization": "Bearer " + "x" * 43}
    assert client.get("/api/v1/jobs", headers=headers).status_code == 401


def test_one_sees_all_of_ones_sessions_and_which_is_this_one(client):
    user = make.make_user()
    make.headers_for(user, user_agent="phone")
    headers = make.headers_for(user, user_agent="laptop")
    make.headers_for(make.make_user())
    answer = client.get("/api/v1/auth/sessions", headers=headers)
    shown = {item["user_agent"]: item["is_current"] for item in answer.json["items"]}
    assert shown == {"phone": False, "laptop": True}


def test_one_ends_another_of_ones_sessions(client):
    user = make.make_user()
    phone, laptop = make.headers_for(user), make.headers_for(user)
    items = client.get("/api/v1/auth/sessions", headers=laptop).json["items"]
    (other,) = [item["id"] for item in items if not item["is_current"]]
    answer = client.delete(f"/api/v1/auth/sessions/{other}", headers=laptop)
    assert answer.status_code == 204
    assert client.get(ME, headers=phone).status_code == 401
    assert client.get(ME, headers=laptop).status_code == 200


def test_a_session_of_somebody_else_is_not_there(client):
    theirs, mine = make.headers_for(make.make_user()), make.headers_for(make.make_user())
    (item,) = client.get("/api/v1/auth/sessions", headers=theirs).json["items"]
    answer = client.delete(f"/api/v1/auth/sessions/{item['id']}", headers=mine)
    assert answer.status_code == 404


def test_all_sessions_end_together(client):
    user = make.make_user()
    phone, laptop = make.headers_for(user), make.headers_for(user)
    assert client.delete("/api/v1/auth/sessions", headers=laptop).status_code == 204
    assert client.get(ME, headers=phone).status_code == 401
    assert client.get(ME, headers=laptop).status_code == 401
