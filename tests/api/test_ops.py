import pytest
from flask import Flask
from flask.testing import FlaskClient

from src.utils import db_optimization
from tests.factories import headers_for, key_headers, make_user

REPORT = "/api/v1/database/performance"
AWAY = {"REMOTE_ADDR": "203.0.113.7"}


def test_health_touches_nothing(client: FlaskClient) -> None:
    answer = client.get("/health")
    assert answer.get_json() == {"status": "live"}
    assert "0 statements" in answer.headers["Server-Timing"]


@pytest.mark.parametrize("path", ["/health/ready", "/api/v1/health/ready"])
def test_ready_says_what_it_stands_on(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.get_json()["status"] == "ready"
    assert answer.get_json()["cache"] == "ok"
    assert answer.get_json()["extensions"] == {"pg_trgm": True, "unaccent": True}


def test_metrics_count_by_rule_not_by_path(client: FlaskClient) -> None:
    client.get("/api/v1/nowhere/17")
    client.get("/health")
    text = client.get("/metrics").text
    assert 'http_requests_total{method="GET",route="/health",status="200"}' in text
    assert "nowhere" not in text


def test_metrics_are_for_this_host(client: FlaskClient) -> None:
    assert client.get("/metrics", environ_base=AWAY).status_code == 401
    passed_on = {"X-Forwarded-For": "203.0.113.7"}
    assert client.get("/metrics", headers=passed_on).status_code == 401


def test_a_key_with_the_scope_reads_metrics_from_afar(app: Flask, client: FlaskClient) -> None:
    admin = make_user("admin")
    good, poor = key_headers(admin, ["ops:read"]), key_headers(admin, ["jobs:read"])
    assert client.get("/metrics", headers=good, environ_base=AWAY).status_code == 200
    assert client.get("/metrics", headers=poor, environ_base=AWAY).status_code == 403


def test_the_report_is_for_operators(app: Flask, client: FlaskClient) -> None:
    assert client.get(REPORT, headers=headers_for(make_user("employer"))).status_code == 403
    assert client.get(REPORT, headers=headers_for(make_user("admin"))).status_code == 200


def test_the_report_shows_pools_and_the_use_of_indexes(app: Flask, client: FlaskClient) -> None:
    report = client.get(REPORT, headers=headers_for(make_user("admin"))).get_json()
    assert report["pool"]["per_worker"] == 2
    assert report["pool"]["max_connections"] > 0
    assert "uq_users_email" in {index["name"] for index in report["indexes"]}


def test_a_slow_statement_is_reported_without_its_values(app: Flask, client: FlaskClient) -> None:
    mark = db_optimization.fingerprint("SELECT name FROM people WHERE name = 'Grace'")
    db_optimization.note_slow(app.extensions["counters"], mark, 1500.0)
    report = client.get(REPORT, headers=headers_for(make_user("admin"))).get_json()
    row = next(row for row in report["slow_queries"] if row["fingerprint"] == mark)
    assert row["count"] >= 1
    assert row["max_ms"] == 1500.0
    assert "Grace" not in str(report)
