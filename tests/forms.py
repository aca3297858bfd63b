"""The two forms of the suite: a short one for whoever changes the code, and the rest of it.

What is marked `long` serves instances of its own, breaks servers for seconds, works on thousands of
rows or tries every column, value or order of steps. CI runs both.
"""

from typing import Any

import pytest

SHORT, LONG, WHOLE = "short", "long", "whole"
_FORM = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The other form, by command."""
    parser.addoption(
        "--long", action="store_true", help="only the tests that the short form leaves out"
    )


def pytest_configure(config: pytest.Config) -> None:
    """The process that was asked knows whether files were named; the others are told."""
    config.addinivalue_line("markers", "long: left out of the short form of the suite")
    told: dict[str, Any] = getattr(config, "workerinput", {})
    config.stash[_FORM] = told.get("form") or form_of(config)


def pytest_configure_node(node: Any) -> None:
    """One of the processes that run tests is about to start."""
    node.workerinput["form"] = node.config.stash[_FORM]


def form_of(config: pytest.Config) -> str:
    """Who says what to run gets all of it."""
    if config.getoption("--long"):
        return LONG
    says_what = config.args_source == pytest.Config.ArgsSource.ARGS
    return WHOLE if says_what or config.option.keyword or config.option.markexpr else SHORT


def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    """Leave out what is of the other form; the end says how many those were."""
    form = config.stash[_FORM]
    if form == WHOLE:
        return
    chosen: list[Any] = []
    others: list[Any] = []
    for item in items:
        is_long = item.get_closest_marker("long") is not None
        (chosen if is_long == (form == LONG) else others).append(item)
    items[:] = chosen
    config.hook.pytest_deselected(items=others)
