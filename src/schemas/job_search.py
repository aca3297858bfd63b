"""What a search for jobs takes, and what GET /jobs says beside the jobs."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from src.models.vocabulary import EmploymentType, ExperienceLevel
from src.queries.job_facets import FACETS
from src.schemas.base import Choices, Degrees, Flag, Ids, Money, Shape, Whole, choice
from src.schemas.job import CurrencyCode
from src.schemas.job_card import JobCard
from src.schemas.page import PageIn, page_of
from src.schemas.place import CountryCode
from src.schemas.search_explanation import Explained
from src.schemas.texts import Line

SORTS = ("relevance", "newest", "salary")


class JobFilters(Shape):
    """Which jobs are meant; only live ones are found."""

    q = Line(
        most=255,
        metadata={"description": 'Words; "a phrase"; or; -not.', "example": "night nurse"},
    )
    title_only = Flag(load_default=False)
    category = Line(most=200, least=1, metadata={"description": "Id or slug, with its children."})
    company = Line(most=200, least=1, metadata={"description": "Id or slug."})
    location = Line(most=200, metadata={"description": "A place by any name, or its words."})
    near = Line(
        most=200, least=1, metadata={"description": "A city: `Bergen` or `Springfield, Illinois`."}
    )
    lat = Degrees(90)
    lng = Degrees(180)
    radius_km = Whole(
        low=1, high=500, strict=False,
        metadata={"description": "About `near`, or `lat` and `lng`; 25 unless it is said."},
    )  # fmt: skip
    country = CountryCode(most=2, metadata={"example": "DE"})
    remote = Flag()
    employment_type = Choices(EmploymentType)
    experience_level = Choices(ExperienceLevel)
    salary_min = Money(strict=False)
    salary_max = Money(strict=False)
    salary_currency = CurrencyCode(most=3, load_default="USD", metadata={"example": "EUR"})
    salary_include_unknown = Flag(load_default=False)
    posted_within = Whole(low=1, high=3650, strict=False, metadata={"description": "Days."})
    featured = Flag()

    @validates_schema(skip_on_field_errors=True)
    def has_one_centre(self, data: dict[str, Any], **_: Any) -> None:
        near, lat, lng = data.get("near"), data.get("lat"), data.get("lng")
        if (lat is None) != (lng is None):
            raise ValidationError("lat and lng go together.", "lng" if lng is None else "lat")
        if near and lat is not None:
            raise ValidationError("Either near, or lat and lng.", "near")
        if data.get("radius_km") and not near and lat is None:
            raise ValidationError("Needs near, or lat and lng.", "radius_km")

    @validates_schema(skip_on_field_errors=True)
    def salary_in_order(self, data: dict[str, Any], **_: Any) -> None:
        low, high = data.get("salary_min"), data.get("salary_max")
        if low is not None and high is not None and low > high:
            raise ValidationError("Must not be below salary_min.", "salary_max")


class UnderstoodNotes(Shape):
    """What the words asked for beside what they name: preferred, not required."""

    occupation = fields.List(
        fields.String(), required=True, metadata={"example": ["registered nurse", "nurse"]}
    )
    place = fields.List(fields.String(), required=True, metadata={"example": ["Berlin"]})
    employment_type = fields.List(
        choice(EmploymentType), required=True, metadata={"example": ["part_time"]}
    )
    experience_level = fields.List(choice(ExperienceLevel), required=True, metadata={"example": []})
    remote = fields.Boolean(required=True, allow_none=True, metadata={"example": None})


class JobQuery(JobFilters):
    """The jobs that are meant, in an order."""

    sort = choice(SORTS)


class JobSearchIn(PageIn, JobQuery):
    """A page of them."""

    facets = Choices(FACETS)
    exclude_ids = Ids(most=100, metadata={"description": "Jobs that are not wanted again."})
    diversity = Whole(
        low=1, high=3, strict=False,
        metadata={"description": "By relevance: at most so many of one company, the best."},
    )  # fmt: skip
    explain = Whole(
        low=0, high=1, strict=False,
        metadata={"description": "1: why these, for companies and admins."},
    )  # fmt: skip
    job_id = Whole(
        low=1, strict=False,
        metadata={"description": "With `explain`: why this job is in the answer, or is not."},
    )  # fmt: skip

    @validates_schema(skip_on_field_errors=True)
    def is_explained(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("explain") and not data.get("q"):
            raise ValidationError("Only for words (q).", "explain")
        if data.get("job_id") and not data.get("explain"):
            raise ValidationError("Only with explain=1.", "job_id")

    @validates_schema(skip_on_field_errors=True)
    def is_by_relevance(self, data: dict[str, Any], **_: Any) -> None:
        by_relevance = data.get("q") and data.get("sort") in (None, "relevance")
        if data.get("diversity") and not by_relevance:
            raise ValidationError("Only for words (q), sorted by relevance.", "diversity")


class SearchNotes(Shape):
    """How the words of the query were used."""

    level = fields.Integer(
        required=True, metadata={"description": "0: all that was asked; higher: less was required."}
    )
    terms = fields.List(fields.String(), required=True, metadata={"example": ["nurse"]})
    ignored = fields.List(
        fields.String(), required=True,
        metadata={"description": "Unknown words, and words of asking.", "example": ["jobs", "in"]},
    )  # fmt: skip
    corrected = fields.Dict(
        keys=fields.String(), values=fields.String(), required=True, allow_none=True,
        metadata={"description": "Misspelt words and what was searched.",
                  "example": {"nusre": "nurse"}},
    )  # fmt: skip
    synonyms = fields.List(
        fields.String(), required=True,
        metadata={"description": "What was searched as well.", "example": ["rn"]},
    )  # fmt: skip
    understood = fields.Nested(UnderstoodNotes, required=True)


class FacetValue(Shape):
    """A value that the filter of this name takes."""

    value = fields.String(required=True, metadata={"example": "full_time"})
    label = fields.String(required=True, metadata={"example": "Full time"})
    count = fields.Integer(required=True)


class WithoutFilter(Shape):
    """What the same search finds without one of its filters."""

    filter = fields.String(
        required=True,
        metadata={"description": "Its parameter; `salary` for all of these.", "example": "country"},
    )
    total = fields.Integer(required=True)
    total_relation = fields.String(required=True, metadata={"enum": ["eq", "gte"]})


class JobSearchPage(page_of(JobCard)):  # type: ignore[misc]
    """A page of jobs; with `q` also how its words were used."""

    search = fields.Nested(SearchNotes)
    facets = fields.Dict(
        keys=fields.String(), values=fields.List(fields.Nested(FacetValue)),
        metadata={"description": "Those that were asked for: the commonest 20 values of each."},
    )  # fmt: skip
    without = fields.List(
        fields.Nested(WithoutFilter),
        metadata={"description": "When filters left nothing: what dropping each would find."},
    )
    explain = fields.Nested(Explained)


class SimilarIn(PageIn):
    """The best few, all on the first page."""

    page_size = Whole(low=1, high=100, strict=False, load_default=6)


class JobStatsOut(Shape):
    """Figures of all live jobs."""

    live = fields.Integer(required=True)
    companies = fields.Integer(required=True)
    new_7d = fields.Integer(required=True)
    remote = fields.Integer(required=True)
    by_employment_type = fields.Dict(
        required=True, keys=fields.String(), values=fields.Integer(),
        metadata={"example": {"full_time": 1}},
    )  # fmt: skip
    by_experience_level = fields.Dict(
        required=True, keys=fields.String(), values=fields.Integer(),
        metadata={"example": {"senior": 1}},
    )  # fmt: skip
    by_category = fields.Dict(
        required=True, keys=fields.String(), values=fields.Integer(),
        metadata={"example": {"healthcare": 1}},
    )  # fmt: skip
