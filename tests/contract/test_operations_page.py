"""Whatever the service warns of is on the page of operations, and nothing else is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from src.ops.monitor.thresholds import THRESHOLDS

FLAGS = re.MULTILINE | re.IGNORECASE
LOUD = {"warning", "error", "exception", "critical"}


def loud_calls(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls that log at level warning or above."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            logger = ast.unparse(node.func.value)
            if node.func.attr in LOUD and (
                "log" in logger.split(".")[-1] or "get_logger" in logger
            ):
                yield node


def events(source: str) -> set[str]:
    """What a module warns of; the rest of a call are fields."""
    calls = loud_calls(ast.parse(source))
    return {call.args[0].value if isinstance(call.args[0], ast.Constant) else ast.unparse(call)
            for call in calls}  # fmt: skip


@pytest.fixture
def warned(root: Path) -> set[str]:
    return {name for path in root.glob("src/**/*.py") for name in events(path.read_text())}


@pytest.fixture
def page(root: Path) -> str:
    return (root / "docs" / "operations.md").read_text()


def rows(section: str) -> set[str]:
    """The names in the first column of its tables."""
    firsts = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
    return {name for first in firsts for name in re.findall(r"`([a-z0-9_]+)`", first)}


def test_every_event_that_warns_has_a_line_and_no_line_is_of_an_event_that_is_gone(
    page: str, warned: set[str]
) -> None:
    section = page.partition("## The log")[2].partition("\n## ")[0]
    assert rows(section) == warned


@pytest.mark.parametrize("section", THRESHOLDS)
def test_every_verdict_has_a_line_in_its_section(page: str, section: str) -> None:
    part = re.split(r"\n##+ ", page.partition(f"\n### {section}\n")[2])[0]
    assert rows(part) == set(THRESHOLDS[section])


@pytest.mark.parametrize("section", THRESHOLDS)
def test_every_verdict_has_a_line_where_monitoring_lists_its_figures(
    root: Path, section: str
) -> None:
    page = (root / "docs" / "monitoring.md").read_text()
    (table,) = re.findall(rf"^\| {section} \| warn.*?(?=\n\n)", page, re.DOTALL | FLAGS)
    assert rows(table) == set(THRESHOLDS[section])


def test_all_ways_to_warn_are_read() -> None:
    source = """
log.warning("one", field=1)
structlog.get_logger("x").error("two")
self._log.exception("three")
parser.error("not an event")
log.info("quiet")
"""
    assert events(source) == {"one", "two", "three"}


def test_every_command_and_page_that_it_names_is_there(root: Path, page: str) -> None:
    modules = re.findall(r"python -m (scripts\.\w+)", page)
    files = [*re.findall(r"`?(scripts/\w+\.sh|\w+\.py|optimize_backend\.sh)", page)]
    links = [link for link in re.findall(r"\]\(([^)#]+)", page) if "://" not in link]
    places = [root / name.replace(".", "/") for name in modules]
    assert len(places) > 5
    assert [str(place) for place in places if not place.with_suffix(".py").is_file()] == []
    assert [name for name in files if not (root / name).is_file()] == []
    assert [link for link in links if not (root / "docs" / link).is_file()] == []


def test_every_threat_names_a_wall_and_what_holds_it(root: Path) -> None:
    table = (root / "SECURITY.md").read_text().partition("| threat |")[2].partition("\n\n")[0]
    rows = [row.split(" | ") for row in table.splitlines()[2:]]
    assert len(rows) > 10
    for _threat, wall, holds in rows:
        folder = root
        assert wall
        for name in re.findall(r"`([^`]+)`", holds):
            place = root / (name.replace(".", "/") if name.startswith("scripts.") else name)
            folder = place.parent if "/" in name else folder
            found = (place, place.with_suffix(".py"), folder / name)
            assert any(path.exists() for path in found), name
