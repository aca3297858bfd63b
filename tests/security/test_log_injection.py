"""Nobody writes lines of the log but the service, and no secret gets into one, however much it is
told to log.
"""

import json

import pytest

from tests.security.live import PASSWORD, Live

# A line of its own, were it written as it is, in the log's own form; and what terminals obey.
FORGED = '\r\n{"level": "error", "event": "Forgedword"}\r\n\x1b[2JForgedword\u2028Forgedword'
SECRETS = (
    "Guessedword-Guessedword-9",
    "Bearerword_bearerword_bearerword",
    "Searchword",
    "Letterword",
)


@pytest.fixture(scope="module")
def told(live: Live) -> str:
    """What was logged while hostile and secret words stood wherever a request has room for some."""
    guessed, bearer, searched, letter = SECRETS
    owner = live.person("employer", "logs-owner@house.example")
    candidate = live.person("candidate", "logs-candidate@mail.example")
    job = live.job(owner, title="Nurse " + FORGED)
    escaped = "".join(f"%{byte:02x}" for byte in FORGED.encode())
    before = len(live.logs())
    login = {"email": f"a{FORGED}@mail.example", "password": guessed}
    statuses = [
        live.ask(verb, path, body, token, **headers).status
        for verb, path, body, token, headers in (
            ("GET", f"/api/v1/jobs?q={searched}{escaped}", None, None, {}),
            ("GET", f"/api/v1/jobs?near={escaped}&{escaped}=1", None, None, {}),
            ("GET", f"/api/v1/{escaped}", None, None, {}),
            ("GET", f"/api/v1/jobs/{escaped}", None, bearer, {}),
            ("GET", "/api/v1/jobs", None, None, {"User_Agent": "\x1b[2JForgedword"}),
            ("GET", "/api/v1/jobs", None, None, {"X_Request_ID": "Forgedword {}"}),
            ("GET", "/api/v1/jobs", None, None, {"If_None_Match": "Forgedword"}),
            ("POST", "/api/v1/auth/login", login, None, {}),
            ("POST", "/api/v1/auth/login", login | {"email": "logs-owner@house.example"}, None, {}),
            ("POST", "/api/v1/auth/login", json.dumps(login)[:-1].encode(), None, {}),
            ("POST", f"/api/v1/jobs/{job['id']}/applications", {"cover_letter": letter + FORGED},
             candidate, {}),
            ("POST", f"/api/v1/jobs/{job['id']}/applications", {FORGED: letter}, candidate, {}),
            ("POST", f"/api/v1/jobs/{job['id']}/transitions", {"to": "paused", "reason": FORGED},
             owner, {}),
        )
    ]  # fmt: skip
    live.send(f"GET /{FORGED} HTTP/1.1\r\nHost: {bearer}\r\n\r\n".encode())
    live.send(b"GET / HTTP/1.1\r\nForgedword : 1\r\n\r\n")
    live.wait_for_tasks()
    assert all(status < 500 for status in statuses)
    return live.logs()[before:]


def test_no_line_of_the_log_is_written_by_a_caller(told: str) -> None:
    lines = [line for line in told.split("\n") if "Forgedword" in line]
    assert lines
    for line in lines:
        said = json.loads(line)
        assert said["event"] != "Forgedword"
        assert not set("\x1b\u2028\r") & set(line)


@pytest.mark.parametrize("secret", [*SECRETS, PASSWORD])
def test_no_secret_is_in_the_log(told: str, secret: str) -> None:
    assert secret not in told
