"""The import command: its report, its exit code, and being killed or run twice at once."""

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from src.config import Config
from src.database import db
from src.ops import job_import as import_command
from src.services import job_import
from tests import warm
from tests.factories import rows
from tests.holding import has_gone, held, waiting
from tests.postings import JOBS, imported, lines, posting, written
from tests.served import ROOT


def environment(app: Flask) -> dict[str, str]:
    config: Config = app.config["TALENTSPHERE"]
    return os.environ | {
        "DATABASE_URL": config.database_url,
        "MIGRATION_DATABASE_URL": config.migration_database_url,
        "REDIS_URL": config.redis_url or "",
        "SECRET_KEY": config.secret_key,
        "TALENTSPHERE_EMBEDDED": "1",
        "LOG_LEVEL": "ERROR",
    }


# Less than the command takes at a time: of few rows there are several batches then.
BATCH = 50
SMALL = f"""
import runpy, sys
sys.path.insert(0, {str(ROOT)!r})
from src.services import job_import
job_import.BATCH = {BATCH}
runpy.run_module("scripts.import_jobs", run_name="__main__", alter_sys=True)
"""


@pytest.fixture
def in_small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """As above, in this process."""
    monkeypatch.setattr(job_import, "BATCH", BATCH)


def command(app: Flask, path: Path, *options: str, batches: bool = False) -> subprocess.Popen[str]:
    """The command as an operator runs it, in a process of its own."""
    program = ["-m", "scripts.import_jobs"]
    if batches:
        path.with_suffix(".py").write_text(SMALL)
        program = [str(path.with_suffix(".py"))]
    return warm.Popen(
        [sys.executable, *program, str(path), *options], cwd=ROOT,
        env=environment(app), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def figures(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    told: dict[str, Any] = json.loads(out)
    return told


def wait_until(condition: Any) -> None:
    """Until another process has done its part."""
    deadline = time.monotonic() + 60
    while not condition():
        db.session.rollback()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    db.session.rollback()


@pytest.fixture
def killed() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that are gone at the end, whatever the test says."""
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


def test_the_words_are_counted_after_the_last_batch(owner_app: Flask, tmp_path: Path) -> None:
    path = written(tmp_path / "jobs.jsonl", [posting(title="Tuba tuner")])
    import_command.run(path, dry_run=False, as_json=True)
    assert rows("SELECT in_doc, in_head FROM lexemes WHERE word = 'tuba'") == [(1, 1)]


def test_a_dry_run_counts_no_words(owner_app: Flask, tmp_path: Path) -> None:
    path = written(tmp_path / "jobs.jsonl", [posting()])
    import_command.run(path, dry_run=True, as_json=True)
    assert rows("SELECT 1 FROM lexemes") == []


def test_the_report_as_json_is_one_object_with_every_count(
    owner_app: Flask, committed: Flask, tmp_path: Path
) -> None:
    imported(posting(1), posting(2))
    changed = posting(2, title="Day nurse", employment_type="odd")
    path = written(
        tmp_path / "jobs.jsonl", [posting(1), changed, posting(3), posting(3), "nothing"]
    )
    told = figures(command(committed, path, "--json"))
    assert told.pop("seconds") > 0
    assert told == {
        "rows": 5, "created": 1, "updated": 1, "unchanged": 1, "repeated": 1, "refused": 1,
        "companies_created": 0, "dry_run": False, "notes": {"employment_type not known": 1},
        "refusals": [{"line": 5, "reason": "not valid JSON"}],
    }  # fmt: skip


def test_the_report_for_people_names_counts_and_refusals(
    owner_app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path / "jobs.jsonl", [posting(), "nothing"])
    assert import_command.run(path, dry_run=False, as_json=False) == 0
    out = capsys.readouterr().out
    assert re.search(r"created\s+│\s+1 ", out)
    assert "line 2: refused, not valid JSON" in out


def test_a_compressed_file_is_read(owner_app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "jobs.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(lines(posting(1), posting(2)))))
    assert import_command.run(path, dry_run=False, as_json=True) == 0
    assert len(rows(JOBS)) == 2


def test_whether_a_file_is_compressed_is_told_by_how_it_begins(
    owner_app: Flask, tmp_path: Path
) -> None:
    packed, plain = tmp_path / "packed.jsonl", tmp_path / "plain.jsonl.gz"
    packed.write_bytes(gzip.compress(b"\n".join(lines(posting(1)))))
    written(plain, [posting(2)])
    codes = [import_command.run(path, dry_run=False, as_json=True) for path in (packed, plain)]
    assert codes == [0, 0]
    assert [row.external_id for row in rows(JOBS)] == ["board:1", "board:2"]


@pytest.mark.usefixtures("in_small_batches")
def test_a_file_cut_short_keeps_what_was_read_and_exits_with_2(
    owner_app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "jobs.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(lines(*map(posting, range(3 * BATCH)))))[:-200])
    assert import_command.run(path, dry_run=False, as_json=True) == 2
    assert str(path) in capsys.readouterr().err
    assert len(rows(JOBS)) in (BATCH, 2 * BATCH)


def test_a_file_damaged_in_the_middle_exits_with_2(
    owner_app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = gzip.compress(b"\n".join(lines(*map(posting, range(100)))))
    path = tmp_path / "jobs.jsonl.gz"
    # A second part, whose header alone is sound.
    path.write_bytes(whole + whole[:10] + b"\xff" * 200)
    assert import_command.run(path, dry_run=False, as_json=True) == 2
    assert str(path) in capsys.readouterr().err


def test_a_missing_file_exits_with_2(committed: Flask, tmp_path: Path) -> None:
    process = command(committed, tmp_path / "none.jsonl")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "none.jsonl" in err


def test_a_killed_import_is_finished_by_running_it_again(
    owner_app: Flask, committed: Flask, tmp_path: Path, killed: list[subprocess.Popen[str]]
) -> None:
    path = written(tmp_path / "jobs.jsonl", map(posting, range(4 * BATCH)))
    middle = 2 * BATCH + BATCH // 2
    with held(owner_app, "jobs", f"external_id = 'board:{middle}'") as let_go:
        killed.append(command(committed, path, batches=True))
        wait_until(waiting)
        (session,) = waiting()
        db.session.rollback()
        killed[0].send_signal(signal.SIGKILL)
        killed[0].wait()
        let_go()
        wait_until(lambda: has_gone(session))
    there = rows("SELECT count(*) FROM jobs")[0].count
    db.session.rollback()
    told = figures(command(committed, path, "--json", batches=True))
    assert there == 2 * BATCH
    assert (told["unchanged"], told["created"]) == (there, 2 * BATCH)
    assert rows("SELECT count(*), count(DISTINCT external_id) FROM jobs") == [(4 * BATCH,) * 2]


def test_two_imports_at_once_make_each_job_once(
    owner_app: Flask, committed: Flask, tmp_path: Path
) -> None:
    count = 5 * BATCH
    path = written(tmp_path / "jobs.jsonl", map(posting, range(count)))
    with held(owner_app, "jobs", f"external_id = 'board:{BATCH // 2}'") as let_go:
        both = [command(committed, path, "--json", batches=True) for _ in range(2)]
        # Else one might be done before the other has begun.
        wait_until(lambda: len(waiting()) == 2)
        let_go()
    told = [figures(process) for process in both]
    assert sum(one["created"] for one in told) == count
    assert sum(one["unchanged"] for one in told) == count
    assert rows("SELECT count(*), count(DISTINCT external_id) FROM jobs") == [(count, count)]
