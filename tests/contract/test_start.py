import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest

from src.config import Config
from src.embedded.instance import MOST_EMBEDDED_WORKERS
from src.embedded.layout import APP, Layout
from src.ops import preflight


def test_serving_without_settings_ends_at_once_and_names_the_command(
    root: Path, tmp_path: Path
) -> None:
    environ = {"PATH": os.environ["PATH"], "TALENTSPHERE_DATA_DIR": str(tmp_path), "PORT": "0"}
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "src.main:app"]
    ended = subprocess.run(
        command, cwd=root, env=environ, capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 1
    assert "./start_optimized.sh" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_server_imports_nothing_that_paints(root: Path) -> None:
    says = "import sys, src.main; sys.exit({'rich', 'pygments'} & {*sys.modules} or 0)"
    ended = subprocess.run([sys.executable, "-c", says], cwd=root, check=False)
    assert ended.returncode == 0


def test_a_start_that_could_run_out_of_connections_is_refused_with_the_sum(
    layout: Layout, config: Config, root: Path, tmp_path: Path
) -> None:
    environ = {
        "PATH": os.environ["PATH"], "DATABASE_URL": layout.database_url(APP), "PORT": "0",
        "SECRET_KEY": config.secret_key, "TALENTSPHERE_DATA_DIR": str(tmp_path),
        "WEB_CONCURRENCY": "90",
    }  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "src.main:app"]
    ended = subprocess.run(
        command, cwd=root, env=environ, capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 1
    said = "90 workers and the background worker may open 191 connections"
    assert said in ended.stderr
    assert "the server gives 157" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_what_is_reloaded_needs_its_connections_twice(
    config: Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(preflight, "from_process", lambda: config)
    preflight.check_start(50, is_renewed=False)
    with pytest.raises(SystemExit):
        preflight.check_start(50, is_renewed=True)
    assert "50 workers and those of a reload may open 222 connections" in capsys.readouterr().err
    preflight.check_start(MOST_EMBEDDED_WORKERS, is_renewed=True)
    # A database that was not reached just now is not waited for once more.
    preflight.check_start(500, is_renewed=True, is_there=False)


def test_a_pool_is_counted_as_it_is_and_not_as_it_is_asked_for(config: Config) -> None:
    roomy = dataclasses.replace(config, pool_size=50, max_overflow=50)
    assert preflight.connections_wanted(roomy, 5) == 5 * 2 + preflight.CONNECTIONS_OF_TASKS
    alone = dataclasses.replace(config, pool_size=1, max_overflow=0)
    assert preflight.connections_wanted(alone, 5) == 5 + preflight.CONNECTIONS_OF_TASKS
