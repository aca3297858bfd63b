"""Feeds and the sitemap as they are written: Indeed's XML, RSS 2.0, sitemaps.org."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from src.models.vocabulary import ApplyBy, EmploymentType
from src.schemas.job_card import card, job_url, salary
from src.schemas.job_posting import EXPERIENCE, full_text, place_of
from src.utils.xml import DECLARATION, Form, cdata, element, text

PUBLISHER = "TalentSphere"
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_E = EmploymentType
_JOB_TYPES = {
    _E.FULL_TIME: "fulltime", _E.PART_TIME: "parttime", _E.CONTRACT: "contract",
    _E.TEMPORARY: "temporary", _E.INTERNSHIP: "internship", _E.VOLUNTEER: "volunteer",
}  # fmt: skip
# An ampersand that no reader of HTML would take for the beginning of an entity.
_LONE_AMPERSAND = re.compile(r"&amp;(?![A-Za-z#])")
# There even where a job does not say it.
_REQUIRED = frozenset({"city", "state", "country", "description"})


def indeed(base_url: str) -> Form:
    """All jobs as Indeed and most other boards take them; a row is one of LIVE_JOBS."""
    head = f"{DECLARATION}<source>\n{element('publisher', PUBLISHER)}\n"
    head += f"{element('publisherurl', base_url)}\n"
    return Form(head, lambda row: _indeed_job(row, base_url), "</source>\n")


def _indeed_job(row: Any, base_url: str) -> str:
    said = "".join(
        f"<{name}>{cdata(value or '')}</{name}>\n"
        for name, value in _indeed_fields(row, base_url).items()
        if value or name in _REQUIRED
    )
    return f"<job>\n{said}</job>\n"


def _indeed_fields(row: Any, base_url: str) -> dict[str, str | None]:
    city, region, country = place_of(row)
    amount = salary(row) if row.salary_is_visible else None
    return {
        "title": row.title,
        "date": _moment(row.published_at),
        "referencenumber": str(row.id),
        "requisitionid": row.external_id or str(row.id),
        "url": job_url(base_url, row),
        "company": row.company_name,
        "sourcename": row.company_name,
        "city": city,
        "state": region,
        "country": country,
        "email": row.application_email if row.application_type == ApplyBy.EMAIL else None,
        "description": _without_entities(full_text(row)),
        "salary": amount and amount["display"],
        "jobtype": _JOB_TYPES.get(row.employment_type),
        "category": row.category_name,
        "experience": EXPERIENCE.get(row.experience_level),
        "expirationdate": _moment(row.expires_at),
        "remotetype": "Fully remote" if row.is_remote else None,
    }


def _without_entities(markup: str) -> str:
    """Indeed reads no entities: those that can be said plainly are."""
    return _LONE_AMPERSAND.sub("&", markup.replace("&nbsp;", "\N{NO-BREAK SPACE}"))


def sitemap(base_url: str) -> Form:
    """A part of the sitemap; a row is one of LIVE_JOBS."""

    def row(job: Any) -> str:
        changed = element("lastmod", _moment(job.updated_at))
        return f"<url>{element('loc', job_url(base_url, job))}{changed}</url>\n"

    return Form(f"{DECLARATION}<urlset {_SITEMAP}>\n", row, "</urlset>\n")


def list_page(base_url: str) -> str:
    """The entry of the sitemap that is always there: the list of jobs."""
    return f"<url>{element('loc', f'{base_url}/api/v1/jobs')}</url>\n"


def sitemap_index(base_url: str) -> Form:
    """The index of the parts; a row is the number of a part and when it changed."""

    def row(part: tuple[int, datetime | None]) -> str:
        number, changed = part
        place = element("loc", f"{base_url}/sitemaps/jobs-{number}.xml")
        said = element("lastmod", _moment(changed)) if changed else ""
        return f"<sitemap>{place}{said}</sitemap>\n"

    return Form(f"{DECLARATION}<sitemapindex {_SITEMAP}>\n", row, "</sitemapindex>\n")


def robots(base_url: str) -> str:
    """What crawlers are told: all but the links in mails may be read, and where the sitemap is."""
    return f"User-agent: *\nDisallow: /api/v1/unsubscribe/\n\nSitemap: {base_url}/sitemap.xml\n"


def rss(rows: Iterable[Any], base_url: str, pairs: Iterable[tuple[str, str]]) -> str:
    """RSS 2.0 of rows with CARD_COLUMNS; `pairs` are the filters that chose them."""
    query = urlencode([*pairs])
    asked = f"?{query}" if query else ""
    own = text(f"{base_url}/feeds/jobs.rss{asked}")
    items = [_rss_item(row, base_url) for row in rows]
    return (
        f'{DECLARATION}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>\n'
        f"{element('title', f'Jobs on {PUBLISHER}')}\n"
        f"{element('link', f'{base_url}/api/v1/jobs{asked}')}\n"
        f"{element('description', _described(dict(pairs)))}\n"
        f'<atom:link href="{own}" rel="self" type="application/rss+xml"/>\n'
        f"{''.join(items)}</channel>\n</rss>\n"
    )


def _described(filters: Mapping[str, str]) -> str:
    said = ", ".join(f"{name} {value}" for name, value in filters.items())
    return f"The newest jobs: {said}" if said else "The newest jobs"


def _rss_item(row: Any, base_url: str) -> str:
    job = card(row)
    parts = (
        job["company"]["name"],
        job["location"]["display"],
        (job["salary"] or {}).get("display"),
    )
    facts = " · ".join(part for part in parts if part)
    said = " — ".join(part for part in (facts, job["snippet"]) if part)
    category = element("category", job["category"]["name"]) if job["category"] else ""
    published = format_datetime(row.published_at.astimezone(UTC), usegmt=True)
    return (
        f"<item>\n{element('title', job['title'])}\n{element('link', job_url(base_url, row))}\n"
        # Its slug follows the title; the number stays.
        f"{element('guid', f'{base_url}/api/v1/jobs/{row.id}')}\n"
        f"{element('pubDate', published)}\n{category}"
        f"{element('description', said)}\n</item>\n"
    )


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
