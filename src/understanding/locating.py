"""The places of a query: which words name one, and where a job must be to be there, or near."""

from dataclasses import dataclass

from src.understanding.places import PLAIN_CODES, Place, gazetteer, is_plain, marks
from src.understanding.reading import Span, keys_of, stretches
from src.understanding.tables import words as word_list
from src.understanding.tokens import Token, tokens

_BEFORE = frozenset({"in", "near", "around", "from", "at", "based"})
# Fields of work that are also names of places: after "in" they are still the field.
_FIELDS = word_list("fields")

Marks = tuple[str, ...]
# A place and those behind it that narrow it, each with its readings.
_Group = list[tuple[Span, tuple[Place, ...]]]


@dataclass(frozen=True, slots=True)
class Where:
    """Names as shown; alternatives of marks that are right there, and those that are near."""

    names: tuple[str, ...]
    there: tuple[Marks, ...]
    near: tuple[Marks, ...]


def find(words: list[Token], taken: list[Span]) -> dict[Span, tuple[Place, ...]]:
    """The stretches that name places, each with its readings, the likeliest first."""
    found: dict[Span, tuple[Place, ...]] = {}
    for span in stretches(words, 5):
        readings = gazetteer().get(keys_of(words, span), ())
        if readings and not any(span.overlaps(other) for other in (*taken, *found)):
            fitting = _fitting(words, span, readings, found)
            if fitting:
                found[span] = fitting
    return found


def _fitting(
    words: list[Token],
    span: Span,
    readings: tuple[Place, ...],
    found: dict[Span, tuple[Place, ...]],
) -> tuple[Place, ...]:
    """The readings that the neighbours allow."""
    name = keys_of(words, span)
    before = words[span.first - 1].keys[-1] if span.first else ""
    behind_city = any(
        other.last == span.first - 1 and places[0].kind in ("city", "region")
        for other, places in found.items()
    )
    if len(name) == 2:
        return readings if _is_code(words, span, name, behind_city=behind_city) else ()
    following = _state_behind(words, span)
    if following:
        return tuple(p for p in readings if p.region == following) or ()
    if name in _FIELDS:
        return ()
    if before in _BEFORE or behind_city or words[span.first].after_break:
        return readings
    return tuple(p for p in readings if is_plain(name, p)) and readings


def _is_code(words: list[Token], span: Span, name: str, *, behind_city: bool) -> bool:
    """Whether two letters are a state's or country's: after a city, or as the last word."""
    before = words[span.first - 1] if span.first else None
    if behind_city or (before and words[span.first].after_break):
        return True
    if name in ("us", "uk", "nyc"):
        last = span.last == len(words) - 1
        return name == "uk" or bool(before and before.keys[-1] in {"in", "the"}) or last
    if name in PLAIN_CODES or name in ("dc", "sf"):
        return True
    written = words[span.first].text.isupper()
    if before and before.keys[-1] in ("in", "near"):
        return True
    return written and span.last == len(words) - 1 and span.first > 0 and _city_before(words, span)


def _city_before(words: list[Token], span: Span) -> bool:
    return keys_of(words, Span(span.first - 1, span.first - 1)) in gazetteer()


def _state_behind(words: list[Token], span: Span) -> str:
    """The key of the state named right behind a stretch, if it has a city of that name."""
    cities = {p.region for p in gazetteer().get(keys_of(words, span), ()) if p.kind == "city"}
    for size in (3, 2, 1):
        if span.last + size < len(words):
            behind = Span(span.last + 1, span.last + size)
            for place in gazetteer().get(keys_of(words, behind), ()):
                if place.kind == "region" and place.key in cities:
                    return place.key
    return ""


def where(found: dict[Span, tuple[Place, ...]]) -> Where | None:
    """One wish from all places named: neighbours such as city and state narrow each other."""
    if not found:
        return None
    names: list[str] = []
    there: list[Marks] = []
    near: list[Marks] = []
    for group in _grouped(found):
        for place in _consistent(group):
            narrower = [_agreeing(place, readings) for _, readings in group[1:]]
            names.append(", ".join(dict.fromkeys(p.name for p in (place, *narrower))))
            there += _there(place, narrower)
            near += _near(place)
    return Where(
        tuple(dict.fromkeys(names)),
        tuple(dict.fromkeys(there)),
        tuple(marks for marks in dict.fromkeys(near) if marks not in there),
    )


def written(place: str) -> tuple[Marks, ...]:
    """Alternatives of marks that are right in a place as people write it: "San Francisco, CA".

    Nothing for what has other words in it, or several places: all of a filter must hold.
    """
    words = tokens(f"in {place}")
    found = find(words, [])
    if sum(map(len, found)) != len(words) - 1 or len(_grouped(found)) != 1:
        return ()
    there = where(found)
    return there.there if there else ()


def _grouped(found: dict[Span, tuple[Place, ...]]) -> list[_Group]:
    """The places named, in order, each with the neighbours that narrow it."""
    groups: list[_Group] = []
    for span, readings in sorted(found.items(), key=lambda item: item[0].first):
        if groups and groups[-1][-1][0].last == span.first - 1 and _narrows(groups[-1], readings):
            groups[-1].append((span, readings))
        else:
            groups.append([(span, readings)])
    return groups


def _agreeing(place: Place, readings: tuple[Place, ...]) -> Place:
    """The state or country that the place lies in, among what a name may mean."""
    return next((p for p in readings if p.key in (place.region, place.country)), readings[0])


def _narrows(group: _Group, readings: tuple[Place, ...]) -> bool:
    """Whether the next place is the state or country of those before."""
    return any(
        wider.kind in ("region", "country")
        and (
            wider.key in (place.region, place.country)
            or (wider.kind, place.kind) == ("region", "city")
        )
        for wider in readings
        for place in group[0][1]
    )


def _consistent(group: _Group) -> list[Place]:
    """The readings of the first name that agree with the names behind it."""
    first = group[0][1]
    for _, readings in group[1:]:
        keys = {p.key for p in readings}
        # Of "New York, NY" the state is not within itself.
        agreeing = [p for p in first if keys & {p.region, p.country} and p not in readings]
        first = tuple(agreeing) or first
    largest = first[0].thousands
    kinds: dict[str, Place] = {}
    for place in first:
        if place.kind not in kinds and (place.thousands * 10 >= largest or len(group) > 1):
            kinds[place.kind] = place
    return list(kinds.values())


def _there(place: Place, narrowed_by: list[Place]) -> list[Marks]:
    if place.kind == "area":
        pairs = (member.split(":") for member in place.members)
        found = [
            (f"{pair[0]}={pair[1]}",) if len(pair) == 2 else (f"country={pair[0]}",)
            for pair in pairs
        ]
        return [(f"area={place.key}",), *found]
    mark = f"{place.kind}={place.key}"
    others = (f"{other.kind}={other.key}" for other in narrowed_by)
    return [tuple(dict.fromkeys((mark, *others)))]


def _near(place: Place) -> list[Marks]:
    """The state of a city, or its country where it has no state."""
    if place.kind != "city":
        return []
    return [(mark,) for mark in marks(place)[1:2]]
