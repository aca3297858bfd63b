"""From what a query asks for and how often its words occur to the terms of a plan."""

import math
from collections.abc import Mapping, Sequence

from src.queries import search_plan
from src.queries.search_levels import levels
from src.queries.search_lexicon import Lexicon, company_stretches
from src.queries.search_plan import Count, Lexemes, Piece, Plan, Preference, Term
from src.understanding.folding import key
from src.understanding.query import Group, Understood, Wish, Word

# Pieces of one occupation that are scored: the rest of a long title adds nothing.
MOST_PIECES = 4
# Levels that titles also have within the name of an occupation, and then no mark: "sales lead".
_IN_TITLES = {"lead": "'lead':A"}


def plan(understood: Understood, known: Lexicon, corrected: Mapping[str, str]) -> Plan:
    """The terms and wishes of which some job has a part; the others are ignored, and named."""
    terms: list[Term] = []
    ignored: list[str] = list(understood.left_out)
    for group in _with_companies(understood.groups, known):
        term = _term(group, known)
        if term.weight:
            terms.append(term)
        kept = {piece.label for piece in term.pieces} if not term.marks else None
        ignored += [w.text for w in group.words if kept is not None and w.text not in kept]
    # Said again it asks for nothing more; and the levels are of all sets of terms.
    terms = list(dict.fromkeys(terms))
    heaviest = sorted(terms, key=lambda t: -t.weight)[: search_plan.MAX_TERMS]
    ignored += [p.label for term in terms if term not in heaviest for p in term.pieces]
    terms = [term for term in terms if term in heaviest]
    preferences = tuple(_preference(wish, known) for wish in understood.wishes)
    found = levels(terms, preferences, known.corpus)
    return Plan(
        found, tuple(terms), preferences, tuple(dict.fromkeys(ignored)),
        is_open=not found and _says_nothing(understood, known),
        notes=_notes(understood, terms, preferences, corrected),
    )  # fmt: skip


def _says_nothing(understood: Understood, known: Lexicon) -> bool:
    """Whether only words of asking were written, and words such as `the`."""
    texts = [w.text for g in understood.groups for w in g.words]
    return (
        not understood.wishes
        and bool(texts or understood.left_out)
        and not any(known.lexemes.get(text) for text in texts)
    )


# The notes of a query that was taken to the letter.
NOTHING: dict[str, object] = {
    "corrected": None,
    "synonyms": [],
    "understood": {
        "occupation": [], "place": [], "employment_type": [], "experience_level": [],
        "remote": None,
    },
}  # fmt: skip


def _notes(
    understood: Understood,
    terms: Sequence[Term],
    preferences: Sequence[Preference],
    corrected: Mapping[str, str],
) -> dict[str, object]:
    """How the query was understood, for those who show it."""
    wishes = {wish.kind: list(wish.values) for wish in understood.wishes}
    others = [w.others for g in understood.groups for w in g.words if w.others]
    roles = [name for g in understood.groups for name in g.names]
    return {
        "corrected": dict(corrected) or None,
        "synonyms": list(dict.fromkeys([*roles, *(o for some in others for o in some)])),
        "understood": {
            "occupation": roles,
            "place": wishes.get("place", []),
            "employment_type": wishes.get("employment_type", []),
            "experience_level": wishes.get("experience_level", []),
            "remote": True if "remote" in wishes else None,
        },
    }


def _with_companies(groups: Sequence[Group], known: Lexicon) -> list[Group]:
    """The groups, those that together name a company joined."""
    for first, last, text in company_stretches(groups):
        mark = f"company={key(text)}"
        if known.count(mark).in_head:
            together = tuple(word for group in groups[first : last + 1] for word in group.words)
            group = Group(together, (mark,), (text,))
            rest = _with_companies(groups[last + 1 :], known)
            return [*_with_companies(groups[:first], known), group, *rest]
    return list(groups)


def _term(group: Group, known: Lexicon) -> Term:
    jobs = max(known.corpus.jobs, 1)
    pieces = tuple(piece for word in group.words if (piece := _piece(word, known)).any_of)
    marks, kinds, wider = (known.present(some) for some in (group.marks, group.kinds, group.wider))
    if sum(known.count(mark).in_head for mark in (*marks, *kinds)) >= search_plan.ENOUGH:
        wider = ()
    found = (*marks, *kinds, *wider)
    marked = known.total(found)
    if found and len(pieces) < sum(_has_stems(word, known) for word in group.words):
        pieces = ()
    pieces = pieces[:MOST_PIECES]
    if not pieces and not found:
        return Term((), (), 0.0, 0.0, 0.0)
    in_doc = jobs * math.prod(min(1.0, p.in_doc / jobs) for p in pieces) if pieces else 0.0
    in_head = jobs * math.prod(min(1.0, p.in_head / jobs) for p in pieces) if pieces else 0.0
    weight = max(sum(piece.weight for piece in pieces), search_plan.weight(marked, known.corpus))
    return Term(
        pieces, marks, weight, min(jobs, marked.in_doc + in_doc),
        min(jobs, marked.in_head + in_head), kinds, wider, _usual(group, known),
        max([pieces[0].least if len(pieces) == 1 else 0.0,
             *(known.count(mark).in_doc for mark in found)]),
    )  # fmt: skip


def _usual(group: Group, known: Lexicon) -> str:
    """The usual names of the group's occupations, in the title."""
    if not group.names or not group.marks[0].startswith("role="):
        return ""
    stems = (known.lexemes.get(name, ()) for name in group.names)
    return search_plan.any_of(
        [" & ".join(f"{search_plan.quote(s)}:A" for s in some) for some in stems if some], " | "
    )


def _has_stems(word: Word, known: Lexicon) -> bool:
    """Whether texts are searched for the word at all: "of" is not."""
    return any(known.lexemes.get(text) for text in (word.text, *word.others))


def _piece(word: Word, known: Lexicon) -> Piece:
    """The ways of saying a word that some job uses."""
    ways: dict[Lexemes, Count] = {}
    for text in (word.text, *word.others):
        lexemes = tuple(known.lexemes.get(text, ()))
        if lexemes and all(known.count(lexeme).in_doc for lexeme in lexemes):
            ways[lexemes] = Count(
                min(known.count(lexeme).in_doc for lexeme in lexemes),
                min(known.count(lexeme).in_head for lexeme in lexemes),
            )
    # What asks for another way and more finds nothing of its own: "federal government", "federal".
    ways = {way: count for way, count in ways.items() if not any(set(x) < set(way) for x in ways)}
    total = Count(sum(c.in_doc for c in ways.values()), sum(c.in_head for c in ways.values()))
    weight = search_plan.weight(total, known.corpus)
    least = max((known.count(way[0]).in_doc for way in ways if len(way) == 1), default=0.0)
    return Piece(word.text, tuple(ways), weight, total.in_doc, total.in_head, least)


def _preference(wish: Wish, known: Lexicon) -> Preference:
    """The marks of the wish that some job has; where nothing fits, what nearly does.

    Where nothing does, the wish stays: orders that take no looser level then have no job.
    """
    fits = [one for one in wish.marks if all(known.count(mark).in_doc for mark in one)]
    near = [one for one in wish.near if all(known.count(mark).in_doc for mark in one)]
    unwanted = [(mark,) for mark in wish.unwanted if known.count(mark).in_doc]
    strength = search_plan.WISHES[wish.kind]
    if not fits:
        fits, near, strength = near, [], strength * search_plan.NEAR
    fits = fits or list(wish.marks)
    jobs = max(known.corpus.jobs, 1)
    share = sum(min(known.count(mark).in_doc for mark in one) for one in fits) / jobs
    said = _IN_TITLES.get(wish.values[0], "") if wish.kind == "experience_level" else ""
    return Preference(
        wish.kind,
        search_plan.any_of([_tsquery(fits), said], " | "),
        _tsquery(near),
        _tsquery(unwanted),
        strength,
        min(1.0, share),
    )


def _tsquery(ways: Sequence[Sequence[str]]) -> str:
    return (
        search_plan.any_of(
            (" & ".join(search_plan.quote(mark) for mark in one) for one in ways), " | "
        )
        if ways
        else ""
    )
