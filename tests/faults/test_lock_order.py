"""Those who count an application and those who hand in views take the same rows in one order."""

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg2
from flask import Flask

from src.database import db
from tests import factories as make

HOLD = "SELECT 1 FROM job_counters WHERE job_id = %s FOR UPDATE"
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE %s"
APPLY = "INSERT INTO applications (job_id, company_id, candidate_id) VALUES (%s, %s, %s)"
VIEWS = "SELECT count_views(ARRAY[%s::bigint], ARRAY[1], (now() AT TIME ZONE 'UTC')::date)"


def test_an_application_and_views_of_its_job_never_wait_for_each_other(committed: Flask) -> None:
    job, candidate = make.make_job(), make.make_user()
    ids = (job.id, job.company_id, candidate.id)
    db.session.commit()
    url = committed.config["TALENTSPHERE"].migration_database_url.replace("+psycopg2", "")
    viewing, applying = psycopg2.connect(url), psycopg2.connect(url)
    with ThreadPoolExecutor(1) as pool, viewing.cursor() as views, applying.cursor() as applies:
        # As the handing in does at its beginning.
        views.execute(HOLD, (ids[0],))
        applied = pool.submit(applies.execute, APPLY, ids)
        is_waiting = False
        while not is_waiting:
            time.sleep(0.02)
            views.execute(WAITS, ("INSERT INTO applications%",))
            is_waiting = bool(views.fetchone()[0])
        views.execute(VIEWS, (ids[0],))
        viewing.commit()
        applied.result(10)
        applying.commit()
    viewing.close()
    applying.close()
    counted = make.rows("SELECT views, applications FROM company_days")
    assert [tuple(row) for row in counted] == [(1, 1)]
