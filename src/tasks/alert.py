"""Alerts: the rounds through saved searches, and their mails."""

import time

import structlog

from src.models.vocabulary import AlertFrequency
from src.schemas import saved_search as saved_schema
from src.schemas.job_card import card
from src.services import alert as alert_service
from src.services import letters
from src.services import saved_search as saved_service
from src.services.alert import Delivery
from src.tasks.app import RETRY, periodic, task
from src.utils import mail

log = structlog.get_logger("alerts")

# Of each minute at most, and of that each frequency in turn: other tasks wait for the same worker.
MOST_SECONDS, TURN_SECONDS = 45.0, 5.0
_OFTEN = {
    AlertFrequency.INSTANT: "as soon as jobs appear",
    AlertFrequency.DAILY: "once a day",
    AlertFrequency.WEEKLY: "once a week",
}


@periodic("* * * * *", "alerts.match")
def match_searches(timestamp: int) -> None:
    """Hold new jobs against the saved searches that are due."""
    ends, steps = time.monotonic() + MOST_SECONDS, 1
    while steps and time.monotonic() < ends:
        turns = (
            alert_service.advance(frequency, saved_schema.read, TURN_SECONDS)
            for frequency in _OFTEN
        )
        steps = sum(turns)


@task("alerts.catch_up", retry=RETRY)
def catch_up(search_id: int, from_batch: int) -> None:
    """Tell a search, told up to this batch, of what its rounds are past since."""
    alert_service.catch_up(search_id, from_batch, saved_schema.read)


@task("alerts.send", retry=RETRY)
def send_alert(alert_id: int) -> None:
    """Mail the new jobs of one search, once; rather never than twice."""
    delivery = alert_service.claim(alert_id)
    if delivery is None:
        return
    try:
        letters.hand_over(delivery.email, _letter(delivery))
    except mail.Uncertain:
        log.warning("alert_perhaps_lost", alert=alert_id)
    except OSError:
        alert_service.release(alert_id)
        raise


@periodic("17 * * * *", "alerts.forget")
def forget_arrivals(timestamp: int) -> None:
    """Remove what no round needs any more."""
    alert_service.forget()


def _letter(delivery: Delivery) -> letters.Letter:
    search = delivery.search
    return letters.new_jobs(
        search.name,
        _OFTEN[search.frequency],
        [card(row) for row in delivery.jobs],
        (delivery.others, saved_schema.jobs_path(search.query, sort="newest")),
        saved_service.sign(search.search_id),
    )
