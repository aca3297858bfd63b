"""The shape of the employer's dashboard."""

from marshmallow import fields

from src.models.lifecycle import STAGES, ApplicationStatus
from src.schemas.base import Shape, Timestamp, Whole, choice


class DashboardIn(Shape):
    company_id = Whole(
        low=1,
        strict=False,
        load_default=None,
        metadata={"description": "Needed by whoever belongs to several companies."},
    )


class NamedOut(Shape):
    id = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"example": "Northwind Clinic"})


class JobFiguresOut(Shape):
    total = fields.Integer(required=True, metadata={"description": "All but archived ones."})
    live = fields.Integer(required=True)
    draft = fields.Integer(required=True)
    paused = fields.Integer(required=True)
    closed = fields.Integer(required=True)
    expired = fields.Integer(required=True)
    expiring_7d = fields.Integer(
        required=True, metadata={"description": "Live ones that end within seven days."}
    )


class ApplicationFiguresOut(Shape):
    total = fields.Integer(required=True)
    new_7d = fields.Integer(required=True)
    by_status = fields.Nested(
        Shape.from_dict(
            {str(status): fields.Integer(required=True) for status in ApplicationStatus},
            name="ApplicationsByStatus",
        ),
        required=True,
    )
    unreviewed = fields.Integer(required=True)


class ViewFiguresOut(Shape):
    total = fields.Integer(required=True)
    last_30d = fields.Integer(required=True)


class RateOut(Shape):
    """A fraction and its denominator."""

    value = fields.Float(required=True, allow_none=True, metadata={"example": 0.125})
    sample = fields.Integer(required=True, metadata={"example": 48})


class FunnelStageOut(Shape):
    stage = choice(STAGES, required=True)
    ever_reached = fields.Integer(required=True)


class ResponseTimeOut(Shape):
    """Over the newest 1,000 first responses."""

    median_hours = fields.Float(required=True, allow_none=True)
    sample = fields.Integer(required=True)


class HireTimeOut(Shape):
    """Over the newest 1,000 hires."""

    median_days = fields.Float(required=True, allow_none=True)
    p90_days = fields.Float(required=True, allow_none=True)
    sample = fields.Integer(required=True)


class TrendDayOut(Shape):
    date = fields.Date(required=True)
    views = fields.Integer(required=True)
    applications = fields.Integer(required=True)


class TopJobOut(Shape):
    id = fields.Integer(required=True)
    title = fields.String(required=True)
    views = fields.Integer(required=True)
    applications = fields.Integer(required=True)
    conversion = fields.Float(required=True, allow_none=True)


class TitledOut(Shape):
    id = fields.Integer(required=True)
    title = fields.String(required=True)


class ApplicantOut(Shape):
    id = fields.Integer(required=True)
    first_name = fields.String(required=True)
    last_name = fields.String(required=True)


class RecentApplicationOut(Shape):
    id = fields.Integer(required=True)
    job = fields.Nested(TitledOut, required=True)
    candidate = fields.Nested(ApplicantOut, required=True)
    status = choice(ApplicationStatus, required=True)
    submitted_at = Timestamp(required=True)


class DashboardOut(Shape):
    """A company's figures at one moment: exact, from one statement."""

    company = fields.Nested(NamedOut, required=True)
    jobs = fields.Nested(JobFiguresOut, required=True)
    applications = fields.Nested(ApplicationFiguresOut, required=True)
    views = fields.Nested(ViewFiguresOut, required=True)
    conversion_rate = fields.Nested(RateOut, required=True)
    funnel = fields.List(fields.Nested(FunnelStageOut), required=True)
    time_to_first_response = fields.Nested(ResponseTimeOut, required=True)
    time_to_hire = fields.Nested(HireTimeOut, required=True)
    response_rate = fields.Nested(RateOut, required=True)
    trend = fields.List(fields.Nested(TrendDayOut), required=True)
    top_jobs = fields.List(fields.Nested(TopJobOut), required=True)
    recent_applications = fields.List(fields.Nested(RecentApplicationOut), required=True)
    generated_at = Timestamp(required=True)
