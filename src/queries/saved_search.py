"""Saved searches as their owner reads them."""

from sqlalchemy import Select, select

from src.models import SavedSearch
from src.queries.paging import Order

NEWEST = Order((SavedSearch.created_at, SavedSearch.id), ("created_at", "id"))
_COLUMNS = (
    SavedSearch.id, SavedSearch.name, SavedSearch.query, SavedSearch.frequency,
    SavedSearch.created_at, SavedSearch.updated_at, SavedSearch.version,
)  # fmt: skip


def of_user(user_id: int) -> Select[*tuple[object, ...]]:
    return select(*_COLUMNS).where(SavedSearch.user_id == user_id)
