import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import psutil
import pytest
from sqlalchemy import make_url

from src.config import Config
from src.embedded.guards import OnlyOne
from src.embedded.layout import Layout
from src.run_file import holder, read_run_file
from src.settings import ConfigError

GOOD = {
    "DATABASE_URL": "postgres://app:hidden-word@db/talentsphere",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
}


@pytest.mark.parametrize("url", ["postgresql://u:p@h:x/d", "postgresql://u:pur/ple@h:1/d"])
def test_a_database_url_that_cannot_be_read_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL") as refused:
        Config.from_environment({"DATABASE_URL": url, "SECRET_KEY": "0123456789abcdef" * 3})
    assert "pur" not in str(refused.value)


@pytest.mark.parametrize(
    "rest",
    ["u:p#[?&%40@h:5432/d", "u@[::1]:5432/d", "u@[::1]/d", "u@/d?host=/tmp&port=5", "/d?host=/tmp"],
)
def test_a_database_url_that_the_driver_takes_is_taken(rest: str) -> None:
    values = {"DATABASE_URL": f"postgresql://{rest}", "SECRET_KEY": "0123456789abcdef" * 3}
    assert Config.from_environment(values).database_url.endswith(rest)
    make_url(f"postgresql://{rest}")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_a_database_url_names_the_driver(scheme: str) -> None:
    config = Config.from_environment(GOOD | {"DATABASE_URL": f"{scheme}://app@db/talentsphere"})
    assert config.database_url == "postgresql+psycopg2://app@db/talentsphere"
    assert config.migration_database_url == config.database_url


def test_commands_of_the_owner_go_around_a_pooler() -> None:
    direct = "postgresql+psycopg2://app@db/talentsphere"
    config = Config.from_environment(GOOD | {"DATABASE_DIRECT_URL": direct})
    own = config.as_owner()
    assert (config.behind_pooler, own.behind_pooler, own.database_url) == (True, False, direct)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://db/talentsphere"),
        ("REDIS_URL", "localhost:6379"),
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "changeme"),
        ("SECRET_KEY", "a" * 40),
        ("PORT", "http"),
        ("PORT", "70000"),
        ("WEB_CONCURRENCY", "many"),
        ("DB_POOL_SIZE", "0"),
        ("DB_POOL_TIMEOUT", "-1"),
        ("DB_POOL_TIMEOUT", "nan"),
        ("SLOW_QUERY_THRESHOLD", "soon"),
        ("SQL_ECHO", "maybe"),
        ("PUBLIC_URL", "jobs.example.org"),
        ("CORS_ORIGINS", "*"),
        ("CORS_ORIGINS", "https://.*"),
        ("MAIL_URL", "mail.example.org"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_bad_setting_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Config.from_environment(GOOD | {name: value})


def test_silence_names_the_command_that_serves(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"\./start_optimized\.sh"):
        Config.from_environment({"TALENTSPHERE_DATA_DIR": str(tmp_path)})


def test_printing_the_settings_shows_no_secret() -> None:
    printed = repr(Config.from_environment(GOOD | {"REDIS_URL": "redis://:hidden-word@cache"}))
    assert "hidden-word" not in printed
    assert GOOD["SECRET_KEY"] not in printed


def test_a_way_around_a_pooler_tells_that_there_is_one() -> None:
    direct = {"DATABASE_DIRECT_URL": "postgresql://app@direct/talentsphere"}
    assert Config.from_environment(GOOD | direct).behind_pooler
    assert not Config.from_environment(GOOD).behind_pooler


def _write_run_file(folder: Path, pid: int) -> None:
    run = {
        "database_url": "postgresql:///embedded",
        "secret_key": GOOD["SECRET_KEY"],
        "port": 8123,
        "pids": {"supervisor": pid},
    }
    (folder / "run.json").write_text(json.dumps(run))


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """The data folder of a living instance, whose supervisor is this process."""
    _write_run_file(tmp_path, os.getpid())
    with OnlyOne(Layout(tmp_path), serves=True):
        yield tmp_path


def test_the_run_file_of_a_living_instance_gives_the_settings(held: Path) -> None:
    config = Config.from_environment({"TALENTSPHERE_DATA_DIR": str(held)})
    assert config.database_url == "postgresql+psycopg2:///embedded"
    assert config.embedded
    assert config.port == 8123


def test_an_instance_is_found_whatever_the_clock_was_set_to(
    held: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psutil.Process, "create_time", lambda _: 0.0)
    assert read_run_file(held) is not None


def test_a_run_file_is_not_believed_whose_instance_lets_the_folder_go(tmp_path: Path) -> None:
    _write_run_file(tmp_path, os.getpid())
    with OnlyOne(Layout(tmp_path), serves=True):
        pass
    assert read_run_file(tmp_path) is None


def test_the_run_file_of_an_earlier_instance_is_not_believed(held: Path) -> None:
    _write_run_file(held, os.getpid() + 1)
    assert read_run_file(held) is None


def test_nobody_serves_from_a_folder_that_is_only_worked_on(tmp_path: Path) -> None:
    _write_run_file(tmp_path, os.getpid())
    with OnlyOne(Layout(tmp_path), serves=False):
        assert (holder(tmp_path), read_run_file(tmp_path)) == (None, None)


def test_a_start_waits_for_who_only_asks_who_serves(tmp_path: Path) -> None:
    (tmp_path / "lock").touch()
    asking = (tmp_path / "lock").open()
    fcntl.flock(asking, fcntl.LOCK_SH)
    Timer(0.1, asking.close).start()
    with OnlyOne(Layout(tmp_path), serves=True):
        assert holder(tmp_path) == os.getpid()


def test_the_environment_wins_over_a_running_instance(held: Path) -> None:
    config = Config.from_environment(GOOD | {"TALENTSPHERE_DATA_DIR": str(held)})
    assert config.database_url.endswith("@db/talentsphere")
    assert not config.embedded
