"""docs/cache.md says what the code does."""

import re
from pathlib import Path

import pytest

from scripts.cache_model.protocol import PROTOCOLS
from src.routes.cache_table import READS
from src.services import freshness
from src.utils.redis_client import DEADLINE_SECONDS, KNOCK_SECONDS
from tests.contract.operations import OPERATIONS

PREFIX = "/api/v1"


@pytest.fixture(scope="module")
def page() -> str:
    return (Path(__file__).parents[2] / "docs" / "cache.md").read_text()


def rows(page: str, head: str) -> list[list[str]]:
    """The cells of the table that begins with these words."""
    _, _, rest = page.partition(f"| {head}")
    lines = rest.splitlines()[2:]
    table = lines[: lines.index("")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_the_table_of_reads_is_the_one_of_the_code(page: str) -> None:
    written = {words(row[0])[0]: row[1:4] for row in rows(page, "read ")}
    assert list(written) == list(READS)
    for name, read in READS.items():
        entity = [f"{read.entity}:…"] if read.entity else []
        seconds, tags, audience = written[name]
        assert int(seconds) == read.ttl_seconds
        assert words(tags) == [*read.tags, *entity]
        assert audience == read.audience


def test_the_table_names_every_path_of_a_read(page: str) -> None:
    served: dict[str, set[str]] = {name: set() for name in READS}
    for operation in OPERATIONS:
        if operation.contract.cached is not None:
            served[operation.contract.cached].add(operation.rule.removeprefix(PREFIX))
    assert {words(row[0])[0]: set(words(row[4])) for row in rows(page, "read ")} == served


def test_the_table_of_protocols_is_the_one_that_is_checked(page: str) -> None:
    said = {True: "yes", False: "no"}
    assert rows(page, "protocol ") == [
        [each.name, said[each.i1], said[each.i2]] for each in PROTOCOLS
    ]


def test_the_times_are_those_of_the_code(page: str) -> None:
    assert f"older than {freshness.PATIENCE_SECONDS} s" in page
    assert f"every\n   {freshness.DRAIN_SECONDS} s" in page
    assert f"wait {DEADLINE_SECONDS} s, then none; changes wait {KNOCK_SECONDS} s" in page
