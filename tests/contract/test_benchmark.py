"""The benchmark command: what it lists and what it refuses, without measuring anything."""

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.benchmark import __main__ as benchmark
from scripts.benchmark import registry
from tests.commands import Said


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scripts.benchmark", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def test_every_benchmark_is_found_under_its_group_and_target() -> None:
    known = registry.all_benchmarks()
    found = {(one.group, one.target) for one in known}
    assert {("http", "1"), ("http", "2"), ("http", "8"), ("http", "12")} <= found
    assert {("search", "3"), ("statements", "5")} <= found
    assert {str(number) for number in range(1, 14)} <= {one.target for one in known}
    assert len({(one.group, one.summary) for one in known}) == len(known)


def test_the_list_names_each_with_its_summary(root: Path) -> None:
    done = run(root, "list")
    assert done.returncode == 0
    for one in registry.all_benchmarks():
        assert one.summary.split()[0] in done.stdout


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("nonsense",), "nonsense"), (("http", "--target", "99"), "no target 99"),
        (("http", "--connections", "0"), "--connections"),
        (("search", "--scale", "12"), "--scale"),
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_refused_by_name(
    said: Said, arguments: tuple[str, ...], named: str
) -> None:
    code, _, errors = said(benchmark.main, *arguments)
    assert (code, named in errors) == (2, True)
