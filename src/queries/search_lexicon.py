"""What is asked of the database about a query's words, and what it knows of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from src.queries.search_plan import Corpus, Count
from src.understanding.folding import key
from src.understanding.query import Group, Understood

NONE = Count(0, 0)
# The share of jobs that has a mark which was not looked up.
ASSUMED = 0.002


@dataclass(slots=True)
class Lexicon:
    """What the database knows of a query's words: their lexemes, and the counts of each."""

    corpus: Corpus
    lexemes: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, Count] = field(default_factory=dict)

    def count(self, lexeme: str) -> Count:
        return self.counts.get(lexeme, NONE)

    def present(self, marks: Sequence[str]) -> tuple[str, ...]:
        """Those of the marks that some job has."""
        return tuple(mark for mark in marks if self.count(mark).in_doc)

    def total(self, marks: Sequence[str]) -> Count:
        """In how many jobs the marks stand, taken together."""
        counts = [self.count(mark) for mark in marks]
        return Count(sum(c.in_doc for c in counts), sum(c.in_head for c in counts))

    def assume(self, marks: Sequence[str]) -> None:
        """Take marks that were not looked up for as common as an occupation mostly is."""
        guess = Count(self.corpus.jobs * ASSUMED, self.corpus.jobs * ASSUMED)
        for mark in marks:
            self.counts.setdefault(mark, guess)


def names(understood: Understood) -> list[str]:
    """The marks of companies that stretches of plain words may name."""
    return [f"company={key(text)}" for _, _, text in company_stretches(understood.groups)]


def marks(understood: Understood) -> list[str]:
    """Every mark that jobs are wanted, or not wanted, to have."""
    found = {mark: None for g in understood.groups for mark in (*g.marks, *g.kinds, *g.wider)}
    for wish in understood.wishes:
        found |= {mark: None for one in (*wish.marks, *wish.near) for mark in one}
        found |= dict.fromkeys(wish.unwanted)
    return list(found)


def written(understood: Understood) -> list[str]:
    """The words of content as the caller wrote them, those of one word only."""
    found = (word.text for group in understood.groups for word in group.words)
    return [text for text in dict.fromkeys(found) if " " not in text]


def words(understood: Understood) -> list[str]:
    """Every word and phrase whose stems are needed."""
    found: dict[str, None] = {}
    for group in understood.groups:
        for word in group.words:
            found |= {word.text: None} | dict.fromkeys(word.others)
        found |= dict.fromkeys(group.names)
    return list(found)


def company_stretches(groups: Sequence[Group]) -> list[tuple[int, int, str]]:
    """Stretches of plain groups, the longest first; a single word only when it is the query."""
    found = []
    for size in range(min(6, len(groups)), 0, -1):
        for first in range(len(groups) - size + 1):
            part = groups[first : first + size]
            if all(not g.marks for g in part) and (
                size > 1 or len(groups) == 1 or _is_name(part[0])
            ):
                text = " ".join(word.text for group in part for word in group.words)
                found.append((first, first + size - 1, text))
    return found


def _is_name(group: Group) -> bool:
    """Beside an occupation a single word may be a company: uber product manager."""
    return len(group.words) == 1 and not group.words[0].others
