"""The tree of categories."""

from typing import Any

from sqlalchemy import delete, select

from src.database import Work, db, unit_of_work
from src.errors import Conflict, Invalid, NotFound
from src.models import Category, Job
from src.queries import category as category_queries
from src.queries import locks
from src.queries.locks import Lock
from src.services import slugs
from src.services.slugs import Slugs

_SLUGS = Slugs(Category.slug, Lock.CATEGORIES, "category")


def all_rows() -> list[Any]:
    """Every category with the number of live jobs filed right under it."""
    return list(db.session.execute(category_queries.TREE))


def create(values: dict[str, Any]) -> int:
    """A new category; its id. Raises Invalid when there is no such parent."""
    with unit_of_work() as work:
        # Nobody moves or removes the parent from here on.
        slug = slugs.free(work, _SLUGS, values["name"])
        _require_parent(work, values.get("parent_id"))
        category = Category(**values, slug=slug)
        work.session.add(category)
        work.session.flush()
        return category.id


def change(category_id: int, values: dict[str, Any]) -> None:
    """Change a category. Raises NotFound, and Invalid when the tree would close a circle."""
    with unit_of_work() as work:
        work.session.execute(locks.wait(Lock.CATEGORIES))
        category = work.session.get(Category, category_id)
        if category is None:
            raise NotFound()
        parent_id = values.get("parent_id")
        _require_parent(work, parent_id)
        if (
            parent_id is not None
            and category_id
            in work.session.execute(
                category_queries.ANCESTORS, {"category_id": parent_id}
            ).scalars()
        ):
            raise Invalid({"parent_id": ["Must not lie below the category itself."]})
        for name, value in values.items():
            setattr(category, name, value)


def remove(category_id: int) -> None:
    """Delete a category. Raises NotFound, and Conflict while jobs or children are under it."""
    with unit_of_work() as work:
        work.session.execute(locks.wait(Lock.CATEGORIES))
        # Held: whoever files a job there meanwhile is seen, or finds no category any more.
        if work.session.get(Category, category_id, with_for_update=True) is None:
            raise NotFound()
        for column in (Category.parent_id, Job.category_id):
            if work.session.execute(select(1).where(column == category_id).limit(1)).first():
                raise Conflict("The category has jobs or children.", field="id")
        work.session.execute(delete(Category).where(Category.id == category_id))


def _require_parent(work: Work, parent_id: int | None) -> None:
    if parent_id is not None and work.session.get(Category, parent_id) is None:
        raise Invalid({"parent_id": ["There is no such category."]})
