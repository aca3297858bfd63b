"""The score of a candidate, as SQL: how much of what was asked for its title and head have."""

from typing import Any

from src.queries import search_plan
from src.queries.search_plan import Plan, Preference, Term

# What a day of age costs. After AGE_DAYS a posting is old and nothing more: else imported ones of
# last year lose to any new one that merely mentions the words.
_AGE = (
    f"{search_plan.AGE / search_plan.AGE_DAYS}::float8 * least({search_plan.AGE_DAYS}, "
    "extract(epoch FROM CAST(:at AS timestamptz) - published_at)::float8 / 86400)"
)


class Score:
    """The expression over job_id, published_at, level, head, title_length and `matches`.

    `matches` are columns over head: a word counts several times, and is looked for once.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.values: dict[str, Any] = {}
        self._titles: list[str] = []
        self._queries: dict[str, str] = {}
        self._matches: dict[str, str] = {}
        # They add up to the score, in this order.
        self.parts = self._named()
        self.sql = " + ".join(f"({part})" for part in self.parts.values())
        self.matches = "".join(f", {match}" for match in self._matches.values())

    def _named(self) -> dict[str, str]:
        """What title and head have of the query; wishes; text; brevity; less the age."""
        whole = sum(term.weight for term in self.plan.terms) or 1.0
        words = [self._term(term, term.weight / whole) for term in self.plan.terms]
        parts = {"words": " + ".join(words)} if words else {}
        for wish in self.plan.preferences:
            before = f"{parts[wish.kind]} + " if wish.kind in parts else ""
            parts[wish.kind] = before + self._wish(wish)
        if self.plan.terms:
            if self.plan.levels:
                parts["text"] = self._credit()
            if self._titles:
                parts["title"] = self._brevity()
        return parts | {"freshness": f"-({_AGE})"}

    def _brevity(self) -> str:
        return (
            f"{search_plan.BREVITY}::float8 * least(1, ({' + '.join(self._titles)})::float8"
            " / greatest(1, coalesce(title_length, 100)))"
        )

    def _term(self, term: Term, share: float) -> str:
        whole = sum(piece.weight for piece in term.pieces) or 1.0
        words, written = [], []
        for piece in term.pieces:
            of_it = piece.weight / whole
            title = self._has(piece.tsquery(":A"))
            self._titles.append(title)
            head = self._has(piece.tsquery())
            words.append(
                f"{of_it * search_plan.IN_TITLE}::float8 * {title}"
                f" + {of_it * search_plan.IN_HEAD}::float8 * {head}"
            )
            written.append(f"{of_it * search_plan.AS_WRITTEN}::float8 * {title}")
        said = " + ".join(words)
        if term.usual:
            usual = f"{search_plan.USUAL_NAME}::float8 * {self._has(term.usual)}"
            written.append(usual)
        if not (term.marks or term.kinds or term.wider):
            return f"{share}::float8 * ({said})"
        return f"{share}::float8 * ({' + '.join([self._role(term, said), *written])})"

    def _role(self, term: Term, said: str) -> str:
        """How well the occupation fits: it is the one, a kind of it, or as the words say."""
        fits = [
            f"WHEN head @@ {self._bound(_any(marks))} THEN {worth}"
            for marks, worth in (
                (term.marks, search_plan.SAME_ROLE),
                (term.kinds, search_plan.KIND_OF_ROLE),
                (term.wider, search_plan.WIDER_ROLE),
            )
            if marks
        ]
        role = f"(CASE {' '.join(fits)} ELSE 0 END)::float8"
        return f"greatest({role}, {search_plan.SCATTERED}::float8 * ({said}))" if said else role

    def _wish(self, wish: Preference) -> str:
        fits = f"WHEN head @@ {self._bound(wish.fits)} THEN {wish.weight}"
        nearly = ""
        if wish.nearly:
            near = wish.weight * search_plan.NEAR
            nearly = f" WHEN head @@ {self._bound(wish.nearly)} THEN {near}"
        unwanted = ""
        if wish.unwanted:
            unwanted = f" WHEN head @@ {self._bound(wish.unwanted)} THEN -{search_plan.UNWANTED}"
        return f"(CASE {fits}{nearly}{unwanted} ELSE 0 END)::float8"

    def _credit(self) -> str:
        """What the level vouches for, whatever the head says."""
        cases = " ".join(
            f"WHEN {place} THEN {level.credit * search_plan.IN_TEXT}"
            for place, level in enumerate(self.plan.levels)
        )
        return f"(CASE level {cases} ELSE 0 END)::float8"

    def _has(self, tsquery: str) -> str:
        bound = self._bound(tsquery)
        name = f"has_{self._queries[tsquery]}"
        self._matches[name] = f"(head @@ {bound})::int AS {name}"
        return name

    def _bound(self, tsquery: str) -> str:
        name = f"q{len(self._queries)}"
        name = self._queries.setdefault(tsquery, name)
        self.values[name] = tsquery
        return f"CAST(:{name} AS tsquery)"


def _any(marks: tuple[str, ...]) -> str:
    return " | ".join(search_plan.quote(mark) for mark in marks)
