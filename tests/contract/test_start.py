import os
import subprocess
import sys
from pathlib import Path

from src.config import Config
from src.ops import preflight


def test_serving_without_settings_ends_at_once_and_names_the_command(
    root: Path, tmp_path: Path
) -> None:
    environ = {"PATH": os.environ["PATH"], "TALENTSPHERE_DATA_DIR": str(tmp_path), "PORT": "0"}
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "src.main:app"]
    ended = subprocess.run(
        command, cwd=root, env=environ, capture_output=True, text=True, timeout=20, check=False
    )
    assert ended.returncode == 1
    assert "./start_optimized.sh" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_workers_that_ask_for_more_connections_than_there_are_do_not_fit(config: Config) -> None:
    assert preflight.fits(config, workers=48, room=97)
    assert not preflight.fits(config, workers=49, room=97)
