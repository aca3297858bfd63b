"""What commands are asked: help is given, lists are told, what means nothing is refused by name."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from scripts import (
    check_bans,
    check_schema,
    permission_matrix,
    reconcile,
    restore_drill,
    sbom,
    serve,
    warm_cache,
    worker,
)
from scripts.benchmark import __main__ as benchmark
from scripts.benchmark import registry
from scripts.chaos import __main__ as chaos
from scripts.chaos.scenarios import EVERY
from tests.commands import Said

WITHOUT_OPTIONS = pytest.mark.parametrize(
    "script", [serve, worker, check_schema, check_bans], ids=lambda script: script.__name__
)


@WITHOUT_OPTIONS
def test_help_is_given_and_nothing_is_begun(said: Said, script: ModuleType) -> None:
    code, printed, _ = said(script.main, "--help")
    assert (code, str(script.__doc__).split(":")[0] in printed) == (0, True)


@WITHOUT_OPTIONS
def test_an_argument_that_means_nothing_is_refused(said: Said, script: ModuleType) -> None:
    code, _, errors = said(script.main, "foo")
    assert (code, "unrecognized arguments: foo" in errors) == (2, True)


def test_a_start_without_options_reads_none(root: Path) -> None:
    """What reads them is loaded for them alone: a start waits for each module."""
    program = "import sys, scripts.serve; print('argparse' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=root, check=True,
                          capture_output=True, text=True)  # fmt: skip
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("main", "arguments", "says"),
    [
        (warm_cache.main, ("--seconds", "-1"), "--seconds: '-1' is not a number above 0"),
        (warm_cache.main, ("--seconds", "nan"), "--seconds: 'nan' is not a number above 0"),
        (reconcile.main, ("--exercise", "-5"), "--exercise: '-5' is not a number above 0"),
        (reconcile.main, ("--exercise", "0"), "--exercise: '0' is not a number above 0"),
        (restore_drill.main, ("--jobs", "-5"), "--jobs: -5 is not a whole number"),
        (permission_matrix.main, ("--like", "nosuchop"), "'nosuchop'"),
        (chaos.main, ("list", "nope"), "`list` stands alone"),
        (chaos.main, ("all", "cache-kill"), "`all` stands alone"),
    ],
)  # fmt: skip
def test_an_option_that_means_nothing_is_refused_by_its_name(
    said: Said, main: Callable[[], int], arguments: tuple[str, ...], says: str
) -> None:
    code, printed, errors = said(main, *arguments)
    assert (code, printed, says in errors) == (2, "", True)


def test_a_list_of_benchmarks_is_json_when_that_is_asked_for(said: Said) -> None:
    code, printed, _ = said(benchmark.main, "list", "--json")
    listed = json.loads(printed)
    assert code == 0
    assert listed == [
        {"group": one.group, "target": one.target, "what": one.summary}
        for one in registry.all_benchmarks()
    ]


def test_a_list_of_faults_is_json_when_that_is_asked_for(said: Said) -> None:
    code, printed, _ = said(chaos.main, "list", "--json")
    assert code == 0
    assert json.loads(printed) == [
        {"scenario": one.name, "what": one.what, "pass_line": str(one.line)}
        for one in EVERY.values()
    ]


def test_a_list_of_faults_names_nothing_that_is_explained_nowhere(said: Said) -> None:
    _, printed, _ = said(chaos.main, "list")
    assert " R1 " not in printed


def test_a_bill_that_cannot_be_written_is_told_in_a_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert sbom.main([str(tmp_path / "none" / "bom.json")]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert "none/bom.json" in printed.err
