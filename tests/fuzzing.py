"""How many examples generated tests try: few, always the same ones, unless `--examples` asks for
so many times as many, new ones each time.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

_times: list[int] = []
_CASES = "cases"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The long form, by command."""
    parser.addoption(
        "--examples", type=int, metavar="TIMES",
        help="so many times the examples of generated tests, chosen anew",
    )  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Before any test is collected."""
    times = config.getoption("--examples")
    _times[:] = [] if times is None else [times]


@pytest.fixture
def tried(record_property: Callable[[str, object], None]) -> Iterator[Callable[[], None]]:
    """To be called for each case: the long form says how many there were."""
    count = 0

    def one() -> None:
        nonlocal count
        count += 1

    yield one
    record_property(_CASES, count)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """How many cases the long form had; some tests have fewer to choose from than are asked."""
    if config.getoption("--examples") is None:
        return
    ends = [report for report in terminalreporter.stats.get("", []) if report.when == "teardown"]
    cases = [dict(report.user_properties).get(_CASES, 0) for report in ends]
    terminalreporter.write_line(f"{sum(cases):,} generated cases in {sum(map(bool, cases))} tests")


def examples(count: int, **more: Any) -> settings:
    """The settings of a generated test that tries so many examples in its short form."""
    return settings(
        max_examples=count * (_times[0] if _times else 1),
        derandomize=not _times,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **more,
    )
