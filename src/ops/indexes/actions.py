"""The statements that mend one index; those that build or drop let others read and write."""

from dataclasses import dataclass, replace

from sqlalchemy.dialects import postgresql

from src.ops.indexes.catalog import Index

_quote = postgresql.dialect().identifier_preparer.quote  # type: ignore[no-untyped-call]
_CONSTRAINTS = {"p": "PRIMARY KEY", "u": "UNIQUE"}
_SUFFIX = "__new"
# PostgreSQL cuts longer names.
_LONGEST_NAME = 63
_LEFT_BEHIND = "A failed build left it behind."


@dataclass(frozen=True, slots=True)
class Step:
    """A statement; `leaves` is what it leaves invalid when it fails."""

    sql: str
    leaves: str | None = None
    # Whoever uses the table waits for this one, even while it only waits itself.
    is_exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """The mending of one index, and how the catalog differs after it."""

    kind: str
    index: str
    table: str
    why: str
    steps: tuple[Step, ...]
    removes: tuple[str, ...] = ()
    makes: Index | None = None


def removal(index: Index, kind: str, why: str) -> Action:
    """Drop an index that no model declares."""
    return Action(kind, index.name, index.table, why, (_drop(index),), (index.name,))


def mending(wanted: Index, there: Index | None, twin: Index | None) -> Action | None:
    """Make the declared index out of what stands under its name, or of a twin under another.

    None when all is well.
    """
    if there is None:
        return _made("missing", "It is not there.", wanted, None, twin)
    if not there.is_valid:
        if there.constraint and there.shape == wanted.shape:
            return _rebuilt(there)
        return _made("invalid", _LEFT_BEHIND, wanted, there, twin)
    if (there.shape, there.constraint) == (wanted.shape, wanted.constraint):
        return None
    if there.shape == wanted.shape and there.constraint is None:
        return _made("differs", "It is there without its constraint.", wanted, None, there)
    why = f"It is {_words(there)}, not {_words(wanted)}."
    return _made("differs", why, wanted, there, twin)


def _made(kind: str, why: str, wanted: Index, there: Index | None, twin: Index | None) -> Action:
    """Build beside what is there, or take the twin; then put it in its place.

    Each step leaves something that the next run goes on from: the twin.
    """
    steps = []
    is_name_free = there is None or not there.is_valid
    if there is not None and not there.is_valid:
        steps.append(_drop(there))
    source = wanted.name if is_name_free else _temporary_name(wanted.name)
    if twin is not None:
        source = twin.name
    else:
        steps.append(_build(wanted, source))
    steps += _placed(wanted, source, None if is_name_free else there)
    removes = tuple(index.name for index in (there, twin) if index is not None)
    return Action(kind, wanted.name, wanted.table, why, tuple(steps), removes, wanted)


def _placed(wanted: Index, source: str, instead_of: Index | None) -> list[Step]:
    """Give the finished index its name and constraint, in the place of another."""
    if wanted.constraint is None:
        rename = Step(f"ALTER INDEX {_quote(source)} RENAME TO {_quote(wanted.name)}")
        return [
            *([_drop(instead_of)] if instead_of else []),
            *([rename] if source != wanted.name else []),
        ]
    drop = ""
    steps = []
    if instead_of is not None and instead_of.constraint:
        drop = f"DROP CONSTRAINT {_quote(instead_of.name)}, "
    elif instead_of is not None:
        steps.append(_drop(instead_of))
    sql = (
        f"ALTER TABLE {_quote(wanted.table)} {drop}ADD CONSTRAINT {_quote(wanted.name)}"
        f" {_CONSTRAINTS[wanted.constraint]} USING INDEX {_quote(source)}"
    )
    return [*steps, Step(sql, is_exclusive=True)]


def _rebuilt(index: Index) -> Action:
    """In place: under its constraint it cannot be dropped."""
    step = Step(f"REINDEX INDEX CONCURRENTLY {_quote(index.name)}")
    sound = replace(index, is_valid=True)
    return Action(
        "invalid", index.name, index.table, _LEFT_BEHIND, (step,), (index.name,), sound
    )  # fmt: skip


def _build(wanted: Index, name: str) -> Step:
    unique = "UNIQUE " if wanted.is_unique else ""
    return Step(
        f"CREATE {unique}INDEX CONCURRENTLY {_quote(name)} ON {_quote(wanted.table)}"
        f" USING {wanted.definition}",
        leaves=name,
    )


def _drop(index: Index) -> Step:
    if index.constraint:
        sql = f"ALTER TABLE {_quote(index.table)} DROP CONSTRAINT {_quote(index.name)}"
        return Step(sql, is_exclusive=True)
    return Step(f"DROP INDEX CONCURRENTLY {_quote(index.name)}")


def _temporary_name(name: str) -> str:
    return name[: _LONGEST_NAME - len(_SUFFIX)] + _SUFFIX


def _words(index: Index) -> str:
    unique = "unique " if index.is_unique else ""
    constraint = f" as {_CONSTRAINTS.get(index.constraint, 'EXCLUDE')}" if index.constraint else ""
    return f"{unique}{index.definition} on {index.table}{constraint}"
