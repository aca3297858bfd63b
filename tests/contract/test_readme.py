"""The README's first conversation, run as it is printed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import curl_stand_in
from tests.served import Instance


@pytest.fixture(params=["curl of the machine", "stand-in"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where programs are found: the tests need no curl, and use one that is there."""
    if request.param == "stand-in" or shutil.which("curl") is None:
        program = tmp_path / "curl"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} {curl_stand_in.__file__} "$@"\n')
        program.chmod(0o755)
        return f"{tmp_path}:{os.environ['PATH']}"
    return os.environ["PATH"]


def test_the_first_conversation_goes_as_printed(
    shared_instance: Instance, root: Path, path: str
) -> None:
    _, _, port = shared_instance
    [script] = re.findall(
        r"^```bash\n(.*?)^```$", (root / "README.md").read_text(), re.DOTALL | re.MULTILINE
    )
    environ = {"API": f"http://127.0.0.1:{port}/api/v1", "PATH": path}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=environ, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    published, title, shortlisted, count = done.stdout.splitlines()
    assert (published, shortlisted, count) == ("published", "shortlisted", "1")
    assert re.fullmatch(r"Night nurse \d+", title)
