"""docs/asvs.md answers each requirement of ASVS 5.0 once, and names what is there."""

import re
from collections import Counter
from pathlib import Path

import pytest

# How many requirements each chapter has at levels 1 and 2 together.
CHAPTERS = {
    1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13,
    14: 9, 15: 13, 16: 16, 17: 7,
}  # fmt: skip
STATE = "(met|in part|not met|operator)"
ROW = re.compile(rf"(?m)^\| ([0-9.]+) \| ([12]) \| {STATE} \| (.+) \|$")
TOTAL = re.compile(rf"(?m)^\| {STATE} \| .+ \| (\d+) \| (\d+) \|$")


@pytest.fixture
def page(root: Path) -> str:
    return (root / "docs" / "asvs.md").read_text()


def test_each_requirement_is_answered_once(page: str) -> None:
    rest = page.split("## Not applicable")[1]
    ids = [row[0] for row in ROW.findall(page)] + re.findall(r"\d+\.\d+\.\d+", rest)
    assert [each for each, count in Counter(ids).items() if count > 1] == []
    assert Counter(int(each.split(".")[0]) for each in ids) == CHAPTERS


def test_the_totals_are_those_of_the_rows(page: str) -> None:
    rows = Counter((state, level) for _, level, state, _ in ROW.findall(page))
    said = {state: (int(one), int(two)) for state, one, two in TOTAL.findall(page)}
    assert said == {state: (rows[state, "1"], rows[state, "2"]) for state in said}
    assert len(said) == 4


def test_what_is_named_is_there(page: str, root: Path) -> None:
    named = set(re.findall(r"`((?:src|tests|scripts|deploy)/[^`]*|gunicorn[^`]+)`", page))
    assert len(named) > 40
    assert [each for each in sorted(named) if not (root / each).exists()] == []
