"""New jobs told to who saved a search for them: the right ones, once, and to nobody else."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, event, text

from src.caller import Caller
from src.database import ask_for, db
from src.models import AlertRound
from src.models.vocabulary import AlertFrequency
from src.queries import alert as alert_queries
from src.queries import locks, search_operators
from src.queries.locks import Lock
from src.services import alert as alert_service
from src.services import alert_match
from src.services import erasure as erasure_service
from src.services import job_search as search_service
from src.services import saved_search as saved_service
from src.services.alert_match import BrokenOff
from src.utils import clock, mail
from tests.alerts import NURSE, body, keep, mails_go_to, match, sent, told
from tests.background import queued, run_queued
from tests.factories import make_company, make_job, make_user, rows

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def box(owner_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where mails go."""
    mails_go_to(owner_app, tmp_path, monkeypatch)
    return tmp_path


def test_the_one_of_many_arrivals_that_is_meant_is_told_of(box: Path) -> None:
    keep(q="nurse", country="NO")
    keep(country="SE")
    db.session.commit()
    company = make_company()
    for number in range(70):
        make_job(company, title="Welder", published_at=clock.now() - number * 24 * HOUR)
    job = make_job(**NURSE | {"published_at": clock.now() - 5 * 24 * HOUR})
    match()
    [mail] = sent(box)
    assert f"-{job.id}\n" in body(mail)


def test_one_mail_names_twenty_jobs_and_counts_the_others(box: Path) -> None:
    keep(q="nurse")
    db.session.commit()
    company = make_company(name="Harbour Clinic")
    for number in range(23):
        make_job(company, title=f"Nurse {number}", published_at=clock.now() - number * HOUR)
    match()
    [mail] = sent(box)
    content = body(mail)
    assert mail["Subject"] == "23 new jobs: Nights"
    assert [f"\nNurse {number}\n" in content for number in (0, 19, 20)] == [True, True, False]
    assert "And 3 more: https://jobs.example/api/v1/jobs?q=nurse&sort=newest\n" in content


@pytest.mark.parametrize("before", [5, 23])
def test_a_mail_counts_and_names_what_arrived_since_the_search_was_kept(
    box: Path, before: int
) -> None:
    keep(make_user(email="early@mail.example"), q="nurse")
    db.session.commit()
    company = make_company()
    for number in range(before):
        make_job(company, title="Nurse", published_at=clock.now() - number * HOUR)
    db.session.commit()
    keep(make_user(email="late@mail.example"), q="nurse")
    db.session.commit()
    # One before and one behind all others.
    new = [make_job(company, title="Nurse", published_at=clock.now() - n * HOUR) for n in (0, 48)]
    match()
    mails = {str(mail["To"]): mail for mail in sent(box)}
    assert mails["early@mail.example"]["Subject"] == f"{before + 2} new jobs: Nights"
    late = mails["late@mail.example"]
    assert late["Subject"] == "2 new jobs: Nights"
    assert [f"-{job.id}\n" in body(late) for job in new] == [True, True]


def test_what_is_new_behind_many_that_are_posted_again_is_told(box: Path) -> None:
    keep(make_user(email="early@mail.example"), q="nurse")
    db.session.commit()
    company = make_company()
    old = [make_job(company, title="Nurse") for _ in range(20)]
    match()
    assert told(box) == {"early@mail.example": 20}
    keep(make_user(email="late@mail.example"), q="nurse")
    rows("UPDATE jobs SET status = 'closed' RETURNING 1")
    rows("UPDATE jobs SET status = 'published', published_at = now() RETURNING 1")
    new = make_job(company, title="Nurse", published_at=old[0].published_at - 48 * HOUR)
    match()
    mails = {str(mail["To"]): mail for mail in sent(box)}
    assert mails["early@mail.example"]["Subject"] == "1 new job: Nights"
    assert f"-{new.id}\n" in body(mails["early@mail.example"])
    assert mails["late@mail.example"]["Subject"] == "21 new jobs: Nights"


def test_a_mail_is_plain_text_with_a_link_that_stops_it_in_one_click(box: Path) -> None:
    user = make_user(email="ada@mail.example")
    search = keep(user, q="nurse")
    db.session.commit()
    make_job(make_company(name="Harbour Clinic"), **NURSE)
    match()
    [mail] = sent(box)
    stop = f"https://jobs.example/api/v1/unsubscribe/{saved_service.sign(search.id)}"
    assert (mail["To"], mail["From"]) == ("ada@mail.example", "no-reply@jobs.example")
    assert mail.get_content_type() == "text/plain"
    assert mail["List-Unsubscribe"] == f"<{stop}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert stop in body(mail)
    assert "Harbour Clinic · Bergen, Norway, Remote · from USD 60,000 a year" in body(mail)


def test_no_job_is_told_twice_whatever_becomes_of_it(box: Path) -> None:
    keep(q="nurse")
    db.session.commit()
    job = make_job(**NURSE)
    match()
    assert len(sent(box)) == 1
    for status in ("paused", "published", "closed", "published"):
        job.status, job.published_at = status, clock.now()
        match()
    assert sent(box) == []


def test_a_repost_is_news_to_who_was_not_told_of_the_first(box: Path) -> None:
    job = make_job(status="closed", **NURSE)
    match()
    keep(q="nurse")
    db.session.commit()
    job.status, job.published_at = "published", clock.now()
    match()
    assert len(sent(box)) == 1


def test_what_was_there_before_the_search_is_no_news(box: Path) -> None:
    make_job(**NURSE)
    db.session.commit()
    keep(q="nurse")
    match()
    assert sent(box) == []


@pytest.mark.parametrize(
    "end", ["status = 'closed'", "expires_at = published_at + interval '1 second'"]
)
def test_a_mail_names_only_what_is_live_when_it_is_sent(box: Path, end: str) -> None:
    keep(q="nurse")
    keep(q="nurse", country="NO")
    db.session.commit()
    gone, stays = make_job(**NURSE), make_job(**NURSE | {"country": "SE"})
    match()
    rows(f"UPDATE jobs SET {end} WHERE id = :id RETURNING 1", id=gone.id)
    # Of the second search's jobs none is left.
    [mail] = sent(box)
    assert f"-{stays.id}\n" in body(mail)
    assert f"-{gone.id}\n" not in body(mail)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE users SET is_active = false", "UPDATE users SET email_verified_at = NULL",
        "UPDATE saved_searches SET frequency = 'never'", "DELETE FROM saved_searches",
        "UPDATE users SET erased_at = now()", "UPDATE users SET role = 'employer'",
    ],
)  # fmt: skip
@pytest.mark.parametrize("when", ["before", "between"])
def test_who_is_not_to_be_mailed_is_not(box: Path, change: str, when: str) -> None:
    keep(q="nurse")
    db.session.commit()
    make_job(**NURSE)
    if when == "before":
        db.session.execute(text(change))
    match()
    assert queued("alerts.send") == [] if when == "before" else queued("alerts.send")
    db.session.execute(text(change))
    assert sent(box) == []


def test_an_erased_account_leaves_nothing_behind(box: Path) -> None:
    user = make_user(password="purple lantern river 7")
    keep(user, q="nurse")
    db.session.commit()
    make_job(**NURSE)
    match()
    caller = Caller(user_id=user.id, role=None, email=user.email)
    ask_for(user.id)
    erasure_service.erase(caller, "purple lantern river 7", None)
    assert sent(box) == []
    for table in ("saved_searches", "alerts", "alerted_jobs"):
        assert rows(f"SELECT count(*) FROM {table}") == [(0,)]
    assert user.email not in str(rows("SELECT args FROM procrastinate_jobs"))


@pytest.mark.parametrize(
    ("frequency", "hours"),
    [
        ("daily", [(0, 7, 0), (1, 5, 0), (1, 6, 3), (1, 23, 0), (3, 9, 2)]),
        ("weekly", [(0, 7, 0), (6, 23, 0), (7, 5, 0), (7, 6, 4), (8, 6, 0), (14, 6, 2)]),
    ],
)
def test_daily_and_weekly_mails_come_at_their_hour(
    box: Path, monkeypatch: pytest.MonkeyPatch, frequency: str, hours: list[tuple[int, int, int]]
) -> None:
    today = clock.now().replace(hour=0, minute=0)
    monday = today - timedelta(days=today.weekday())
    db.session.add(AlertRound(frequency=frequency, started_at=monday + 6 * HOUR))
    keep(frequency=frequency, q="nurse")
    db.session.commit()
    for day, hour, jobs in hours:
        make_job(published_at=today, **NURSE)
        now = monday + timedelta(days=day, hours=hour)
        with monkeypatch.context() as moved:
            moved.setattr(clock, "now", lambda now=now: now)
            match()
        found = sum(body(mail).count("Night nurse") for mail in sent(box))
        assert found == jobs, (day, hour)


def test_jobs_are_told_of_when_all_that_arrived_before_was_forgotten(
    box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = clock.now().replace(hour=0, minute=0)
    monday = today - timedelta(days=today.weekday())
    for frequency in ("instant", "daily", "weekly"):
        keep(make_user(email=f"{frequency}@mail.example"), frequency, q="nurse")
    found: Counter[str] = Counter()
    # Welders move all rounds on to the same batch, Monday at six.
    for day, hour, title in [
        (0, 5, "Welder"), (0, 6, "Welder"), (0, 7, "Nurse"), (0, 8, "Nurse"), (1, 6, ""), (7, 6, "")
    ]:  # fmt: skip
        if title:
            make_job(title=title, published_at=today)
        now = monday + timedelta(days=day, hours=hour)
        with monkeypatch.context() as moved:
            moved.setattr(clock, "now", lambda now=now: now)
            match()
        alert_service.forget()
        if hour == 6 and not day:
            assert rows("SELECT count(*) FROM job_arrivals") == [(0,)]
        found.update(told(box))
    assert found == {f"{name}@mail.example": 2 for name in ("instant", "daily", "weekly")}


@pytest.mark.parametrize("jobs", [1, 23])
def test_equal_searches_are_searched_for_once(
    box: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    for _ in range(5):
        keep(q="nurse")
    keep(q="welder")
    db.session.commit()
    company = make_company()
    for _ in range(jobs):
        make_job(company, **NURSE)
    asked, find = [], search_service.find

    def counted(question: Any, request: Any) -> Any:
        asked.append(question.query["q"])
        return find(question, request)

    monkeypatch.setattr(search_service, "find", counted)
    match()
    assert sorted(asked) == ["nurse", "welder"]
    assert len(sent(box)) == 5


@pytest.mark.long
def test_only_what_goes_over_all_arrivals_takes_longer_than_a_request_may(
    box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hurried(connection: Connection) -> None:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 700")

    def search(*given: Any) -> Any:
        seen.append(rows("SHOW statement_timeout")[0][0])
        return run(*given)

    seen, run = [], search_service.search
    keep(q="nurse")
    make_job(**NURSE)
    db.session.commit()
    for name in ("NUMBER", "ARRIVED", "FORGET"):
        slow = text(f"SELECT pg_sleep(0.8); {getattr(alert_queries, name).text}")
        monkeypatch.setattr(alert_queries, name, slow)
    monkeypatch.setattr(search_service, "search", search)
    event.listen(db.engine, "begin", hurried)
    try:
        match()
        alert_service.forget()
    finally:
        event.remove(db.engine, "begin", hurried)
    assert len(sent(box)) == 1
    assert rows("SELECT count(*) FROM job_arrivals") == [(0,)]
    assert seen == ["3s"]


def test_a_round_that_breaks_off_goes_on_where_it_was(
    box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        keep(q="nurse", posted_within=number + 1)
    db.session.commit()
    make_job(**NURSE)
    monkeypatch.setattr(alert_service, "STEP", 1)
    tell, calls = alert_match._tell, []

    def breaking(*given: Any) -> None:
        calls.append(given)
        tell(*given)
        if len(calls) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(alert_match, "_tell", breaking)
    with pytest.raises(KeyboardInterrupt):
        match()
    assert len(told(box)) == 2
    match()
    assert len(told(box)) == 2
    assert len(calls) == 5


def test_a_round_takes_as_long_as_it_may_and_goes_on_later(box: Path) -> None:
    keep(q="nurse")
    db.session.commit()
    make_job(**NURSE)
    db.session.commit()
    assert alert_service.advance(AlertFrequency.INSTANT, dict, 0.0) == 0
    match()
    assert len(sent(box)) == 1


def test_one_search_that_cannot_be_run_holds_up_no_other(box: Path) -> None:
    keep(country="XX")
    keep(q="nurse")
    db.session.commit()
    make_job(**NURSE)
    match()
    assert len(sent(box)) == 1


def test_a_query_that_the_database_cannot_take_loses_no_mail_of_another(
    box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_operators, "spelled", lambda words: words)
    # In whatever order they come.
    for number in range(4):
        keep(q="nurse", posted_within=number + 1)
    keep(q='"nurse" ' + "-" * 40)
    db.session.commit()
    make_job(**NURSE)
    match()
    assert len(sent(box)) == 4


def failing(monkeypatch: pytest.MonkeyPatch, sqlstate: str, times: float) -> list[str]:
    """Let the search for welders fail so often; what was searched for."""
    search, asked = search_service.search, list[str]()

    def unlucky(query: Any, request: Any) -> Any:
        asked.append(query["q"])
        if query["q"] == "welder" and asked.count("welder") <= times:
            db.session.execute(text(f"DO $$ BEGIN RAISE SQLSTATE '{sqlstate}'; END $$"))
        return search(query, request)

    monkeypatch.setattr(search_service, "search", unlucky)
    return asked


@pytest.mark.parametrize("sqlstate", ["57014", "40P01"])
def test_a_search_that_a_busy_server_broke_off_is_repeated(
    box: Path, monkeypatch: pytest.MonkeyPatch, sqlstate: str
) -> None:
    for words in ("nurse", "welder"):
        keep(q=words)
    db.session.commit()
    for title in ("Night nurse", "Welder"):
        make_job(title=title)
    failing(monkeypatch, sqlstate, times=1)
    match()
    assert len(sent(box)) == 1
    run_queued("alerts.catch_up")
    assert len(sent(box)) == 1


def test_searches_that_never_end_in_time_hold_up_no_round(
    box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in ("nurse", "welder", "clerk"):
        keep(q=words)
    db.session.commit()
    for title in ("Night nurse", "Welder", "Clerk"):
        make_job(title=title)
    failing(monkeypatch, "57014", times=float("inf"))
    match()
    assert len(sent(box)) == 2
    # As often as a task is tried.
    with pytest.raises(BrokenOff):
        run_queued("alerts.catch_up")
    make_job(title="Clerk of the course")
    match()
    assert len(sent(box)) == 1


def test_what_arrived_before_a_search_is_tried_again_is_told_of_once(
    box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(q="welder")
    db.session.commit()
    make_job(title="Welder")
    failing(monkeypatch, "40P01", times=1)
    match()
    make_job(title="Welder of pipes", country="SE")
    match()
    assert list(told(box).values()) == [1]
    run_queued("alerts.catch_up")
    assert list(told(box).values()) == [1]


def test_while_one_worker_matches_another_does_not(owner_app: Flask, box: Path) -> None:
    keep(q="nurse")
    make_job(**NURSE)
    db.session.commit()
    with db.engine.connect() as elsewhere:
        elsewhere.execute(locks.attempt(Lock.ALERTS))
        match()
        assert queued("alerts.send") == []


def test_a_job_whose_transaction_took_long_is_not_passed_over(owner_app: Flask, box: Path) -> None:
    keep(q="nurse")
    company = make_company()
    db.session.commit()
    engine = create_engine(owner_app.config["TALENTSPHERE"].migration_database_url)
    with engine.connect() as slow:
        slow.execute(
            text(
                "INSERT INTO jobs (company_id, title, description, status, published_at,"
                " expires_at) VALUES (:company, 'Slow nurse', 'x', 'published', now(),"
                " now() + interval '9 days')"
            ),
            {"company": company.id},
        )
        make_job(title="Quick nurse")
        match()
        assert ["Quick nurse" in body(mail) for mail in sent(box)] == [True]
        slow.commit()
    engine.dispose()
    match()
    assert ["Slow nurse" in body(mail) for mail in sent(box)] == [True]


def test_another_query_begins_with_new_jobs(box: Path) -> None:
    user = make_user()
    search = keep(user, q="welder")
    db.session.commit()
    make_job(**NURSE)
    db.session.commit()
    caller = Caller(user_id=user.id)
    saved_service.change(caller, search.id, {"query": {"q": "nurse"}}, None)
    match()
    assert sent(box) == []
    make_job(**NURSE)
    match()
    assert len(sent(box)) == 1


def test_a_mail_that_was_refused_is_sent_later_and_one_that_may_be_there_is_not(
    box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(q="nurse")
    db.session.commit()
    make_job(**NURSE)
    match()
    hand_over = mail.send

    def refused(*_: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(mail, "send", refused)
    with pytest.raises(ConnectionRefusedError):
        run_queued("alerts.send")

    def broken_off(*given: Any) -> None:
        hand_over(*given)
        raise mail.Uncertain

    monkeypatch.setattr(mail, "send", broken_off)
    [arguments] = queued("alerts.send")
    assert len(sent(box)) == 1
    monkeypatch.setattr(mail, "send", hand_over)
    assert alert_service.claim(arguments["alert_id"]) is None


def test_what_all_rounds_are_past_is_forgotten(box: Path) -> None:
    keep(q="nurse")
    db.session.commit()
    make_job(**NURSE)
    match()
    make_job(**NURSE)
    db.session.commit()
    rows("UPDATE alerts SET expires_at = now() RETURNING 1")
    alert_service.forget()
    assert rows("SELECT batch FROM job_arrivals") == [(None,)]
    assert rows("SELECT count(*) FROM alerts") == [(0,)]
    assert rows("SELECT count(*) FROM alerted_jobs") == [(1,)]
