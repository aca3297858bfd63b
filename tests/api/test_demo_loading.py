"""Loading the demo data: only where there is nothing else."""

import dataclasses

import pytest
from flask import Flask

from src.database import unit_of_work
from src.ops import demo
from tests.api.test_demo_data import run
from tests.factories import make_user, rows


def test_the_demo_refuses_a_database_that_is_not_embedded(
    owner_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    config = dataclasses.replace(owner_app.config["TALENTSPHERE"], embedded=False)
    assert demo.run(config, if_empty=True, force=False) == 2
    assert "--force" in capsys.readouterr().err
    assert not rows("SELECT 1 FROM users")


def test_the_demo_is_never_loaded_beside_users(owner_app: Flask) -> None:
    with unit_of_work():
        make_user()
    assert run(owner_app, force=True) == 1
    assert not rows("SELECT 1 FROM jobs")
