"""The codes of failures: each leads to words about it, on the page and in the guide."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from src.routes import errors, no_request

# What Gunicorn answers when nothing that it has read is a request.
UNREADABLE = (400, 403, 414, 417, 431, 500, 501)


@pytest.fixture
def anchors(client: FlaskClient) -> set[str]:
    return set(re.findall(r'id="([^"]+)"', client.get("/docs").text))


def test_each_code_that_can_be_answered_has_its_anchor(anchors: set[str]) -> None:
    codes = {problem.code for problem in errors.CODES}
    assert {"not_found", "invalid", "method_not_allowed", "internal_error"} <= codes
    assert codes <= anchors


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/none", {}), ("/api/v1/jobs", {"method": "TRACE"}), ("/api/v1/auth/me", {}),
        ("/api/v1/jobs?page=x", {}), ("/api/v1/auth/login", {"method": "POST"}),
        ("/docs/assets/swagger-ui.css", {"headers": {"Range": "bytes=9999999999-"}}),
        ("/api/v1/auth/login", {"method": "POST", "data": "{", "content_type": "application/json"}),
    ],
)  # fmt: skip
def test_the_type_of_a_problem_leads_to_its_anchor(
    client: FlaskClient, anchors: set[str], path: str, sent: dict[str, Any]
) -> None:
    problem = client.open(path, **sent).json
    page, _, anchor = problem["type"].partition("#")
    assert (page, anchor) == ("/docs", problem["code"])
    assert anchor in anchors


@pytest.mark.parametrize("status", UNREADABLE)
def test_what_is_no_request_is_refused_by_a_code_that_is_told(
    anchors: set[str], status: int
) -> None:
    problem = json.loads(no_request.problem(status).partition(b"\r\n\r\n")[2])
    assert problem["code"] in anchors


def test_a_line_that_is_too_long_has_a_code_like_the_others() -> None:
    assert errors.named(414, "Request-URI Too Long") == ("uri_too_long", "URI too long")


def test_the_guide_tells_each_code_with_its_status(root: Path) -> None:
    told = re.findall(r"(?m)^\| (\d{3}) \| `(\w+)` \|", (root / "docs" / "api.md").read_text())
    assert told == [(str(problem.status), problem.code) for problem in errors.CODES]


def test_what_the_guide_names_is_there(client: FlaskClient, root: Path) -> None:
    guide = (root / "docs" / "api.md").read_text()
    paths = client.get("/openapi.json").json["paths"]
    named = re.findall(r"`(?:GET|POST|PATCH|PUT|DELETE) (/[^`?]*)", guide)
    assert len(named) > 5
    assert [each for each in named if each not in paths and f"/api/v1{each}" not in paths] == []
    assert "docs/api.md" in (root / "README.md").read_text()
