"""Whom the traffic of a drill speaks for: an employer with jobs, and a candidate."""

import secrets
from dataclasses import dataclass

from scripts.drills.wire import ask

# So many in the shop window, beside the one that each connection keeps changing.
PUBLISHED = 30
WORDS = ("nurse", "engineer", "driver", "teacher", "cook")


@dataclass(frozen=True, slots=True)
class World:
    """Tokens and ids; `own_jobs` has one for each connection."""

    employer: str
    employer_email: str
    candidate: str
    company_id: int
    jobs: tuple[int, ...]
    own_jobs: tuple[int, ...]


def make(port: int, connections: int) -> World:
    """Register people and post jobs through the API. Raises Failure."""
    mark = secrets.token_hex(4)
    email = f"owner-{mark}@drill.example"
    employer = _register(port, email, "employer")
    candidate = _register(port, f"candidate-{mark}@drill.example", "candidate")
    company = ask(
        port, "POST", "/api/v1/companies", token=employer,
        body={"name": f"Drill {mark}", "location": {"city": "Hamburg", "country": "DE"}},
    )["id"]  # fmt: skip
    made = [_post_job(port, employer, company, number) for number in range(PUBLISHED + connections)]
    return World(
        employer, email, candidate, company, tuple(made[:PUBLISHED]), tuple(made[PUBLISHED:])
    )


def _register(port: int, email: str, role: str) -> str:
    body = {
        "email": email, "password": secrets.token_urlsafe(16), "role": role,
        "first_name": "Dora", "last_name": "Drill",
    }  # fmt: skip
    return str(ask(port, "POST", "/api/v1/auth/register", body=body)["access_token"])


def _post_job(port: int, token: str, company_id: int, number: int) -> int:
    word = WORDS[number % len(WORDS)]
    body = {
        "company_id": company_id, "title": f"{word.title()} {number}",
        "description": f"<p>We look for a {word} on a quiet site.</p>",
        "employment_type": "full_time", "location": {"city": "Hamburg", "country": "DE"},
        "salary": {"min": 42000, "max": 51000, "currency": "EUR", "period": "year"},
    }  # fmt: skip
    job = ask(port, "POST", "/api/v1/jobs", token=token, body=body)["id"]
    ask(port, "POST", f"/api/v1/jobs/{job}/transitions", token=token, body={"to": "published"})
    return int(job)
