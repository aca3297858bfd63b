"""From validated search parameters to conditions on the read model."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import text

from src.models.vocabulary import EmploymentType, ExperienceLevel
from src.queries import search_plan
from src.queries.company import id_of
from src.queries.job_search import Filters
from src.understanding import locating

# Where each kind of tag begins; migration 0008 says the same to the database.
_EMPLOYMENT, _LEVEL, _REMOTE, _COUNTRY = 300_000, 310_000, 320_000, 400_000

# What a query names, looked up before the plan is chosen: with a subquery in the place of a value
# the planner guesses, and walked through all jobs, newest first, for a category that is not there.
# A category is meant with its children, whatever their depth.
NAMED = text("""
WITH RECURSIVE tree AS (
  SELECT id FROM categories
  WHERE id = CAST(:category_id AS bigint) OR slug = CAST(:category AS text)
  UNION SELECT c.id FROM categories c JOIN tree t ON c.parent_id = t.id)
SELECT (SELECT coalesce(array_agg((500000 + id % 400000)::int), '{}') FROM tree) AS category_tags,
       (SELECT id FROM companies
        WHERE slug = CAST(:company AS text) AND status = 'active') AS company_id,
       (SELECT usd FROM currencies WHERE code = CAST(:currency AS text)) AS usd
""")
# Nothing matches: the planner does not even look.
_NEVER = "false"


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


@dataclass(frozen=True, slots=True)
class Named:
    """What a query's names stand for; empty for what is not there, or not named."""

    category_tags: tuple[int, ...] = ()
    company_id: int | None = None
    # What one unit of the salary's currency is worth.
    usd: Decimal | None = None
    # Cities within the radius.
    city_ids: tuple[int, ...] = ()


NOTHING = Named()


def names_of(query: Mapping[str, Any]) -> dict[str, Any] | None:
    """The values of NAMED for this query, None when there is nothing to look up."""
    category, company = query.get("category"), query.get("company")
    has_salary = query.get("salary_min") is not None or query.get("salary_max") is not None
    if not (category or has_salary or (company and id_of(company) is None)):
        return None
    by_id = category is not None and id_of(category) is not None
    return {
        "category_id": int(category) if category and by_id else None,
        "category": None if by_id else category,
        "company": company,
        "currency": query["salary_currency"] if has_salary else None,
    }


def filters_of(query: Mapping[str, Any], named: Named = NOTHING) -> Filters:
    """The conditions that a validated query asks for, besides its words."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    if query.get("company"):
        own_id = id_of(query["company"])
        own_id = named.company_id if own_id is None else own_id
        conditions.append(_NEVER if own_id is None else "company_id = :company")
        values |= {} if own_id is None else {"company": own_id}
    if query.get("category") and not named.category_tags:
        conditions.append(_NEVER)
    _add_salary(query, named.usd, conditions, values)
    if query.get("location"):
        conditions.append(_place(query["location"], values))
    if is_near(query):
        # A remote job has no distance; one that is asked for is where its city is.
        there = "city_id = ANY (CAST(:city_ids AS integer[]))" if named.city_ids else _NEVER
        conditions.append(there if query.get("remote") else f"NOT is_remote AND {there}")
        values |= {"city_ids": list(named.city_ids)} if named.city_ids else {}
    if query.get("featured") is not None:
        conditions.append("is_featured" if query["featured"] else "NOT is_featured")
    if query.get("posted_within"):
        conditions.append("published_at > now() - make_interval(days => :posted_within)")
        values["posted_within"] = query["posted_within"]
    if query.get("exclude_ids"):
        conditions.append("job_id <> ALL (CAST(:exclude_ids AS bigint[]))")
        values["exclude_ids"] = query["exclude_ids"]
    if query.get("arrived"):
        arrived: Arrived = query["arrived"]
        conditions.append(
            _ARRIVED.format(job_id="job_id" if arrived.jobs <= _FEW else "job_id + 0")
        )
        values |= {"from_batch": arrived.from_batch, "to_batch": arrived.to_batch}
    return Filters(tuple(_tags(query, named)), tuple(conditions), values)


def _place(place: str, values: dict[str, Any]) -> str:
    """By the words of the place, or by the marks of what people mean who write it so."""
    ways = (map(search_plan.quote, marks) for marks in locating.written(place))
    meant = search_plan.any_of(map(" & ".join, ways), " | ")
    values["location"] = place
    if not meant:
        return "head @@ search_place(:location)"
    values["located"] = meant
    # One tsquery: one index is asked, once.
    return "head @@ (search_place(:location) || CAST(:located AS tsquery))"


def is_near(query: Mapping[str, Any]) -> bool:
    """Whether a distance is asked for."""
    return bool(query.get("near")) or query.get("lat") is not None


def _tags(query: Mapping[str, Any], named: Named) -> Iterable[tuple[int, ...]]:
    arrived: Arrived | None = query.get("arrived")
    if arrived is not None and arrived.jobs > _FEW and len(arrived.days) <= _MOST_DAYS:
        yield tuple(arrived.days)
    if query.get("category") and named.category_tags:
        yield named.category_tags
    if query.get("employment_type"):
        yield _places(EmploymentType, query["employment_type"], _EMPLOYMENT)
    if query.get("experience_level"):
        yield _places(ExperienceLevel, query["experience_level"], _LEVEL)
    if query.get("remote") is not None:
        yield (_REMOTE + int(query["remote"]),)
    if query.get("country"):
        first, second = query["country"]
        yield (_COUNTRY + ord(first) * 256 + ord(second),)


def _places(words: Any, chosen: list[str], base: int) -> tuple[int, ...]:
    order = [word.value for word in words]
    return tuple(base + 1 + order.index(word) for word in chosen)


def _add_salary(
    query: Mapping[str, Any], usd: Decimal | None, conditions: list[str], values: dict[str, Any]
) -> None:
    """Salaries are stored by the year in whole US dollars, and compared so."""
    ranges = []
    if query.get("salary_min") is not None:
        # As the index of the order by salary spells it.
        ranges.append("coalesce(salary_max_year, -1) >= :salary_min")
        values["salary_min"] = _whole(query["salary_min"] * (usd or 0))
    if query.get("salary_max") is not None:
        ranges.append("salary_min_year <= :salary_max")
        values["salary_max"] = _whole(query["salary_max"] * (usd or 0))
    if ranges:
        within = " AND ".join(ranges) if usd else _NEVER
        unknown = query.get("salary_include_unknown")
        conditions.append(f"({within} OR salary_max_year IS NULL)" if unknown else f"({within})")


def _whole(amount: Decimal) -> int:
    """Rounded as the read model's `yearly` rounds: what is equal stays equal."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))
