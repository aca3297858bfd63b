"""What `explain=1` adds to a page of jobs."""

from marshmallow import fields

from src.schemas.base import Shape


class ExplainedItem(Shape):
    """What a job of the page has of the words, and what its score is the sum of."""

    job_id = fields.Integer(required=True)
    level = fields.Integer(required=True)
    matched = fields.List(fields.String(), required=True, metadata={"example": ["nurse"]})
    score = fields.Float(required=True)
    parts = fields.Dict(
        required=True, keys=fields.String(), values=fields.Float(),
        metadata={"example": {"words": 1.0, "text": 0.2, "title": 0.12, "freshness": -0.001}},
    )  # fmt: skip


class ExplainedWhy(Shape):
    """Why one job is in the answer, or is not."""

    job_id = fields.Integer(required=True)
    found = fields.Boolean(required=True)
    rank = fields.Integer(
        required=True, allow_none=True,
        metadata={"description": "By relevance, among all that can be paged to or lie beyond."},
    )  # fmt: skip
    live = fields.Boolean(required=True)
    status = fields.String(required=True, metadata={"example": "published"})
    excluded_by = fields.List(fields.String(), required=True, metadata={"example": ["country"]})
    missing_words = fields.List(fields.String(), required=True, metadata={"example": ["night"]})
    missing_wishes = fields.List(fields.String(), required=True, metadata={"example": ["place"]})
    outside_candidates = fields.Boolean(
        required=True, metadata={"description": "It matches, behind the newest that are ranked."}
    )
    item = fields.Nested(
        ExplainedItem, required=True, allow_none=True,
        metadata={"description": "Null unless the words match; `level` is the strictest it meets."},
    )  # fmt: skip


class ExplainedPlan(Shape):
    """How the words were searched."""

    levels = fields.List(fields.String(), required=True, metadata={"example": ["'nurs'"]})
    terms = fields.Dict(
        required=True, keys=fields.String(), values=fields.Float(),
        metadata={"description": "The share of each in what the words are worth.",
                  "example": {"nurse": 1.0}},
    )  # fmt: skip
    weights = fields.Dict(
        required=True, keys=fields.String(), values=fields.Float(),
        metadata={"example": {"in_title": 0.55}},
    )  # fmt: skip


class Explained(Shape):
    """The caller's own jobs of the page (an admin: all), the plan, and `why` of `job_id`."""

    items = fields.List(fields.Nested(ExplainedItem), required=True)
    plan = fields.Nested(ExplainedPlan, required=True)
    why = fields.Nested(ExplainedWhy)
