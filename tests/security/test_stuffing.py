"""Many guesses at once: the limits are exact, and hold up nobody else."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from src.database import db
from src.utils.bulkhead import Bulkheads, Room
from tests import factories as make

PASSWORD = "plum-Orchard-71"


@pytest.fixture(autouse=True)
def wide(committed: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Places for all who guess: how few there are is another test."""
    config = committed.config["TALENTSPHERE"]
    many = Bulkheads(config.data_dir / "wide", {"login": Room(40)})
    monkeypatch.setitem(committed.extensions, "bulkheads", many)


def test_of_thirty_guesses_at_once_ten_are_looked_at_and_nobody_else_is_held_up(
    committed: Flask,
) -> None:
    make.make_user(email="known@mail.example", password=PASSWORD)
    make.make_user(email="other@mail.example", password=PASSWORD)
    db.session.commit()

    def guess(number: int) -> int:
        wrong = {"email": "known@mail.example", "password": f"wrong-Orchard-{number}"}
        # From many addresses, as stuffing comes.
        address = {"REMOTE_ADDR": f"192.0.2.{number}"}
        client = committed.test_client()
        return client.post("/api/v1/auth/login", json=wrong, environ_base=address).status_code

    with ThreadPoolExecutor(30) as pool:
        statuses = Counter(pool.map(guess, range(30)))
    assert statuses == Counter({401: 10, 429: 20})
    right = {"email": "other@mail.example", "password": PASSWORD}
    assert committed.test_client().post("/api/v1/auth/login", json=right).status_code == 200


def test_of_forty_guesses_at_once_from_one_address_thirty_are_looked_at(committed: Flask) -> None:
    for number in range(40):
        make.make_user(email=f"known-{number}@mail.example", password=PASSWORD)
    db.session.commit()

    def guess(number: int) -> int:
        wrong = {"email": f"known-{number}@mail.example", "password": "wrong-Orchard-71"}
        return committed.test_client().post("/api/v1/auth/login", json=wrong).status_code

    with ThreadPoolExecutor(40) as pool:
        assert Counter(pool.map(guess, range(40))) == Counter({401: 30, 429: 10})
    right = {"email": "known-0@mail.example", "password": PASSWORD}
    elsewhere = {"REMOTE_ADDR": "192.0.2.9"}
    answer = committed.test_client().post("/api/v1/auth/login", json=right, environ_base=elsewhere)
    assert answer.status_code == 200
