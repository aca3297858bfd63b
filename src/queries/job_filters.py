"""From validated search parameters to conditions on the read model."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from src.models.job_search import JOB_TAGS
from src.models.vocabulary import EmploymentType, ExperienceLevel
from src.queries.job_search import Filters

# Where each kind of tag begins; migration 0008 says the same to the database.
_EMPLOYMENT, _LEVEL, _REMOTE, _COUNTRY = 300_000, 310_000, 320_000, 400_000

# With its children, whatever their depth; an unknown category matches nothing.
_CATEGORY = f"""{JOB_TAGS} && (
  WITH RECURSIVE tree AS (
    SELECT id FROM categories WHERE {{column}} = :category
    UNION SELECT c.id FROM categories c JOIN tree t ON c.parent_id = t.id)
  SELECT array_agg((500000 + id % 400000)::int) FROM tree)"""
_COMPANY_SLUG = """company_id = (
  SELECT id FROM companies WHERE slug = :company AND status = 'active')"""
# Amounts are compared by the year in US dollars, by the table of currencies.
_IN_USD = "CAST(:{name} AS numeric) * (SELECT usd FROM currencies WHERE code = :salary_currency)"


# A few jobs are looked at one by one. Of many, that takes their texts from out of line: the words'
# index is asked first, in which the days of their publication shorten every list.
_FEW = 50
_MOST_DAYS = 60
_ARRIVED = """{job_id} IN (
  SELECT job_id FROM job_arrivals WHERE batch > :from_batch AND batch <= :to_batch)"""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Jobs of the batches after `from_batch`, up to `to_batch`: no parameter of a request, but of
    an alert's round. `days` are those of their publication since 1970, `countries` theirs.
    """

    from_batch: int
    to_batch: int
    jobs: int
    days: Collection[int]
    countries: Collection[str]


def filters_of(query: Mapping[str, Any]) -> Filters:
    """The conditions that a validated query asks for, besides its words."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    _add_named(query, conditions, values)
    _add_salary(query, conditions, values)
    if query.get("location"):
        conditions.append("head @@ search_place(:location)")
        values["location"] = query["location"]
    if query.get("featured") is not None:
        conditions.append("is_featured" if query["featured"] else "NOT is_featured")
    if query.get("posted_within"):
        conditions.append("published_at > now() - make_interval(days => :posted_within)")
        values["posted_within"] = query["posted_within"]
    if query.get("arrived"):
        arrived: Arrived = query["arrived"]
        conditions.append(
            _ARRIVED.format(job_id="job_id" if arrived.jobs <= _FEW else "job_id + 0")
        )
        values |= {"from_batch": arrived.from_batch, "to_batch": arrived.to_batch}
    return Filters(tuple(_tags(query)), tuple(conditions), values)


def _tags(query: Mapping[str, Any]) -> Iterable[tuple[int, ...]]:
    arrived: Arrived | None = query.get("arrived")
    if arrived is not None and arrived.jobs > _FEW and len(arrived.days) <= _MOST_DAYS:
        yield tuple(arrived.days)
    if query.get("employment_type"):
        yield _places(EmploymentType, query["employment_type"], _EMPLOYMENT)
    if query.get("experience_level"):
        yield _places(ExperienceLevel, query["experience_level"], _LEVEL)
    if query.get("remote") is not None:
        yield (_REMOTE + int(query["remote"]),)
    if query.get("country"):
        first, second = query["country"].upper()
        yield (_COUNTRY + ord(first) * 256 + ord(second),)


def _places(words: Any, chosen: list[str], base: int) -> tuple[int, ...]:
    order = [word.value for word in words]
    return tuple(base + 1 + order.index(word) for word in chosen)


def _add_named(query: Mapping[str, Any], conditions: list[str], values: dict[str, Any]) -> None:
    category, company = query.get("category"), query.get("company")
    if category:
        by_id = category.isdecimal() and len(category) < 19
        conditions.append(_CATEGORY.format(column="id" if by_id else "slug"))
        values["category"] = int(category) if by_id else category
    if company:
        by_id = company.isdecimal() and len(company) < 19
        conditions.append("company_id = :company" if by_id else _COMPANY_SLUG)
        values["company"] = int(company) if by_id else company


def _add_salary(query: Mapping[str, Any], conditions: list[str], values: dict[str, Any]) -> None:
    ranges = []
    for name, condition in (
        ("salary_min", "salary_max_year >= "),
        ("salary_max", "salary_min_year <= "),
    ):
        if query.get(name) is not None:
            ranges.append(condition + _IN_USD.format(name=name))
            values[name] = query[name]
    if ranges:
        values["salary_currency"] = query["salary_currency"].upper()
        within = " AND ".join(ranges)
        unknown = query.get("salary_include_unknown")
        conditions.append(f"({within} OR salary_max_year IS NULL)" if unknown else f"({within})")
