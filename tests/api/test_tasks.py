"""Background tasks: what the clock ends, what is counted, what is mailed."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import Engine, event, func, select, text

from src import tasks
from src.database import db, unit_of_work
from src.models import IdempotencyKey, Invitation, Job, Lexeme, OneTimeToken, RateWindow, Session
from src.queries import housekeeping as housekeeping_queries
from src.queries import locks
from src.queries.locks import Lock
from src.services import housekeeping, letters, search_index
from src.utils import clock
from src.utils.task_places import CLOCK, PLACES
from tests import factories as make
from tests.background import run_queued

HOUR = timedelta(hours=1)


def test_jobs_past_their_date_expire_and_the_others_stay(app):
    past, ahead = clock.now() - HOUR, clock.now() + HOUR
    over = make.make_job(published_at=past - HOUR, expires_at=past)
    running = make.make_job(expires_at=ahead)
    assert housekeeping.expire_jobs() == 1
    db.session.expire_all()
    assert (over.status, running.status) == ("expired", "published")


def test_expiry_goes_on_past_one_batch(app, monkeypatch):
    monkeypatch.setattr(housekeeping, "BATCH", 2)
    company, past = make.make_company(), clock.now() - HOUR
    for _ in range(5):
        make.make_job(company, published_at=past - HOUR, expires_at=past)
    assert housekeeping.expire_jobs() == 5
    expired = select(func.count()).select_from(Job).where(Job.status == "expired")
    assert db.session.execute(expired).scalar_one() == 5


def counted(word: str) -> tuple[int, int] | None:
    row = db.session.execute(select(Lexeme).where(Lexeme.word == word)).scalar_one_or_none()
    return (row.in_doc, row.in_head) if row else None


def test_words_are_counted_in_texts_and_heads(owner_app):
    make.make_job(title="Welder", description="<p>Steel ships</p>")
    make.make_job(title="Painter", description="<p>Paint what the welder made</p>")
    assert search_index.count_words() == 2
    assert counted("welder") == (2, 1)
    assert counted("") == (2, 1)


@pytest.mark.long
@pytest.mark.parametrize(
    ("write", "lock"),
    [
        (search_index.count_words, Lock.COUNT_WORDS),
        (search_index.collect_words, Lock.COUNT_WORDS),
        (search_index.load_tables, Lock.SEARCH_FORM),
    ],
)
def test_a_writer_of_the_search_tables_waits_for_the_one_before(owner_app, write, lock):
    with ThreadPoolExecutor(1) as pool, db.engine.connect() as other:
        other.execute(locks.wait(lock))
        second = pool.submit(in_context, owner_app, write)
        # Longer than a request would wait for a lock.
        with pytest.raises(TimeoutError):
            second.result(timeout=2.5)
        other.rollback()
        assert not second.result(timeout=10)


def in_context(app, work):
    with app.app_context():
        return work()


def test_a_word_that_no_live_job_holds_any_more_is_forgotten(owner_app):
    job = make.make_job(title="Welder")
    search_index.count_words()
    db.session.delete(job)
    db.session.flush()
    search_index.count_words()
    db.session.expire_all()
    assert counted("welder") is None
    assert counted("") == (0, 1)


def test_what_is_past_its_end_is_purged_and_the_rest_is_kept(app):
    user, past, ahead = make.make_user(), clock.now() - HOUR, clock.now() + HOUR
    company = make.make_company()
    for number, end in enumerate((past, ahead)):
        make.headers_for(user, expires_at=end)
        mark = bytes([number])
        db.session.add_all(
            [
                OneTimeToken(
                    user_id=user.id, purpose="verify_email", token_hash=mark, expires_at=end
                ),
                RateWindow(scope="test", subject=str(number), hits=1, ends_at=end),
                IdempotencyKey(
                    caller_key="user:1", method="POST", path="/", key=str(number), body_hash=mark,
                    status=200, body=b"", headers={}, expires_at=end,
                ),
                Invitation(
                    company_id=company.id, email=f"{number}@mail.example", role="viewer",
                    invited_by_id=user.id, expires_at=end,
                ),
            ]
        )  # fmt: skip
    db.session.flush()
    housekeeping.purge()
    for model in (Session, OneTimeToken, RateWindow, IdempotencyKey, Invitation):
        assert db.session.execute(select(func.count()).select_from(model)).scalar_one() == 1


def test_a_purge_goes_on_batch_by_batch(app, monkeypatch):
    monkeypatch.setattr(housekeeping_queries, "MOST_AT_ONCE", 2)
    past, removed = clock.now() - HOUR, []
    db.session.add_all(
        RateWindow(scope="test", subject=str(number), hits=1, ends_at=past) for number in range(5)
    )
    db.session.flush()

    def seen(_connection, cursor, statement, *_):
        if "DELETE FROM rate_windows" in statement:
            removed.append(cursor.rowcount)

    event.listen(Engine, "after_cursor_execute", seen)
    try:
        housekeeping.purge()
    finally:
        event.remove(Engine, "after_cursor_execute", seen)
    assert removed == [2, 2, 1]


def test_a_table_that_cannot_be_purged_does_not_starve_the_others(app):
    make.headers_for(make.make_user(), expires_at=clock.now() - HOUR)
    db.session.add(RateWindow(scope="test", subject="1", hits=1, ends_at=clock.now() - HOUR))
    db.session.flush()
    db.session.execute(
        text(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RAISE EXCEPTION ''no''; END';"
            "CREATE TRIGGER refuse BEFORE DELETE ON sessions EXECUTE FUNCTION refuse()"
        )
    )
    db.session.commit()
    with structlog.testing.capture_logs() as logs:
        housekeeping.purge()
    assert [(line["event"], line["table"]) for line in logs] == [("purge_failed", "sessions")]
    left = [
        db.session.execute(select(func.count()).select_from(model)).scalar_one()
        for model in (Session, RateWindow)
    ]
    assert left == [1, 0]


def test_a_queued_letter_is_sent_where_mails_go(app, tmp_path, monkeypatch):
    config = dataclasses.replace(app.config["TALENTSPHERE"], mail_url=f"file://{tmp_path}")
    monkeypatch.setitem(app.config, "TALENTSPHERE", config)
    with unit_of_work() as work:
        letters.post(work, "ada@example.com", letters.reset_password("the-code"))
    run_queued("mail.send")
    (written,) = tmp_path.iterdir()
    assert "the-code" in written.read_text()


def test_a_queued_letter_keeps_its_headers(app, tmp_path, monkeypatch):
    config = dataclasses.replace(app.config["TALENTSPHERE"], mail_url=f"file://{tmp_path}")
    monkeypatch.setitem(app.config, "TALENTSPHERE", config)
    letter = letters.Letter("News", "Much is new.", {"List-Unsubscribe": "<https://a.example/x>"})
    with unit_of_work() as work:
        letters.post_many(work, [("ada@example.com", letter)])
    run_queued("mail.send")
    (written,) = tmp_path.iterdir()
    assert "List-Unsubscribe: <https://a.example/x>" in written.read_text()


def test_a_letter_that_a_release_without_headers_queued_is_sent(app, tmp_path, monkeypatch):
    config = dataclasses.replace(app.config["TALENTSPHERE"], mail_url=f"file://{tmp_path}")
    monkeypatch.setitem(app.config, "TALENTSPHERE", config)
    with unit_of_work() as work:
        work.enqueue("mail.send", to="ada@example.com", subject="Old", text="Still here.")
    run_queued("mail.send")
    assert len([*tmp_path.iterdir()]) == 1


def test_the_clock_starts_expiry_each_minute_and_the_count_each_ten():
    registered = tasks.queue.periodic_registry.periodic_tasks.values()
    crons = {entry.task.name: entry.cron for entry in registered}
    assert crons["jobs.expire"] == "* * * * *"
    assert crons["search.count_words"] == "*/10 * * * *"
    assert "housekeeping.purge" in crons


def test_a_task_that_services_enqueue_waits_where_it_is_declared():
    declared = {name: tasks.queue.tasks[name] for name in PLACES}
    assert {name: (each.queue, each.priority) for name, each in declared.items()} == PLACES


def test_all_that_the_clock_starts_goes_first():
    registered = tasks.queue.periodic_registry.periodic_tasks.values()
    assert {entry.task.priority for entry in registered} == {CLOCK}
