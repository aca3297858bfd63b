"""What searches are benchmarked with: the made-up queries, the scales, and the order of files."""

import pytest

from scripts.benchmark import made_up_queries
from scripts.benchmark.groups import searches


def test_made_up_queries_are_the_same_each_time_and_none_twice() -> None:
    found = made_up_queries.made_up(300)
    assert found == made_up_queries.made_up(300)
    assert len(set(found)) == 300
    assert not any("{" in query for query in found)


def test_a_file_of_queries_is_read_line_by_line() -> None:
    assert made_up_queries.read("night nurse\n\n  c++ \r\n") == ["night nurse", "c++"]


@pytest.mark.parametrize(
    ("most", "scales"),
    [(1_000_000, [10_000, 100_000, 1_000_000]), (99_000, [99_000]), (200_000, [20_000, 200_000])],
)
def test_growth_is_told_over_scales_of_ten(most: int, scales: list[int]) -> None:
    assert searches._scales(most) == scales
