"""Building the feed of all jobs and the sitemap: files made in one pass, served as they lie."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from flask import current_app

from src.database import unit_of_work
from src.queries import feed as feed_queries
from src.utils.gzip_file import GzipWriter, remove_partial
from src.utils.xml import Form

log = structlog.get_logger("feeds")

BUILD_SECONDS = 15 * 60
# Limits of the sitemap protocol, of the text before it is compressed.
MOST_URLS, MOST_BYTES = 50_000, 50 * 1024 * 1024
# Rows taken from the cursor at once: at worst 400 kB each.
FETCHED_ROWS = 100
FEED, INDEX = "jobs.xml", "sitemap.xml"
# Touched by each build; the files themselves keep their time when they stay alike.
_BUILT = "built"


@dataclass(frozen=True, slots=True)
class Forms:
    """How the documents read: the feed, a part of the sitemap, and the index of its parts."""

    feed: Form
    sitemap: Form
    # What the sitemap names beside jobs: a sitemap without any page would not be one.
    list_page: str
    # The row of a part is its number and when its file last changed.
    index: Form


@dataclass(frozen=True, slots=True)
class Built:
    jobs: int
    parts: int
    seconds: float


def folder() -> Path:
    """Where this instance keeps the files."""
    data_dir: Path = current_app.config["TALENTSPHERE"].data_dir
    return data_dir / "feeds"


def path_of(name: str) -> Path:
    """The compressed file of a document, which may not have been built yet."""
    return folder() / f"{name}.gz"


def part_name(number: int) -> str:
    """A part of the sitemap, from 1."""
    return f"jobs-{number}.xml"


def ask_for_first() -> None:
    """Queue a build when there are no files, or none that a running worker would have left."""
    try:
        age_seconds = time.time() - (folder() / _BUILT).stat().st_mtime
    except FileNotFoundError:
        age_seconds = float("inf")
    if age_seconds > BUILD_SECONDS:
        with unit_of_work() as work:
            work.enqueue("feeds.build", timestamp=0)


def build(forms: Forms) -> Built | None:
    """Write all files anew from one moment of the database; None while another is at it."""
    started = time.monotonic()
    folder().mkdir(parents=True, exist_ok=True)
    with unit_of_work() as work:
        if not work.session.execute(feed_queries.BEGIN).one().is_mine:
            return None
        remove_partial(folder())
        rows = work.session.execute(
            feed_queries.LIVE_JOBS,
            {"pause_seconds": BUILD_SECONDS},
            execution_options={"stream_results": True, "yield_per": FETCHED_ROWS},
        )
        jobs, parts = _write(rows, forms)
    built = Built(jobs, parts, round(time.monotonic() - started, 1))
    log.info("feeds_built", jobs=built.jobs, parts=built.parts, seconds=built.seconds)
    return built


def _write(rows: Iterable[Any], forms: Forms) -> tuple[int, int]:
    """The number of jobs and of parts. The index comes last, when all that it names is there."""
    feed, sitemap, jobs = GzipWriter(path_of(FEED)), _Sitemap(forms.sitemap), 0
    try:
        feed.write(forms.feed.head)
        sitemap.add(forms.list_page)
        for row in rows:
            feed.write(forms.feed.row(row))
            sitemap.add(forms.sitemap.row(row))
            jobs += 1
        feed.write(forms.feed.tail)
        sitemap.end()
        feed.finish()
    finally:
        feed.abandon()
        sitemap.abandon()
    _write_index(forms.index, sitemap.number)
    _remove_parts_beyond(sitemap.number)
    return jobs, sitemap.number


@dataclass
class _Sitemap:
    """The part that is written now; a full one is followed by the next."""

    form: Form
    number: int = 0
    urls: int = 0
    part: GzipWriter = field(init=False)

    def __post_init__(self) -> None:
        self._begin()

    def add(self, entry: str) -> None:
        room = MOST_BYTES - len(self.form.tail)
        if self.urls >= MOST_URLS or self.part.text_bytes + len(entry.encode()) > room:
            self.end()
            self._begin()
        self.part.write(entry)
        self.urls += 1

    def _begin(self) -> None:
        self.number += 1
        self.part = GzipWriter(path_of(part_name(self.number)))
        self.part.write(self.form.head)
        self.urls = 0

    def end(self) -> None:
        self.part.write(self.form.tail)
        self.part.finish()

    def abandon(self) -> None:
        self.part.abandon()


def _write_index(form: Form, parts: int) -> None:
    index = GzipWriter(path_of(INDEX))
    index.write(form.head)
    for number in range(1, parts + 1):
        changed = path_of(part_name(number)).stat().st_mtime
        index.write(form.row((number, datetime.fromtimestamp(int(changed), UTC))))
    index.write(form.tail)
    index.finish()
    (folder() / _BUILT).touch()


def _remove_parts_beyond(parts: int) -> None:
    wanted = {path_of(part_name(number)) for number in range(1, parts + 1)}
    for path in folder().glob("jobs-*.xml.gz"):
        if path not in wanted:
            path.unlink()
