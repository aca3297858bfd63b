"""Filling the cache: the application asks itself for what most people ask for first."""

import contextvars
import time
from collections.abc import Iterator
from typing import Any

import orjson
from flask import current_app
from werkzeug.test import EnvironBuilder, run_wsgi_app

from src.database import db

_BASE = "/api/v1"
_FIRST = (
    "/jobs", "/jobs?page=2", "/jobs?page=3", "/jobs?remote=true", "/jobs?sort=salary",
    "/jobs/featured", "/jobs/stats", "/job-categories", "/companies", "/companies?sort=jobs",
)  # fmt: skip
# Well below the server's own deadline for a request.
MOST_SECONDS = 20.0


def warm(most_seconds: float = MOST_SECONDS) -> dict[str, Any]:
    """How many answers were computed, were there, and failed; it ends when its time is over."""
    # Whoever asks holds no connection meanwhile: it takes longer than a transaction may idle.
    db.session.rollback()
    started = time.monotonic()
    found = {"miss": 0, "hit": 0, "failed": 0}
    for path in _paths():
        if time.monotonic() - started > most_seconds:
            break
        # HEAD, since nobody sees the jobs that are asked for.
        status, how, _ = _ask(path, "HEAD")
        found[how if status == 200 and how in found else "failed"] += 1
    seconds = round(time.monotonic() - started, 2)
    return {
        "warmed": found["miss"], "warm": found["hit"], "failed": found["failed"], "seconds": seconds
    }  # fmt: skip


def _paths() -> Iterator[str]:
    """The first pages, each category that has jobs, and what the first pages lead to."""
    yield from _FIRST
    for category in _read("/job-categories"):
        for node in (category, *category["children"]):
            if node["live_jobs"]:
                yield f"/jobs?category={node['slug']}"
    cards = [card for path in ("/jobs", "/jobs/featured") for card in _read(path)["items"]]
    for job_id in dict.fromkeys(card["id"] for card in cards):
        yield f"/jobs/{job_id}"
        yield f"/jobs/{job_id}/similar"
    for slug in dict.fromkeys(card["company"]["slug"] for card in cards):
        yield f"/companies/{slug}"
        yield f"/companies/{slug}/jobs"


def _read(path: str) -> Any:
    status, _, content = _ask(path)
    return orjson.loads(content) if status == 200 else {"items": []} if "jobs" in path else []


def _ask(path: str, verb: str = "GET") -> tuple[int, str | None, bytes]:
    """Status, X-Cache and body, in a context of its own, as a request from outside has one."""
    return contextvars.Context().run(_ask_here, current_app._get_current_object(), path, verb)  # type: ignore[attr-defined]


def _ask_here(app: Any, path: str, verb: str) -> tuple[int, str | None, bytes]:
    builder = EnvironBuilder(path=_BASE + path, method=verb, base_url=_base_url(app))
    chunks, status, headers = run_wsgi_app(app, builder.get_environ(), buffered=True)
    return int(status[:3]), headers.get("X-Cache"), b"".join(chunks)


def _base_url(app: Any) -> str:
    """A host that the application serves."""
    return f"http://{next(iter(app.config['TRUSTED_HOSTS'] or ()), 'localhost').lstrip('.')}"
