"""What the code base never does is found where somebody does it."""

import pytest

from scripts.check_bans import BANS, Ban, found, sources

NAMES = [ban.name for ban in BANS]
COMPOSED = BANS[NAMES.index("composed SQL")]


def path_of(ban: Ban) -> str:
    """A module that the ban holds for."""
    return next(path for path, _ in sources() if path.startswith(ban.paths))


def names_found(ban: Ban, path: str, source: str) -> set[str]:
    return {line.split(": ")[1] for line in found(path, source)} & {ban.name}


@pytest.mark.parametrize("ban", BANS, ids=NAMES)
def test_each_line_of_a_sample_that_breaks_a_ban_is_found(ban: Ban) -> None:
    for sample in [ban.sample] if "def " in ban.sample else ban.sample.splitlines():
        assert names_found(ban, path_of(ban), sample), sample


@pytest.mark.parametrize("ban", BANS, ids=NAMES)
def test_the_way_that_is_meant_instead_is_not_found(ban: Ban) -> None:
    assert not names_found(ban, path_of(ban), ban.fine)


@pytest.mark.parametrize(
    "lines",
    [
        "sql = f'SELECT {q}'; return text(sql)",
        "sql: str = 'SELECT ' + q; return sqlalchemy.text(sql)",
        "sql = 'SELECT '; sql += q; return text(text=sql)",
        "return text(' '.join(['SELECT', q]))",
        "return lambda: literal_column(q)",
        "db.session.connection().exec_driver_sql(f'SELECT {q}')",
    ],
)
def test_sql_is_composed_whatever_it_is_put_together_with(lines: str) -> None:
    assert names_found(COMPOSED, "src/queries/job.py", f"def f(q):\n    {lines}")


def test_a_bound_value_is_no_composed_sql() -> None:
    lines = "return text('SELECT :q').bindparams(q=q)"
    assert not names_found(COMPOSED, "src/queries/job.py", f"def f(q):\n    {lines}")


@pytest.mark.parametrize("ban", BANS, ids=NAMES)
def test_an_exception_is_a_module_that_still_needs_it(ban: Ban) -> None:
    written = dict(sources())
    for path in ban.allowed:
        assert names_found(ban, path.replace(".py", "_like.py"), written[path]), path
