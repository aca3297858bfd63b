"""Dashboard and analytics are one statement besides the authentication, whatever there is."""

import pytest
from flask import Flask

from src.database import db
from tests.factories import headers_for, make_member
from tests.history import make_history


@pytest.mark.parametrize("times", [0, 1, 4])
def test_the_dashboard_takes_one_statement_beside_the_callers(committed: Flask, times: int) -> None:
    company = make_history(7, jobs=8 * times, applications=20 if times else 0)
    headers = headers_for(make_member(company))
    db.session.commit()
    client = committed.test_client()
    board = client.get("/api/v1/employer/dashboard", headers=headers)
    assert board.json["jobs"]["total"] == 7 * times
    analytics = client.get("/api/v1/employer/analytics", headers=headers)
    assert len(analytics.json["jobs"]) == 7 * times
    for response in (board, analytics):
        assert '"2 statements"' in response.headers["Server-Timing"]
