"""Many jobs in one request: each row is read by itself, so that a bad one spoils no other."""

from typing import Any

from marshmallow import ValidationError, fields

from src.schemas.base import Many, Shape, StrictFlag, Whole, choice, flatten
from src.schemas.job import JobIn

MOST_ROWS = 1_000
ACTIONS = ("publish", "pause", "close", "archive", "delete", "feature", "unfeature")
OUTCOMES = ("created", "updated", "unchanged", "failed")
SKIPPED = ("not_found", "not_allowed", "forbidden")


class JobRow(fields.Raw):
    """A row of a bulk: read by itself as JobIn, and told of by itself when it is none."""


class JobsBulkIn(Shape):
    company_id = Whole(low=1, required=True)
    jobs = Many(
        JobRow(allow_none=True), most=MOST_ROWS, least=1, required=True,
        metadata={
            "description": "Jobs as POST /jobs takes them, each judged by itself.",
            "example": [{"title": "Night nurse", "description": "Care.", "external_id": "N-1"}],
        },
    )  # fmt: skip
    dry_run = StrictFlag(load_default=False)


class BulkResult(Shape):
    index = fields.Integer(required=True)
    status = choice(OUTCOMES, required=True)
    id = fields.Integer()
    errors = fields.Dict(
        keys=fields.String(), values=fields.List(fields.String()),
        metadata={"example": {"title": ["Must not be blank."]}},
    )  # fmt: skip


class JobsBulkOut(Shape):
    created = fields.Integer(required=True)
    updated = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    results = fields.List(fields.Nested(BulkResult), required=True)


class BulkActionIn(Shape):
    job_ids = Many(Whole(low=1), most=MOST_ROWS, least=1, required=True)
    action = choice(ACTIONS, required=True, metadata={"example": "close"})


class SkippedJob(Shape):
    id = fields.Integer(required=True)
    reason = choice(SKIPPED, required=True)


class BulkActionOut(Shape):
    updated = fields.Integer(required=True)
    skipped = fields.List(fields.Nested(SkippedJob), required=True)


_ROW = JobIn()


def read_row(row: Any, company_id: int) -> dict[str, Any]:
    """The row as JobIn reads it.

    Raises ValidationError, also when it names another company.
    """
    if not isinstance(row, dict):
        raise ValidationError("Must be an object.")
    read: dict[str, Any] = _ROW.load(row)
    if read.get("company_id", company_id) != company_id:
        raise ValidationError({"company_id": ["Must be the company of the request."]})
    return read


def read_rows(
    rows: list[Any], company_id: int
) -> tuple[dict[int, dict[str, Any]], dict[int, dict[str, list[str]]]]:
    """By their places, the rows that can be jobs, and what is wrong with the others."""
    good: dict[int, dict[str, Any]] = {}
    bad: dict[int, dict[str, list[str]]] = {}
    for index, row in enumerate(rows):
        try:
            good[index] = read_row(row, company_id)
        except ValidationError as error:
            bad[index] = flatten(error.messages)
    return good, bad
