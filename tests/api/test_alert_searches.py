"""Of searches like each other, those are told of a new job that would find it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from src.database import db
from src.utils import clock
from tests.alerts import NURSE, body, keep, mails_go_to, match, sent
from tests.conftest import emptied
from tests.factories import make_job, make_user, rows

CASES: list[tuple[dict[str, Any], bool]] = [
    ({}, True), ({"q": "nurse"}, True), ({"q": "nurses patients"}, True),
    ({"q": '"night nurse"'}, True), ({"q": '"nurse night"'}, False),
    ({"q": "nurse -night"}, False), ({"q": "welder or nurse"}, True),
    ({"q": "patients", "title_only": True}, False), ({"q": "nurse welder"}, False),
    ({"country": "no"}, True), ({"country": "SE"}, False), ({"remote": False}, False),
    ({"employment_type": ["full_time", "contract"]}, True), ({"location": "Bergen"}, True),
    ({"employment_type": ["contract"]}, False), ({"salary_min": 50000}, True),
    ({"salary_min": 70000}, False), ({"posted_within": 1}, True), ({"featured": True}, False),
    ({"company": "nobody"}, False), ({"q": "nurse", "sort": "salary"}, True),
]  # fmt: skip


@dataclass
class Arrival:
    """What came of a new job: the mails and the jobs told, by the place of the search's case."""

    job_id: int
    mails: dict[int, list[str]] = field(default_factory=dict)
    told: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    search_ids: dict[int, int] = field(default_factory=dict)


def arrived(box: Path, cases: list[int], published_at: datetime) -> Arrival:
    """A job arrives, when these searches are kept."""
    # Among many like it: the search must not be cut off before it comes to the new one.
    for _ in range(25):
        make_job(**NURSE | {"salary_min": 90000})
    make_job(title="Welder")
    match()
    people = {case: make_user(email=f"case-{case}@mail.example") for case in cases}
    searches = {case: keep(people[case], **CASES[case][0]) for case in cases}
    db.session.commit()
    job = make_job(published_at=published_at, **NURSE)
    match()
    found, told = sent(box), rows("SELECT search_id, job_id FROM alerted_jobs")
    arrival = Arrival(job.id)
    for case in cases:
        arrival.search_ids[case] = searches[case].id
        arrival.mails[case] = [body(one) for one in found if one["To"] == people[case].email]
        arrival.told[case] = [tuple(row) for row in told if row.search_id == searches[case].id]
    assert sum(map(len, arrival.mails.values())) == len(found)
    assert sum(map(len, arrival.told.values())) == len(told)
    return arrival


@pytest.fixture(scope="module")
def arrivals(
    shared_owner_app: Flask, tmp_path_factory: pytest.TempPathFactory
) -> dict[int, Arrival]:
    """What came of each case: of all in one round, but for the search that takes everything, whose
    job stands behind all others.
    """
    found: dict[int, Arrival] = {}
    everything = [case for case, (query, _) in enumerate(CASES) if not query]
    others = [case for case in range(len(CASES)) if case not in everything]
    with pytest.MonkeyPatch.context() as patched:
        for cases, ago in ((everything, timedelta(hours=48)), (others, timedelta(0))):
            with emptied(shared_owner_app):
                folder = tmp_path_factory.mktemp("box")
                mails_go_to(shared_owner_app, folder, patched)
                found |= dict.fromkeys(cases, arrived(folder, cases, clock.now() - ago))
                db.session.remove()
                db.engine.dispose()
    return found


@pytest.mark.parametrize("case", range(len(CASES)), ids=[str(query) for query, _ in CASES])
def test_who_is_told_is_who_would_find_the_job(arrivals: dict[int, Arrival], case: int) -> None:
    arrival, is_told = arrivals[case], CASES[case][1]
    found = arrival.mails[case]
    assert len(found) == int(is_told)
    assert all(f"night-nurse-{arrival.job_id}\n" in mail for mail in found)
    assert arrival.told[case] == [(arrival.search_ids[case], arrival.job_id)] * is_told
