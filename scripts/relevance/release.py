"""The first ranking, frozen: what a change is compared with."""

import itertools
import math

from scripts.relevance.corpus import Corpus, Posting

GENERIC = {"job", "career", "employ", "hire", "vacanc", "opportun", "posit", "work"}
QUESTION = {
    "much", "make", "get", "find", "pay", "paid", "averag", "salari", "wage", "best", "good",
    "list", "need", "want", "long", "becom", "start", "onlin", "free", "avail", "appli",
    "applic", "search", "look", "type", "kind", "exampl", "mean", "defin", "definit",
}  # fmt: skip
MAX_TERMS, SHARES, ENOUGH, CANDIDATES = 6, (0.7, 0.5), 20, 1_000
Weights = dict[str, float]


def ranked(corpus: Corpus, stems: list[str]) -> list[int]:
    """The places of the ten best jobs by levels of relaxation, then by words in the head."""
    weights = _weights(corpus, stems)
    if not weights:
        return []
    levels = _levels(weights)
    found: dict[int, int] = dict.fromkeys(_newest(corpus, levels[0], least=1), 0)
    texts: set[int] = set()
    for level, groups in enumerate(levels):
        if level and len(texts) >= ENOUGH:
            break
        for job in _newest(corpus, groups, least=0):
            texts.add(job)
            found.setdefault(job, level)
    standing = {stem: _standing(corpus.postings[stem]) for stem in weights}

    def score(job: int) -> float:
        words = sum(weight * standing[stem].get(job, 0) for stem, weight in weights.items())
        return words - 0.02 * min(60.0, corpus.ages_days[job])

    return sorted(found, key=lambda j: (found[j], -score(j), corpus.ages_days[j], -j))[:10]


def _weights(corpus: Corpus, stems: list[str]) -> Weights:
    known = [stem for stem in stems if stem in corpus.postings]
    content = [stem for stem in known if stem not in GENERIC] or known
    weights = {stem: _weight(stem, corpus) for stem in content}
    kept = sorted(content, key=lambda stem: (-weights[stem], stem))[:MAX_TERMS]
    return {stem: weights[stem] for stem in content if stem in kept}


def _weight(stem: str, corpus: Corpus) -> float:
    posting = corpus.postings[stem]
    jobs = len(posting.jobs)
    titleness = min(1.0, 4 * sum(1 for place in posting.standing if place) / jobs)
    rarity = math.log(1 + len(corpus.keys) / jobs)
    return round(rarity * (0.4 + 0.6 * titleness) * (0.5 if stem in QUESTION else 1.0), 4)


def _levels(weights: Weights) -> list[list[tuple[str, ...]]]:
    levels = [[tuple(weights)]]
    for share in SHARES:
        needed = share * sum(weights.values())
        sets = [
            group
            for size in range(1, len(weights))
            for group in itertools.combinations(weights, size)
            if needed - 1e-9 <= sum(weights[s] for s in group)
            and sum(weights[s] for s in group) - min(weights[s] for s in group) < needed - 1e-9
        ]
        if sets:
            levels.append(sets)
    if len(weights) > 1:
        levels.append([(min(weights, key=lambda s: (-weights[s], s)),)])
    return [level for i, level in enumerate(levels) if level not in levels[:i]]


def _newest(corpus: Corpus, groups: list[tuple[str, ...]], least: int) -> list[int]:
    jobs: set[int] = set()
    for group in groups:
        jobs |= set.intersection(*(_standing_at(corpus.postings[s], least) for s in group))
    return sorted(jobs, key=lambda j: (corpus.ages_days[j], -j))[:CANDIDATES]


def _standing_at(posting: Posting, least: int) -> set[int]:
    rows = zip(posting.jobs, posting.standing, strict=True)
    return {job for job, standing in rows if standing >= least}


def _standing(posting: Posting) -> dict[int, int]:
    return dict(zip(posting.jobs, posting.standing, strict=True))
