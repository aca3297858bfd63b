"""The files in deploy/ are accepted by the programs that read them, where those are installed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.drills.programs import PACKAGES


@pytest.mark.parametrize(("what", "program"), [("nginx", "nginx"), ("systemd", "systemd-analyze")])
def test_the_program_accepts_its_files_or_the_package_is_named(
    root: Path, what: str, program: str
) -> None:
    command = [sys.executable, "-m", "scripts.check_deploy", what]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    is_here = shutil.which(program) or shutil.which(program, path="/usr/sbin")
    assert done.returncode == (0 if is_here else 2), done.stdout + done.stderr
    assert is_here or f"apt-get install {PACKAGES[program]}" in done.stderr


def test_the_proxy_waits_longer_than_the_service_and_takes_what_it_takes(root: Path) -> None:
    proxy = (root / "deploy" / "nginx" / "talentsphere.conf").read_text()
    settings = (root / "gunicorn.conf.py").read_text()
    assert "timeout = 40\n" in settings
    assert "proxy_read_timeout 45s;" in proxy
    assert "client_max_body_size 16m;" in proxy
