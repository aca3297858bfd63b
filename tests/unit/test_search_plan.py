"""How words become a plan: weights, levels and windows."""

from src.queries import search_plan
from src.queries.search_plan import Corpus, Word

CORPUS = Corpus(jobs=100_000, days=90)
NURSE = Word("nurs", in_doc=2_000, in_head=1_500)
NIGHT = Word("night", in_doc=8_000, in_head=300)
JOB = Word("job", in_doc=60_000, in_head=100)
TYPO = Word("nusre", in_doc=0, in_head=0)


def test_all_words_come_first_and_the_weightiest_alone_last() -> None:
    plan = search_plan.relaxed([NIGHT, NURSE], CORPUS)
    assert [level.tsquery for level in plan.levels] == ["'night' & 'nurs'", "'nurs'"]


def test_a_word_that_no_job_has_is_left_out_and_named() -> None:
    plan = search_plan.relaxed([TYPO, NURSE], CORPUS)
    assert [level.tsquery for level in plan.levels] == ["'nurs'"]
    assert plan.ignored == ("nusre",)


def test_a_word_that_every_posting_is_about_counts_only_when_alone() -> None:
    assert search_plan.relaxed([JOB, NURSE], CORPUS).ignored == ("job",)
    assert search_plan.relaxed([JOB], CORPUS).levels[0].tsquery == "'job'"


def test_a_word_of_titles_outweighs_an_equally_rare_word_of_texts() -> None:
    of_texts = Word("ward", in_doc=2_000, in_head=0)
    weights = dict(search_plan.relaxed([of_texts, NURSE], CORPUS).terms)
    assert weights["nurs"] > weights["ward"]


def test_no_more_than_six_words_are_searched() -> None:
    words = [Word(f"w{i}", in_doc=10 + i, in_head=5) for i in range(12)]
    plan = search_plan.relaxed(words, CORPUS)
    assert len(plan.terms) == search_plan.MAX_TERMS
    assert len(plan.ignored) == 6


def test_each_level_asks_for_a_smaller_share_of_the_weight() -> None:
    words = [Word(f"w{i}", in_doc=100 * (i + 1), in_head=50) for i in range(4)]
    expected = [level.in_doc for level in search_plan.relaxed(words, CORPUS).levels]
    assert expected == sorted(expected)
    assert len(expected) >= 3


def test_operators_are_told_from_ordinary_words() -> None:
    for literal in ('"night nurse"', "nurse -agency", "nurse OR midwife", "-agency"):
        assert search_plan.has_operators(literal)
    for plain in ("night nurse", "full-time nurse", "oregon nurse", "c++"):
        assert not search_plan.has_operators(plain)


def test_title_only_asks_for_the_weight_of_titles() -> None:
    plan = search_plan.in_title(search_plan.relaxed([NIGHT, NURSE], CORPUS))
    assert plan.levels[0].tsquery == "'night':A & 'nurs':A"


def test_a_negated_word_is_not_scored() -> None:
    plan = search_plan.literal("'nurs' & !'night'", [NURSE, NIGHT], CORPUS)
    assert [lexeme for lexeme, _ in plan.terms] == ["nurs"]


def test_a_common_word_is_looked_for_in_a_window_of_days() -> None:
    tags, first = search_plan.window(50_000, 1_000, CORPUS, today=20_000) or ([], 0)
    assert first == 19_998
    assert tags == [19_998, 19_999, 20_000, 20_001]


def test_a_rare_word_is_looked_for_everywhere() -> None:
    assert search_plan.window(1_500, 1_000, CORPUS, today=20_000) is None


def test_a_longer_window_is_cut_to_whole_weeks() -> None:
    tags, first = search_plan.window(10_000, 1_000, CORPUS, today=20_000) or ([], 0)
    assert first % 7 == 0
    assert min(tags) == 100_000 + first // 7


def test_a_quote_in_a_word_cannot_leave_its_literal() -> None:
    assert search_plan.quote("o'brien\\") == "'o''brien\\\\'"
