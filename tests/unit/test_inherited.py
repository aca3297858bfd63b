"""An instance under test is tied to nothing that its starter's environment names."""

from pathlib import Path

import pytest

from scripts import inherited
from scripts.drills.served import own_environ

STARTERS = (
    "tests/served.py", "scripts/drills/served.py", "scripts/benchmark/product.py",
    "scripts/cache_hunt/servers.py",
)  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["DATABASE_URL", "DATABASE_DIRECT_URL", "REDIS_URL", "MAIL_URL", "SECRET_KEY", "TRUSTED_HOSTS"],
)
def test_no_setting_of_the_starter_reaches_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setenv(name, "theirs")
    assert name not in inherited.environ()
    assert name not in own_environ(tmp_path)


def test_it_finds_programs_and_a_place_for_files_as_its_starter_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/programs")
    monkeypatch.setenv("TMPDIR", "/files")
    monkeypatch.delenv("HOME", raising=False)
    assert inherited.environ() == {"PATH": "/programs", "TMPDIR": "/files"}


@pytest.mark.parametrize("starter", STARTERS)
def test_whoever_starts_one_asks_here_what_to_hand_on(root: Path, starter: str) -> None:
    source = (root / starter).read_text()
    assert "inherited.environ()" in source
    assert "os.environ" not in source
