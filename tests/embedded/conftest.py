"""One served instance for all files of this folder; after them it would only take its share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.served import Instance, shared


@pytest.fixture(scope="package")
def shared_instance(
    tmp_path_factory: pytest.TempPathFactory, first_start: Path
) -> Iterator[Instance]:
    """Of those files that this process of the tests runs."""
    with shared(tmp_path_factory, first_start) as served:
        yield served
