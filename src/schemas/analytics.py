"""The shape of a company's analytics."""

from marshmallow import fields

from src.models.lifecycle import JobStatus
from src.schemas.base import Shape, Timestamp, Whole, choice
from src.schemas.dashboard import DashboardIn, NamedOut, RateOut, TopJobOut, TrendDayOut

DAYS, MOST_DAYS = 90, 365


class AnalyticsIn(DashboardIn):
    days = Whole(
        low=1,
        high=MOST_DAYS,
        strict=False,
        load_default=DAYS,
        metadata={"description": "How many days, today's included."},
    )


class SpanOut(Shape):
    """What fell into a span of days."""

    views = fields.Integer(required=True)
    applications = fields.Integer(required=True)
    conversion_rate = fields.Nested(RateOut, required=True)


class AnalysedJobOut(TopJobOut):
    """Its figures are of all time."""

    status = choice(JobStatus, required=True)


class AnalysedCategoryOut(Shape):
    """The jobs of a category, or of none; their figures are of all time."""

    id = fields.Integer(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    slug = fields.String(required=True, allow_none=True)
    jobs = fields.Integer(required=True)
    views = fields.Integer(required=True)
    applications = fields.Integer(required=True)
    conversion = fields.Float(required=True, allow_none=True)


class AnalyticsOut(Shape):
    """Views and applications by day, and by job and category but for archived jobs."""

    company = fields.Nested(NamedOut, required=True)
    start_date = fields.Date(required=True)
    end_date = fields.Date(required=True)
    totals = fields.Nested(SpanOut, required=True)
    previous = fields.Nested(
        SpanOut, required=True, metadata={"description": "Of as many days before `start_date`."}
    )
    series = fields.List(fields.Nested(TrendDayOut), required=True)
    jobs = fields.List(
        fields.Nested(AnalysedJobOut), required=True,
        metadata={"description": "50 at most, those with the most applications first."},
    )  # fmt: skip
    categories = fields.List(fields.Nested(AnalysedCategoryOut), required=True)
    generated_at = Timestamp(required=True)
