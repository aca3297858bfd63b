"""Whatever is asked in whatever order: jobs and applications move as the contract says and no other
way, nobody moves what is not theirs, and log and figures tell what has happened.

The tables are the contract's, written anew: those of the code are what is tried.
"""

from collections import Counter
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from flask.testing import FlaskClient
from hypothesis import Phase
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from hypothesis.strategies import data, sampled_from

from src.database import db
from src.services import housekeeping
from src.utils import clock
from tests import factories
from tests.factories import headers_for, make_company, make_job, make_member, make_user
from tests.fuzzing import examples

pytestmark = pytest.mark.long

JOB_MOVES = {
    "draft": {"published", "archived"},
    "published": {"paused", "closed"},
    "paused": {"published", "closed", "archived"},
    "closed": {"published", "archived"},
    "expired": {"published", "archived"},
    "archived": set(),
}
ACTIONS = {"publish": "published", "pause": "paused", "close": "closed", "archive": "archived"}
STAGES = ("submitted", "under_review", "shortlisted", "interviewed", "offered", "hired")
FINAL = ("hired", "rejected", "withdrawn")
STRANGERS = {"viewer": 403, "stranger": 404, "candidate": 403, "anonymous": 401}


def company_moves(status: str) -> set[str]:
    """Forward, also by a jump; one step back, never to the beginning; no, and a no taken back."""
    if status == "rejected":
        return {"under_review"}
    if status in FINAL:
        return set()
    at = STAGES.index(status)
    return {*STAGES[at + 1 :], *(STAGES[at - 1 : at] if at > 1 else ()), "rejected"}


class Life(RuleBasedStateMachine):
    """A company with an owner, and those who may not move what is its."""

    client: ClassVar[FlaskClient]

    def __init__(self) -> None:
        super().__init__()
        owner = make_user("employer")
        self.company = make_company(owner)
        callers = {
            "owner": owner,
            "viewer": make_member(self.company, role="viewer"),
            "stranger": make_user("employer"),
            "candidate": make_user(),
            "admin": make_user("admin"),
        }
        make_company(callers["stranger"])
        self.headers = {name: headers_for(user) for name, user in callers.items()}
        self.headers["anonymous"] = {}
        self.log: list[tuple[str | None, str]] = []
        self.is_looked_at = False

    def ask(self, verb: str, path: str, who: str, body: Any = None) -> Any:
        if path.endswith("bulk-actions"):
            # No limit is what is tried here.
            factories.rows("DELETE FROM rate_windows RETURNING 1")
        return self.client.open(f"/api/v1{path}", method=verb, json=body, headers=self.headers[who])

    def logged(self, table: str, column: str, of_id: int) -> list[tuple[str | None, str]]:
        statement = f"SELECT from_status, to_status FROM {table} WHERE {column} = :id ORDER BY id"
        return [tuple(row) for row in factories.rows(statement, id=of_id)]


class JobLife(Life):
    """One job, from its draft on."""

    def __init__(self) -> None:
        super().__init__()
        self.begin()

    def begin(self) -> None:
        body = {"company_id": self.company.id, "title": "Night nurse", "description": "x"}
        made = self.ask("POST", "/jobs", "owner", body)
        assert made.status_code == 201, made.json
        self.job, self.status, self.log = made.json["id"], "draft", [(None, "draft")]
        self.is_looked_at = False
        self.is_taken_down = self.was_public = False

    @precondition(lambda self: not self.allowed)
    @rule()
    def begin_again(self) -> None:
        deleted = self.ask("DELETE", f"/jobs/{self.job}", "owner")
        assert deleted.status_code == 204, deleted.json
        self.begin()

    @precondition(lambda self: self.allowed)
    @rule(data=data())
    def move_on(self, data: Any) -> None:
        self.move(data.draw(sampled_from(sorted(self.allowed))))

    @property
    def allowed(self) -> set[str]:
        return JOB_MOVES[self.status] - ({"published"} if self.is_taken_down else set())

    def moved(self, to: str) -> None:
        self.log.append((self.status, to))
        self.status, self.is_looked_at = to, False
        self.was_public |= to == "published"

    @rule(to=sampled_from(list(JOB_MOVES)))
    def move(self, to: str) -> None:
        answer = self.ask("POST", f"/jobs/{self.job}/transitions", "owner", {"to": to})
        if to in self.allowed:
            assert (answer.status_code, answer.json["status"]) == (200, to)
            self.moved(to)
        else:
            assert (answer.status_code, set(answer.json["allowed"])) == (409, self.allowed)

    @rule(to=sampled_from(list(JOB_MOVES)), who=sampled_from(list(STRANGERS)))
    def move_of_others(self, to: str, who: str) -> None:
        answer = self.ask("POST", f"/jobs/{self.job}/transitions", who, {"to": to})
        assert answer.status_code == STRANGERS[who]

    @rule(action=sampled_from(list(ACTIONS)), who=sampled_from(["owner", "viewer", "stranger"]))
    def act(self, action: str, who: str) -> None:
        body = {"job_ids": [self.job], "action": action}
        answer = self.ask("POST", "/jobs/bulk-actions", who, body)
        assert answer.status_code == 200, answer.json
        is_done = who == "owner" and ACTIONS[action] in self.allowed
        assert answer.json["updated"] == is_done
        if is_done:
            self.moved(ACTIONS[action])

    @precondition(lambda self: self.status == "published")
    @rule()
    def run_out(self) -> None:
        # Before the test's own transaction, whose beginning is the database's now.
        ago = clock.now() - timedelta(days=1)
        factories.rows(
            "UPDATE jobs SET published_at = :begun, first_published_at = :begun, expires_at = :ago"
            " WHERE id = :id RETURNING 1",
            begun=ago - timedelta(days=30), ago=ago, id=self.job,
        )  # fmt: skip
        db.session.commit()
        self.moved("expired")

    @rule()
    def keep_house(self) -> None:
        housekeeping.expire_jobs()

    @rule()
    def take_down(self) -> None:
        body = {"reason": "Not what it says it is."}
        answer = self.ask("POST", f"/jobs/{self.job}/takedown", "admin", body)
        assert answer.status_code == 200, answer.json
        self.is_taken_down = True
        if self.status in ("published", "paused"):
            self.moved("closed")

    @precondition(lambda self: not self.is_looked_at)
    @invariant()
    def everybody_is_told(self) -> None:
        self.is_looked_at = True
        # Nothing becomes what it is: the refusal names all that is allowed.
        self.move(self.status)
        own = self.ask("GET", f"/jobs/{self.job}", "owner")
        assert (own.status_code, own.json["status"]) == (200, self.status)
        ended = 410 if self.was_public else 404
        others = {"published": 200, "draft": 404, "paused": 404}.get(self.status, ended)
        assert self.ask("GET", f"/jobs/{self.job}", "anonymous").status_code == others
        found = self.ask("GET", f"/jobs?company={self.company.id}", "anonymous").json["items"]
        assert len(found) == (self.status == "published")

    @invariant()
    def the_log_is_whole(self) -> None:
        written = self.logged("job_log", "job_id", self.job)
        # What the clock did is written down when somebody comes by.
        assert written in (self.log, self.log[:-1] if self.status == "expired" else self.log)


class ApplicationLife(Life):
    """One application, of a candidate who may withdraw it."""

    def __init__(self) -> None:
        super().__init__()
        self.job = make_job(self.company).id
        self.before: list[tuple[str, int]] = []
        self.begin()

    def begin(self) -> None:
        applicant = make_user()
        self.headers["applicant"] = headers_for(applicant)
        made = self.ask("POST", f"/jobs/{self.job}/applications", "applicant", {})
        assert made.status_code == 201, made.json
        self.application, self.status, self.furthest = made.json["id"], "submitted", 0
        self.log, self.is_looked_at = [(None, "submitted")], False

    @precondition(lambda self: self.status in FINAL)
    @rule()
    def begin_again(self) -> None:
        self.before.append((self.status, self.furthest))
        self.begin()

    @precondition(lambda self: company_moves(self.status))
    @rule(data=data())
    def move_on(self, data: Any) -> None:
        self.move(data.draw(sampled_from(sorted(company_moves(self.status)))))

    def moved(self, to: str) -> None:
        self.log.append((self.status, to))
        self.status, self.is_looked_at = to, False
        self.furthest = max(self.furthest, STAGES.index(to) if to in STAGES else 0)

    @rule(to=sampled_from([*STAGES, "rejected", "withdrawn"]))
    def move(self, to: str) -> None:
        path, allowed = f"/applications/{self.application}/transitions", company_moves(self.status)
        answer = self.ask("POST", path, "owner", {"to": to})
        if to in allowed:
            assert (answer.status_code, answer.json["status"]) == (200, to)
            self.moved(to)
        else:
            assert (answer.status_code, set(answer.json["allowed"])) == (409, allowed)

    @rule(to=sampled_from([*STAGES, "rejected"]), who=sampled_from(["owner", "viewer", "stranger"]))
    def move_many(self, to: str, who: str) -> None:
        body = {"application_ids": [self.application], "to": to}
        answer = self.ask("POST", "/employer/applications/bulk-actions", who, body)
        assert answer.status_code == 200, answer.json
        is_done = who == "owner" and to in company_moves(self.status)
        assert answer.json["updated"] == is_done
        if is_done:
            self.moved(to)

    @rule()
    def withdraw(self) -> None:
        answer = self.ask("POST", f"/applications/{self.application}/withdraw", "applicant")
        assert answer.status_code == (409 if self.status in FINAL else 200)
        if self.status not in FINAL:
            self.moved("withdrawn")

    @rule(who=sampled_from(["candidate", "owner", "stranger"]))
    def withdraw_of_others(self, who: str) -> None:
        answer = self.ask("POST", f"/applications/{self.application}/withdraw", who)
        assert answer.status_code == (404 if who == "candidate" else 403)

    @rule(to=sampled_from(["hired", "rejected"]), who=sampled_from([*STRANGERS, "applicant"]))
    def move_of_others(self, to: str, who: str) -> None:
        path = f"/applications/{self.application}/transitions"
        answer = self.ask("POST", path, who, {"to": to})
        assert answer.status_code == STRANGERS.get(who, 403)

    @invariant()
    def the_log_is_whole(self) -> None:
        assert self.logged("application_log", "application_id", self.application) == self.log

    @precondition(lambda self: not self.is_looked_at)
    @invariant()
    def both_sides_are_told_and_figures_are_whole(self) -> None:
        self.is_looked_at = True
        self.move(self.status)
        for who in ("owner", "applicant"):
            answer = self.ask("GET", f"/applications/{self.application}", who)
            assert (answer.status_code, answer.json["status"]) == (200, self.status)
        shown = self.ask("GET", "/employer/dashboard", "owner").json
        every = [*self.before, (self.status, self.furthest)]
        assert +Counter(shown["applications"]["by_status"]) == Counter(at for at, _ in every)
        reached = [stage["ever_reached"] for stage in shown["funnel"]]
        assert reached == [sum(far >= place for _, far in every) for place in range(len(STAGES))]


# What fails is not made shorter: with a request a step, that takes minutes.
SETTINGS = examples(5, stateful_step_count=30, phases=[Phase.explicit, Phase.generate])


def test_a_job_moves_as_the_contract_says_and_no_other_way(client: FlaskClient) -> None:
    JobLife.client = client
    run_state_machine_as_test(JobLife, settings=SETTINGS)


def test_an_application_moves_as_the_contract_says_and_no_other_way(client: FlaskClient) -> None:
    ApplicationLife.client = client
    run_state_machine_as_test(ApplicationLife, settings=SETTINGS)
