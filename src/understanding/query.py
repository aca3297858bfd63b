"""From the words of a search to what they ask for: occupations, content, place, type and level."""

from collections.abc import Iterable
from dataclasses import dataclass

from src.understanding import locating, occupations, reading, tables
from src.understanding.folding import key
from src.understanding.locating import Marks, Where
from src.understanding.occupations import Role
from src.understanding.reading import Span
from src.understanding.tables import Intent
from src.understanding.tokens import Token, tokens

_OPPOSITE = {
    "entry": ("level=senior", "level=lead", "level=executive"),
    "junior": ("level=senior", "level=lead", "level=executive"),
    "mid": ("level=executive",),
    "senior": ("level=entry", "level=junior", "type=internship"),
}
_ALSO = {"entry": ("entry", "junior"), "junior": ("junior", "entry"), "senior": ("senior", "lead")}


@dataclass(frozen=True, slots=True)
class Word:
    """A word of content as written, and the phrases that say the same."""

    text: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Words that belong together, with the marks of jobs that mean the same as all of them."""

    words: tuple[Word, ...]
    marks: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    # Marks of jobs that are a kind of it, and of those it is a kind of.
    kinds: tuple[str, ...] = ()
    wider: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What a job should be: any of the marks, and none of the unwanted ones."""

    kind: str
    values: tuple[str, ...]
    marks: tuple[Marks, ...]
    near: tuple[Marks, ...] = ()
    unwanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """A query understood; `left_out` are words that say what is asked for, not what is sought."""

    groups: tuple[Group, ...]
    wishes: tuple[Wish, ...]
    left_out: tuple[str, ...]
    is_question: bool


def understand(text: str) -> Understood:
    """Read the words of a search; takes a fraction of a millisecond, whatever they are."""
    words = tokens(text)
    roles = occupations.named(words, [], least=2)
    spans = [role.span for role in roles]
    places = locating.find(words, spans)
    phrases = reading.phrases(words, [*spans, *places])
    intents = reading.intents(words, [*spans, *places, *phrases])
    roles += _remaining_roles(words, [*spans, *places, *intents, *phrases])
    is_question = any(intent.kind == "question" for intent in intents.values())
    groups = _groups(words, roles, [*places, *intents])
    wishes = tuple(_wishes(intents.values(), locating.where(places)))
    if not groups and not wishes:
        groups = _first_sense(words, intents)
    # Words beside an occupation in a question ("... in a specialty area") are left out.
    if is_question and roles:
        groups = [group for group in groups if group.marks] or groups
    return Understood(tuple(groups), wishes, tuple(_texts(words, intents)), is_question)


def as_written(text: str) -> Understood:
    """Every word for itself, for those who mean the words and not what they stand for."""
    groups = tuple(Group((Word(token.text),)) for token in tokens(text))
    return Understood(groups, (), (), is_question=False)


def _remaining_roles(words: list[Token], taken: list[Span]) -> list[Role]:
    """Occupations of one word, of all that is left, and of other languages."""
    found: list[Role] = []
    for span in _gaps(words, taken):
        role = occupations.whole(words, span)
        if role is None and occupations.is_foreign(words, span):
            role = occupations.translated(words, span)
        found += [role] if role else _last_of_each(words, span)
    return found


def _last_of_each(words: list[Token], span: Span) -> list[Role]:
    """Of neighbouring occupations the last is meant: a nurse recruiter recruits."""
    outside = [Span(0, span.first - 1), Span(span.last + 1, len(words))]
    single = occupations.named(words, [s for s in outside if len(s) > 0], least=1)
    ends = {role.span.first for role in single if not words[role.span.first].after_break}
    return [role for role in single if role.span.last + 1 not in ends]


def _gaps(words: list[Token], taken: list[Span]) -> list[Span]:
    """The stretches between what is taken."""
    free = [i for i in range(len(words)) if not any(s.first <= i <= s.last for s in taken)]
    found: list[Span] = []
    for i in free:
        if found and found[-1].last == i - 1:
            found[-1] = Span(found[-1].first, i)
        else:
            found.append(Span(i, i))
    return found


def _groups(words: list[Token], roles: list[Role], others: list[Span]) -> list[Group]:
    """Each occupation with its words, each other word alone, in the order of the query."""
    found = [(role.span.first, _occupation(words, role)) for role in roles]
    for gap in _gaps(words, [*others, *(role.span for role in roles)]):
        found += ((gap.first + n, group) for n, group in enumerate(_plain(words, gap)))
    return [group for _, group in sorted(found, key=lambda pair: pair[0])]


def _occupation(words: list[Token], role: Role) -> Group:
    names = role.occupations
    above = [wider for name in names for wider in tables.lineage(name)[1:2]]
    return Group(
        _words(words, role.span, is_role=True),
        tuple(map(tables.role_mark, names)),
        names,
        tuple(tables.kind_mark(name) for name in names if name in tables.kinds()),
        tuple(
            dict.fromkeys(mark(w) for w in above for mark in (tables.role_mark, tables.kind_mark))
        ),
    )


def _plain(words: list[Token], gap: Span) -> list[Group]:
    """Phrases with synonyms as one group, other words each as its own."""
    found: list[Group] = []
    place = gap.first
    while place <= gap.last:
        size = next(
            (n for n in range(min(5, gap.last - place + 1), 1, -1)
             if reading.keys_of(words, Span(place, place + n - 1)) in tables.synonyms()), 1,
        )  # fmt: skip
        found.append(Group(_words(words, Span(place, place + size - 1))))
        place += size
    return found


def _words(words: list[Token], span: Span, *, is_role: bool = False) -> tuple[Word, ...]:
    """The words of a span; a phrase with synonyms becomes one word with others."""
    same = tables.synonyms().get(reading.keys_of(words, span))
    if same and len(span) > 1:
        text = " ".join(word.text for word in words[span.first : span.last + 1])
        return (Word(text, same),)
    return tuple(_word(word, words, is_role=is_role) for word in words[span.first : span.last + 1])


def _word(word: Token, words: list[Token], *, is_role: bool) -> Word:
    phrase = " ".join(word.keys)
    # Go the language is spelled otherwise than it is looked up.
    is_spelled = key(word.text) == phrase
    others = tables.synonyms().get(phrase if is_spelled else word.text, ())
    if is_spelled and len(word.keys) == 1 and word.text.isascii():
        others = tuple(other for other in (*others, phrase) if other != word.text.lower())
    # The marks of an occupation say more than its words in English.
    english = None if is_role else occupations.in_english(word, words)
    return Word(word.text, (*others, english) if english else others)


def _first_sense(words: list[Token], intents: dict[Span, Intent]) -> list[Group]:
    """When only words of asking are left, the questions are content after all: cover letter."""
    spans = [s for s, intent in intents.items() if intent.kind == "question" and len(s) > 1]
    return [Group(_words(words, span)) for span in sorted(spans, key=lambda s: s.first)]


def _wishes(intents: Iterable[Intent], where: Where | None) -> Iterable[Wish]:
    if where:
        yield Wish("place", where.names, where.there, where.near)
    asked = list(intents)
    types = tuple(dict.fromkeys(i.value for i in asked if i.kind == "type"))
    if types:
        unwanted = () if "full_time" in types else ("type=full_time",)
        yield Wish("employment_type", types, tuple((f"type={t}",) for t in types), (), unwanted)
    levels = tuple(dict.fromkeys(i.value for i in asked if i.kind == "level"))
    if levels:
        also = dict.fromkeys(other for level in levels for other in _ALSO.get(level, (level,)))
        against = dict.fromkeys(mark for level in levels for mark in _OPPOSITE.get(level, ()))
        marks = tuple((f"level={level}",) for level in also)
        yield Wish("experience_level", levels, marks, (), tuple(against))
    if any(intent.kind == "remote" for intent in asked):
        yield Wish("remote", ("true",), (("remote=yes",),))


def _texts(words: list[Token], intents: dict[Span, Intent]) -> Iterable[str]:
    """What was only asking, in order, each once."""
    spans = sorted(
        (s for s, i in intents.items() if i.kind in ("noise", "question")), key=lambda s: s.first
    )
    texts = (" ".join(w.text for w in words[s.first : s.last + 1]).lower() for s in spans)
    return dict.fromkeys(texts)
