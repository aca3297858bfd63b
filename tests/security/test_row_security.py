"""For whom a transaction asks: told in time, to the right transaction, and at no cost."""

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from src.caller import Scope
from src.config import Config
from src.database import ask_for, db
from src.embedded.layout import Layout
from src.main import create_app
from src.ops.indexes import explain, sample
from src.ops.indexes.explain import Proof
from src.utils import row_security
from src.utils.db_optimization import fingerprint
from tests import factories
from tests.conftest import act_as
from tests.ops.conftest import NAME, connected, spare_database
from tests.ops.volume import ROWS
from tests.security.planted import KEPT

OURS = tuple(f"ix_{table}" for table in KEPT)
TOLD = text("SELECT current_setting('talentsphere.user_id', true)")


def visible() -> dict[str, int]:
    """How many rows of each kept table the application's role sees now."""
    act_as(db.session.connection(), "NONE")
    return {
        name: db.session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in KEPT
    }


def test_who_is_not_said_to_ask_sees_nothing(committed: Flask) -> None:
    job = factories.make_job()
    user = factories.make_application(job).candidate_id
    factories.key_headers(db.session.get_one(factories.User, user), [])
    db.session.commit()
    assert visible() == dict.fromkeys(KEPT, 0)
    db.session.rollback()
    ask_for(user)
    seen = visible()
    assert (seen["applications"], seen["application_log"], seen["api_keys"]) == (1, 1, 1)


def test_a_connection_takes_nothing_into_its_next_transaction(committed: Flask) -> None:
    # Of an empty pool the next transaction takes the same connection.
    db.engine.dispose()
    ask_for(7, "employer", (1, 2))
    assert db.session.execute(TOLD).scalar() == "7"
    connection = db.session.connection().connection.dbapi_connection
    db.session.commit()
    ask_for(None)
    assert db.session.execute(TOLD).scalar() == ""
    assert db.session.connection().connection.dbapi_connection is connection


def test_what_a_savepoint_undoes_is_told_again(committed: Flask) -> None:
    point = db.session.begin_nested()
    ask_for(7)
    assert db.session.execute(TOLD).scalar() == "7"
    point.rollback()
    assert db.session.execute(TOLD).scalar() == "7"


def test_every_transaction_of_a_request_is_told(committed: Flask) -> None:
    candidate, job = factories.make_user(), factories.make_job()
    headers = factories.headers_for(candidate)
    db.session.commit()
    client = committed.test_client()
    # Written in one transaction, and read again in the next.
    made = client.post(f"/api/v1/jobs/{job.id}/applications", json={}, headers=headers)
    assert made.status_code == 201, made.text
    assert client.get(made.headers["Location"], headers=headers).status_code == 200


def test_a_key_is_found_though_nobody_may_look_among_the_keys(client: FlaskClient) -> None:
    headers = factories.key_headers(factories.make_user(), [Scope.APPLICATIONS_READ])
    assert client.get("/api/v1/me/applications", headers=headers).json["total"] == 0


@pytest.mark.parametrize("address", ["::1", "a'b", "100%s", "\\'; DROP TABLE users; --"])
def test_an_address_is_told_as_it_is_whatever_a_proxy_says(app: Flask, address: str) -> None:
    ask_for(None, address=address)
    told = text("SELECT current_setting('talentsphere.address'), :one")
    assert tuple(db.session.execute(told, {"one": 1}).one()) == (address, 1)


def test_who_asks_is_no_part_of_a_statements_fingerprint() -> None:
    said = row_security.words(7, "employer", (1,)) + "SELECT 1 FROM jobs"
    assert fingerprint(said) == "SELECT ? FROM jobs"


@pytest.fixture(scope="module")
def proofs(
    layout: Layout, shared_app: Flask, config: Config
) -> Iterator[tuple[dict[str, Proof], dict[str, Proof]]]:
    """The plan of each index of the kept tables: as the owner, and as a caller of the API."""
    url = config.database_url.replace("/talentsphere?", f"/{NAME}?")
    asked = {
        name: use
        for name, use in explain.USES.items()
        if name.startswith(OURS) and "GET" in use.asked_by
    }
    with spare_database(layout, shared_app, config), connected(layout) as cursor:
        for statement in (*ROWS, "VACUUM ANALYZE"):
            cursor.execute(statement)
        app = create_app(dataclasses.replace(config, database_url=url, direct_database_url=url))
        with app.app_context():
            taken = sample.take()
            free = {name: explain._prove(name, use, taken, 1000) for name, use in asked.items()}
            db.session.remove()
        with app.test_request_context():
            ask_for(taken["candidate_id"], "employer", (taken["company_id"],))
            yield (
                free,
                {name: explain._prove(name, use, taken, 1000) for name, use in asked.items()},
            )
            db.session.remove()
            db.engine.dispose()
        app.extensions["counters"].close()


@pytest.mark.long
def test_no_plan_is_worse_for_whom_it_is_asked(
    proofs: tuple[dict[str, Proof], dict[str, Proof]],
) -> None:
    free, asked = proofs
    assert len(asked) >= 12
    assert {name: proof.pressure for name, proof in asked.items()} == {
        name: proof.pressure for name, proof in free.items()
    }
    kinds = [
        {name: proof.node["Node Type"] for name, proof in side.items() if proof.node}
        for side in proofs
    ]
    assert kinds[0] == kinds[1]
    # They were asked under the policies.
    assert all("NULLIF" in str(proof.plan) for proof in asked.values())
