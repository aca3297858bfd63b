"""The one table of cached reads: how long each is kept, what makes it old, and for whom it is.

The tags of an answer are a function of its request alone, since they must be known before it is:
`all`, the read's own name, the tags below, and the one of the job or company that is asked for.
What gives a tag a new token: migration 0015.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from src.caller import Caller
from src.queries import company as company_queries
from src.services import job_view as view_service


class For(StrEnum):
    """Who is given the same answer."""

    EVERYBODY = "everybody"
    # Those who act for exactly the same companies.
    COMPANIES = "companies"
    ONESELF = "oneself"


def _as_they_are(path: dict[str, Any]) -> dict[str, Any]:
    return path


def _job(path: dict[str, Any]) -> dict[str, Any]:
    """A job is asked for by id or by any slug that ends in it."""
    return {"job": view_service.id_of(str(path["job_id"]))}


def _company(path: dict[str, Any]) -> dict[str, Any]:
    """A company is asked for by slug or by id, be it with leading zeros."""
    company_id = company_queries.id_of(path["company_id"])
    return path if company_id is None else {"company_id": str(company_id)}


@dataclass(frozen=True, slots=True)
class Read:
    """A cached read. Its life is jittered by a tenth, so that what was filled together does not end
    together. `names` gives the path's arguments in their one spelling, `entity` the tag of one row.
    """

    ttl_seconds: int
    tags: tuple[str, ...] = ()
    audience: For = For.EVERYBODY
    names: Callable[[dict[str, Any]], dict[str, Any]] = _as_they_are
    entity: str | None = None

    def tags_of(self, name: str, arguments: dict[str, Any]) -> tuple[str, ...]:
        """Every tag of an answer; `arguments` are those of the path."""
        own = (f"{self.entity}:{arguments[_ARGUMENT[self.entity]]}",) if self.entity else ()
        return ("all", name, *self.tags, *own)

    def key_of(
        self, name: str, path: dict[str, Any], pairs: Sequence[tuple[str, str]], caller: Caller
    ) -> str:
        """Equal for equal requests and, where answers are private, for equal rights and data."""
        owner: Any = None
        if self.audience is For.COMPANIES:
            owner = sorted(caller.company_versions.items())
        elif self.audience is For.ONESELF:
            owner = [caller.user_id, caller.data_version]
        said = orjson.dumps([path, pairs, owner], option=orjson.OPT_SORT_KEYS)
        return f"{name}:{hashlib.blake2b(said, digest_size=16).hexdigest()}"


_ARGUMENT = {"job": "job", "company": "company_id"}
_LIVE_JOBS = ("jobs", "companies", "categories")

READS = {
    "job_search": Read(300, _LIVE_JOBS),
    "jobs_featured": Read(600, _LIVE_JOBS),
    "job_stats": Read(120, _LIVE_JOBS),
    "job_facets": Read(120, _LIVE_JOBS),
    # Searches' words are collected by the hour, and make `jobs` old.
    "job_suggestions": Read(300, ("jobs",)),
    "jobs_rss": Read(300, _LIVE_JOBS),
    "job_similar": Read(300, _LIVE_JOBS),
    "job_detail": Read(300, ("companies", "categories"), names=_job, entity="job"),
    # It shows of the company what no other read of a job does: any change of one makes it old.
    # Where too many jobs change to be named, `job_detail` is.
    "job_posting": Read(
        300, ("job_detail", "company_list", "categories"), names=_job, entity="job"
    ),
    "job_categories": Read(3600, _LIVE_JOBS),
    "company_list": Read(1800, ("jobs",)),
    "company_profile": Read(1800, names=_company, entity="company"),
    "company_jobs": Read(300, _LIVE_JOBS),
    # 60 seconds while figures move with the clock: the view says so.
    "employer_stats": Read(900, audience=For.COMPANIES),
    "employer_analytics": Read(900, ("categories",), For.COMPANIES),
    "employer_jobs": Read(60, ("categories",), For.COMPANIES),
    "employer_applications": Read(60, audience=For.COMPANIES),
    "company_activity": Read(30, ("people",), For.COMPANIES),
    "own_applications": Read(60, ("titles",), For.ONESELF),
}
