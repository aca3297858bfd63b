"""The versions of a row that a caller would write over."""

from src.errors import PreconditionFailed

# None is any: who does not ask for one writes over whatever is there.
Expected = frozenset[int] | None


def require(expected: Expected, found: int) -> None:
    """Raise PreconditionFailed unless the version found is among those expected."""
    if expected is not None and found not in expected:
        raise PreconditionFailed()
