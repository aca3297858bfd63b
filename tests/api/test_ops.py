import dataclasses
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from src.config import Config
from src.main import create_app
from src.schemas.performance import PerformanceOut
from src.utils import db_optimization
from src.utils.shared_counters import SharedCounters
from tests.factories import headers_for, key_headers, make_user

REPORT = "/api/v1/database/performance"
AWAY = {"REMOTE_ADDR": "203.0.113.7"}


def test_health_touches_nothing(client: FlaskClient) -> None:
    answer = client.get("/health")
    assert answer.get_json() == {"status": "live"}
    assert "0 statements" in answer.headers["Server-Timing"]


@pytest.mark.parametrize("path", ["/health", "/health/ready"])
def test_health_looks_up_no_token(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Authorization": "Bearer revoked"})
    plain = client.get(path)
    assert (answer.status_code, answer.json) == (200, plain.json)
    described = [each.headers["Server-Timing"].partition("desc=")[2] for each in (answer, plain)]
    assert described[0] == described[1]


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


def test_the_report_has_the_shape_that_is_documented(app: Flask, client: FlaskClient) -> None:
    app.extensions["counters"].add(("cache", "jobs", "hit"))
    client.get("/health")
    report = client.get(REPORT, headers=headers_for(make_user("admin"))).get_json()
    assert PerformanceOut().validate(report) == {}
    assert report["indexes"]
    assert report["tables"]
    assert report["statements"]
    assert report["cache"]["server"]["version"]
    routes = {(row["method"], row["route"]) for row in report["api"]["routes"]}
    assert ("GET", "/health") in routes


def test_every_worker_shows_its_pool(app: Flask, client: FlaskClient) -> None:
    other = SharedCounters(app.config["TALENTSPHERE"].data_dir / "metrics")
    other.put(("pool", "in_use"), 1)
    other.put(("pool", "limit"), 2)
    pool = client.get(REPORT, headers=headers_for(make_user("admin"))).get_json()["pool"]
    text = client.get("/metrics").text
    other.close()
    assert len(pool["workers"]) >= 2
    for name in ("in_use", "idle", "limit"):
        assert pool[name] == sum(worker[name] for worker in pool["workers"])
    assert text.count("\ndb_pool_limit{worker=") == len(pool["workers"])


def families(client: FlaskClient) -> dict[str, Any]:
    text = client.get("/metrics").text
    return {family.name: family for family in text_string_to_metric_families(text)}


def test_metrics_tell_of_the_database_and_the_cache(app: Flask, client: FlaskClient) -> None:
    app.extensions["counters"].add(("cache", "jobs", "hit"), 2)
    app.extensions["counters"].put(("breaker", "open"), 1)
    found = families(client)
    app.extensions["counters"].put(("breaker", "open"), 0)
    assert found["database_up"].samples[0].value == 1
    assert {sample.labels["state"] for sample in found["db_connections"].samples} >= {"active"}
    assert found["db_max_connections"].samples[0].value == 160
    (sample,) = [one for one in found["cache_requests"].samples if one.labels["name"] == "jobs"]
    assert (sample.name, sample.labels["result"]) == ("cache_requests_total", "hit")
    assert 1 in {one.value for one in found["cache_breaker_open"].samples}
    for name, family in found.items():
        assert family.type == "counter" or not name.endswith("_total")


def test_metrics_without_a_database_say_so_and_nothing_of_it(config: Config) -> None:
    nowhere = "postgresql+psycopg2://nobody@127.0.0.1:1/nothing"
    app = create_app(dataclasses.replace(config, database_url=nowhere))
    app.config["BACKGROUND"] = False
    found = families(app.test_client())
    app.extensions["counters"].close()
    assert found["database_up"].samples[0].value == 0
    assert "db_connections" not in found
    assert "service_processes" in found


def test_whoever_scrapes_without_a_token_is_told_of_the_database(committed: Flask) -> None:
    found = families(committed.test_client())
    told = {"database_up", "db_connections", "db_commits", "cache_outbox_rows"}
    assert told <= set(found)
