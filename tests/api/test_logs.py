"""What is logged: one JSON object a line, slow statements by fingerprint and by whose they are."""

import dataclasses
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from src import tasks
from src.config import Config
from src.database import db
from src.main import create_app
from src.utils import logs
from src.utils.background import Background
from tests.conftest import PlainClient

SECRET = "grace.hopper.1906"


def lines(capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capfd.readouterr().err.splitlines()]


@pytest.fixture
def slow_app(committed: Flask) -> Iterator[Flask]:
    """An application to which every statement is slow, and which says so."""
    config = committed.config["TALENTSPHERE"]
    app = create_app(dataclasses.replace(config, slow_query_seconds=1e-6, log_level="WARNING"))
    app.test_client_class = PlainClient
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    app.extensions["counters"].close()
    logs.configure(config.log_level)


def test_a_slow_statement_names_its_request_and_its_route(
    slow_app: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    slow_app.test_client().get(f"/api/v1/jobs?q={SECRET}", headers={"X-Request-ID": "lookup-7"})
    slow = [line for line in lines(capfd) if line["event"] == "slow_statement"]
    assert slow
    for line in slow:
        assert (line["request_id"], line["origin"]) == ("lookup-7", "request")
        assert (line["method"], line["route"]) == ("GET", "/api/v1/jobs")
        assert line["ms"] >= 0
        assert SECRET not in str(line)


def test_a_slow_statement_of_a_task_names_the_task(
    slow_app: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    tasks.bind(slow_app)
    tasks.queue.tasks["jobs.expire"].func(timestamp=0)
    (line, *_) = [line for line in lines(capfd) if line["event"] == "slow_statement"]
    assert (line["task"], line["origin"]) == ("jobs.expire", "task")
    assert "request_id" not in line


def test_a_slow_statement_of_a_duty_beside_requests_names_the_duty(
    slow_app: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    background, looked = Background("test"), threading.Event()

    def look_after() -> None:
        with slow_app.app_context():
            db.session.execute(text("SELECT 1"))
        looked.set()

    background.every(0.01, look_after)
    background.start()
    assert looked.wait(30)
    background.stop()
    (line, *_) = lines(capfd)
    assert line["origin"] == "background"
    assert line["duty"].endswith("look_after")


def test_a_slow_statement_of_nobody_says_so(
    slow_app: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    # In the context of the test, as a worker serves in that of its process.
    FlaskClient(slow_app, slow_app.response_class).get("/api/v1/job-categories")
    capfd.readouterr()
    db.session.execute(text("SELECT :name"), {"name": SECRET})
    (line,) = lines(capfd)
    assert line["origin"] == "outside"
    assert "request_id" not in line
    assert SECRET not in str(line)


def test_a_traceback_stays_on_its_line(capfd: pytest.CaptureFixture[str], config: Config) -> None:
    logs.configure("INFO")
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("somebody").exception("it failed")
    finally:
        logs.configure(config.log_level)
    (failed,) = lines(capfd)
    assert failed["exception"].endswith("ValueError: two\nlines")
    assert (failed["logger"], failed["level"]) == ("somebody", "error")


def test_a_log_that_cannot_be_written_fails_nobody(root: Path) -> None:
    says = "from src.utils import logs; import structlog, logging; logs.configure('INFO');"
    says += "structlog.get_logger().info('a'); logging.getLogger('b').error('b'); print('went on')"
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", says], cwd=root, stdout=subprocess.PIPE, stderr=full, check=True
        )
    assert done.stdout == b"went on\n"


def test_what_nobody_caught_is_a_line_too(root: Path) -> None:
    says = "import sys, threading, warnings; from src.utils import logs; logs.configure('INFO');"
    says += "logs.catch_strays(); print('stray', file=sys.stderr);"
    says += "warnings.warn('old\\nways');"
    says += "t = threading.Thread(target=lambda: 1 / 0, name='views'); t.start(); t.join(); 1 / 0"
    done = subprocess.run([sys.executable, "-c", says], cwd=root, capture_output=True, check=False)
    printed, warned, thread, main = (json.loads(line) for line in done.stderr.splitlines())
    assert done.returncode == 1
    assert printed["text"] == "stray"
    assert "old\nways" in warned["event"]
    assert thread["thread"] == "views"
    assert "ZeroDivisionError" in main["exception"]


def test_what_gunicorn_says_is_json(config: Config, root: Path, tmp_path: Path) -> None:
    environ = {
        "PATH": os.environ["PATH"], "DATABASE_URL": config.database_url, "PORT": "0",
        "SECRET_KEY": config.secret_key, "TALENTSPHERE_DATA_DIR": str(tmp_path),
        "WEB_CONCURRENCY": "1",
    }  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "src.nothing:app"]
    ended = subprocess.run(command, cwd=root, env=environ, capture_output=True, check=False)
    said = [json.loads(line) for line in ended.stderr.splitlines()]
    assert ended.returncode == 3
    assert "ModuleNotFoundError" in said[0]["exception"]
    assert {"gunicorn.error"} == {line["logger"] for line in said if "logger" in line}
