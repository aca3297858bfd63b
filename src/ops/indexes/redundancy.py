"""Which index answers nothing that another one does not answer too."""

from collections.abc import Collection, Iterable

from src.ops.indexes.catalog import Index, Key

# Descending and nulls first, turned round together, are the same order read backwards.
_BACKWARDS = 3


def excess(indexes: Iterable[Index], declared: Collection[str]) -> dict[str, tuple[str, str]]:
    """The indexes that another one makes needless: `duplicate` or `covered`, and the other's name.

    Of two duplicates a declared one stays, then a constraint's, then a unique one, then the older.
    """
    ranked = sorted(indexes, key=lambda index: _standing(index, declared))
    found: dict[str, tuple[str, str]] = {}
    for place, index in enumerate(ranked):
        for other in ranked:
            how = relation(index, other)
            if how == "covered" or (how == "duplicate" and other in ranked[:place]):
                found[index.name] = how, other.name
                break
    return found


def relation(index: Index, other: Index) -> str | None:
    """`duplicate` or `covered` when `other` does all that `index` does, else None."""
    if index is other or not _is_alike(index, other):
        return None
    if len(index.keys) == len(other.keys):
        return "duplicate" if other.is_unique or not index.is_unique else None
    # Only a btree is searched by its first columns alone; a unique index guards what it holds.
    return "covered" if index.method == "btree" and not index.is_unique else None


def _standing(index: Index, declared: Collection[str]) -> tuple[bool, bool, bool, int]:
    return (
        index.name not in declared, index.constraint is None, not index.is_unique, index.oid
    )  # fmt: skip


def _is_alike(index: Index, other: Index) -> bool:
    """Same table, method and rows; its keys begin the other's, which holds its columns too."""
    if (index.table, index.method, index.predicate) != (other.table, other.method, other.predicate):
        return False
    if index.is_unique and index.nulls_are_equal != other.nulls_are_equal:
        return False
    beginning = other.keys[: len(index.keys)]
    held = {*other.includes, *(key.expression for key in other.keys)}
    is_same = beginning in (index.keys, tuple(map(_turned, index.keys)))
    return is_same and held >= {*index.includes}


def _turned(key: Key) -> Key:
    return Key(key.expression, key.operator_class, key.collation, key.direction ^ _BACKWARDS)
