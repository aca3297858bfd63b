"""The suite has two forms, and whoever names tests gets those."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = """
import pytest

def test_short(): pass

@pytest.mark.long
def test_long(): pass
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = tests\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_some.py").write_text(TESTS)
    return tmp_path


@pytest.mark.parametrize(
    ("asked", "run"),
    [
        ([], {"test_short"}),
        (["--long"], {"test_long"}),
        (["tests/test_some.py"], {"test_short", "test_long"}),
        (["--long", "tests/test_some.py"], {"test_long"}),
        (["-k", "long"], {"test_long"}),
        (["-n", "1", "--dist", "loadfile"], {"test_short"}),
        (["-n", "1", "tests"], {"test_short", "test_long"}),
    ],
)
def test_the_short_form_is_what_nobody_named(suite: Path, asked: list[str], run: set[str]) -> None:
    plugins = ["-p", "xdist", "-p", "tests.forms"]
    command = [sys.executable, "-m", "pytest", "-v", *plugins, "-o", f"pythonpath={ROOT}", *asked]
    environ = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=suite, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    passed = [line for line in done.stdout.splitlines() if "PASSED" in line]
    assert {name for name in ("test_short", "test_long") if f"::{name}" in str(passed)} == run


def test_ci_runs_both_forms() -> None:
    steps = (ROOT / ".ci" / "run").read_text().splitlines()
    assert {'step "tests" run_tests', 'step "long tests" run_tests --long'} <= set(steps)
