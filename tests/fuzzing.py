"""How many examples generated tests try: few, always the same ones, unless `--examples` asks for
so many times as many, new ones each time.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings

_times: list[int] = []


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
