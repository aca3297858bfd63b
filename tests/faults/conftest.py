"""A cache server of the test's own, applications over it, and something to change and read."""

import dataclasses
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from scripts.cache_hunt.servers import CacheServer
from src.database import db
from src.embedded import valkey
from src.embedded.layout import Layout
from src.main import create_app
from src.services import freshness
from tests.conftest import PlainClient
from tests.factories import headers_for, make_company, make_job, make_user

Host = Callable[..., PlainClient]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[CacheServer]:
    """A Valkey that may be hurt."""
    layout = Layout(tmp_path / "servers")
    layout.prepare()
    server = CacheServer(layout, valkey.start(layout))
    yield server
    server.stop()
    layout.remove_sockets()


@pytest.fixture
def host(committed: Flask, server: CacheServer, tmp_path: Path) -> Iterator[Host]:
    """Makes a caller of a process on a host, which is known by the name of its data folder.

    With `background` it probes, drains and watches by itself, as a served process does.
    """
    made: list[Flask] = []

    def make(name: str = "one", *, background: bool = False, redis_url: str = "") -> PlainClient:
        config = dataclasses.replace(
            committed.config["TALENTSPHERE"],
            redis_url=redis_url or server.layout.redis_url,
            data_dir=tmp_path / name,
        )
        app = create_app(config)
        app.config["BACKGROUND"] = background
        made.append(app)
        return PlainClient(app, app.response_class)

    yield make
    for app in made:
        for name in ("background", "watchdog"):
            app.extensions[name].stop()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        app.extensions["counters"].close()


def drain_later(caller: PlainClient) -> None:
    """What the host's own process does again and again, once the row is old enough."""
    time.sleep(freshness.PATIENCE_SECONDS + 0.3)
    with caller.application.app_context():
        freshness.drain()


@dataclass
class Scene:
    """A published job and who may change it."""

    job_id: int
    company_id: int
    headers: dict[str, str]

    def rename(self, caller: FlaskClient, title: str) -> None:
        """Change the title through the API."""
        path = f"/api/v1/jobs/{self.job_id}"
        assert caller.patch(path, json={"title": title}, headers=self.headers).status_code == 200

    def read(self, caller: FlaskClient) -> tuple[str, str]:
        """The title as anybody reads it, and what the cache did."""
        answer = caller.get(f"/api/v1/jobs/{self.job_id}")
        return answer.get_json()["title"], answer.headers["X-Cache"]

    def warm(self, *callers: FlaskClient) -> None:
        """Let the callers have the answer from the cache."""
        for caller in callers:
            self.read(caller)
            assert self.read(caller)[1] == "hit"


@pytest.fixture
def scene(committed: Flask) -> Scene:
    """The scene, committed and known to every drainer."""
    owner = make_user("employer")
    company = make_company(owner)
    job = make_job(company, title="Before")
    headers = headers_for(owner)
    db.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    db.session.execute(text("DELETE FROM cache_outbox"))
    db.session.commit()
    return Scene(job.id, company.id, headers)
