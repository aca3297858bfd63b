"""The shipped tables, read once a process and kept as plain dictionaries; data/ holds the files."""

import functools
import gzip
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from src.understanding import inflection
from src.understanding.folding import key
from src.understanding.kept import kept

_DATA = Path(__file__).parent / "data"
LANGUAGES = ("de", "es", "fr", "pt", "zh", "ja")

# They mark a level in a title, and are also what somebody looks for.
_CONTENT = frozenset({"apprentice", "apprenticeship"})


class Meaning(NamedTuple):
    """The marks of a phrase; `is_whole` ones hold only where it is all of a title."""

    marks: tuple[str, ...]
    is_whole: bool


class Intent(NamedTuple):
    """What a word of a query asks for: noise, question, type, level or remote."""

    kind: str
    value: str


def rows(name: str) -> Iterator[list[str]]:
    """The rows of a table without its remarks and its heading; missing cells are empty."""
    opened = gzip.open if name.endswith(".gz") else open
    with opened(_DATA / name, "rt", encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    width = len(lines[0])
    for line in lines[1:]:
        yield line + [""] * (width - len(line))


def words(name: str) -> frozenset[str]:
    """A list of words of words.tsv."""
    return frozenset(dict(rows("words.tsv"))[name].split())


def role_mark(occupation: str) -> str:
    """The mark of a job of this occupation."""
    return f"role={occupation}"


@functools.cache
def broader() -> dict[str, str]:
    """Each occupation that has one, with the occupation it is a kind of."""
    return {occupation: wider for _, occupation, wider, *_ in rows("occupations.tsv") if wider}


@functools.cache
def kinds() -> frozenset[str]:
    """The occupations that others are a kind of."""
    return frozenset(broader().values())


def lineage(occupation: str) -> list[str]:
    """The occupation and all it is a kind of."""
    found = [occupation]
    while found[-1] in broader():
        found.append(broader()[found[-1]])
    return found


def kind_mark(occupation: str) -> str:
    """The mark of a job of an occupation that is a kind of this one."""
    return f"kind={occupation}"


def _marks_of(occupation: str) -> list[str]:
    return [role_mark(occupation), *map(kind_mark, lineage(occupation)[1:])]


def _as_titles(
    written: dict[str, tuple[list[str], bool]],
) -> dict[str, tuple[tuple[str, ...], bool]]:
    return {title: (tuple(named), is_whole) for title, (named, is_whole) in written.items()}


@kept(_as_titles)
def titles() -> dict[str, tuple[tuple[str, ...], bool]]:
    """Every title that names an occupation, by key, with the occupations and whether as a whole."""
    named: dict[tuple[str, bool], dict[str, None]] = defaultdict(dict)
    for _, occupation, _, english, *others in rows("occupations.tsv"):
        for title in (occupation, *_cells(english)):
            named[key(title), title.startswith("=")][occupation] = None
        for language, cell in zip(LANGUAGES, others, strict=True):
            for title in _cells(cell):
                for form in inflection.forms(language, title):
                    named[key(form), False].setdefault(occupation)
    found = {name: (tuple(jobs), False) for (name, whole), jobs in named.items() if not whole}
    whole_only = {name: (tuple(jobs), True) for (name, whole), jobs in named.items() if whole}
    return whole_only | found


def _as_meanings(written: dict[str, Any]) -> dict[str, Meaning]:
    return {
        phrase: Meaning(tuple(marks), is_whole) for phrase, (marks, is_whole) in written.items()
    }


@kept(_as_meanings)
def phrases() -> dict[str, Meaning]:
    """What the phrases of a title say of the job: its occupations with all they are kinds of.

    A phrase that names an occupation and is a mark by itself, such as `vp`, says both.
    """
    found = {
        name: Meaning(
            tuple(dict.fromkeys(mark for job in occupations for mark in _marks_of(job))),
            is_whole,
        )
        for name, (occupations, is_whole) in titles().items()
    }
    for phrase, mark in rows("marks.tsv"):
        said, is_whole = found.get(key(phrase), Meaning((), False))
        found[key(phrase)] = Meaning(tuple(dict.fromkeys((*said, mark))), is_whole)
    return found


@functools.cache
def intents() -> dict[str, Intent]:
    """What the phrases of a query ask for."""
    found: dict[str, Intent] = {}
    for phrase, mark in rows("marks.tsv"):
        kind, _, value = mark.partition("=")
        if value != "executive" and phrase not in _CONTENT:
            found[key(phrase)] = Intent(kind, value)
    return found | {key(phrase): Intent(kind, value) for phrase, kind, value in rows("intents.tsv")}


@functools.cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """Phrases with the others that say the same, as written in the table."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for (group,) in rows("synonyms.tsv"):
        members = group.split(";")
        for member in members:
            found[key(member)] |= {other: None for other in members if key(other) != key(member)}
    return {phrase: tuple(others) for phrase, others in found.items()}


@kept(dict)
def glossary() -> dict[str, str]:
    """Words of titles in other languages in English; the first language of a word wins."""
    found: dict[str, str] = {}
    for language, word, english in rows("glossary.tsv"):
        same = key(english)
        for form in map(key, inflection.forms(language, word)):
            if form != same:
                found.setdefault(form, english)
    return found


@kept(dict)
def german_parts() -> dict[str, str]:
    """Parts of German compounds in English."""
    found: dict[str, str] = {}
    for language, word, english in rows("glossary.tsv"):
        if language == "de":
            for form in inflection.forms(language, word):
                found.setdefault(key(form), english)
    return found


def _cells(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]
