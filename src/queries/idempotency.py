"""The statements of answers that are kept by an Idempotency-Key: holding a key, and keeping one."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import Insert, insert

from src.models import IdempotencyKey

# Who asks, the method, the path and the key: the primary key of a kept answer.
Where = tuple[str, str, str, str]
_COLUMNS = (
    IdempotencyKey.caller_key, IdempotencyKey.method, IdempotencyKey.path, IdempotencyKey.key,
)  # fmt: skip


def hold(where: Where) -> Select[Any]:
    """Whether the running transaction alone holds the key, until it ends; it waits for nobody."""
    lock = func.pg_try_advisory_xact_lock(func.hashtextextended("\n".join(where), 0))
    return select(lock)


def keep(where: Where, answer: dict[str, Any]) -> Insert:
    """Keep an answer, given by column."""
    values = {column.key: value for column, value in zip(_COLUMNS, where, strict=True)}
    # An expired row of the same key is replaced.
    statement = insert(IdempotencyKey).values(values | answer)
    return statement.on_conflict_do_update(index_elements=_COLUMNS, set_=dict(statement.excluded))
