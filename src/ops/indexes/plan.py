"""What is to be done about the indexes, worked out from two lists of them; nothing is run here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from src.ops.indexes import redundancy
from src.ops.indexes.actions import Action, mending, removal
from src.ops.indexes.catalog import Index

ByName = Mapping[str, Index]


@dataclass(frozen=True, slots=True)
class Note:
    """What is found and left alone: a defect of the models, or advice."""

    kind: str
    index: str
    table: str
    why: str
    size_bytes: int | None = None
    wasted_bytes: int | None = None


def actions(declared: ByName, found: Iterable[Index]) -> list[Action]:
    """What to do now; what only shows once this is done is not in it."""
    there = {index.name: index for index in found}
    pending = {index.name for index in there.values() if index.is_being_built}
    twins = _twins(declared, there)
    mendings = [
        action
        for wanted in declared.values()
        if wanted.name not in pending
        and (action := mending(wanted, there.get(wanted.name), twins.get(wanted.name)))
    ]
    touched = pending | {name for action in mendings for name in (action.index, *action.removes)}
    rest = [index for name, index in there.items() if name not in touched]
    return [*_left_behind(rest), *mendings, *_needless(declared, rest)]


def all_actions(declared: ByName, found: Iterable[Index]) -> tuple[list[Action], list[Index]]:
    """Everything that a run would do, and the indexes after it, were all of it to succeed."""
    now = list(found)
    planned: list[Action] = []
    while fresh := [action for action in actions(declared, now) if action not in planned]:
        planned += fresh
        for action in fresh:
            now = [index for index in now if index.name not in action.removes]
            now += [action.makes] if action.makes else []
    return planned, now


def defects(declared: ByName) -> list[Note]:
    """Declared indexes that other declared ones make needless: only a migration may drop them."""
    excess = redundancy.excess(declared.values(), declared)
    return [
        Note(how, name, declared[name].table, f"The models declare {other} too: drop one of them.")
        for name, (how, other) in excess.items()
    ]


def undeclared(declared: ByName, found: Iterable[Index]) -> list[Note]:
    """What stands in no model and is not mended away."""
    notes = []
    for index in found:
        if index.is_being_built:
            notes.append(Note("building", index.name, index.table, "Another session builds it."))
        elif index.name not in declared:
            why = "In no model: declare it there, or drop it."
            if index.constraint:
                why = "In no model, and neither is its constraint."
            notes.append(Note("undeclared", index.name, index.table, why))
    return notes


def _twins(declared: ByName, there: ByName) -> dict[str, Index]:
    """For a declared index, one under another name that could stand in its place."""
    spare = {
        index.shape: index
        for index in there.values()
        if index.name not in declared and index.is_valid and not index.constraint
    }
    return {name: spare[index.shape] for name, index in declared.items() if index.shape in spare}


def _left_behind(rest: Iterable[Index]) -> list[Action]:
    return [
        removal(index, "invalid", "A failed build left it behind.")
        for index in rest
        if not index.is_valid and not index.constraint
    ]


def _needless(declared: ByName, rest: Iterable[Index]) -> list[Action]:
    """Undeclared, and nothing but queries relies on it, which another index serves as well."""
    sound = {index.name: index for index in rest if index.is_valid}
    return [
        removal(sound[name], how, f"{other} does all that it does.")
        for name, (how, other) in redundancy.excess(sound.values(), declared).items()
        if name not in declared
        and sound[name].constraint is None
        and not sound[name].is_replica_identity
    ]
