"""How an understood query becomes a plan: terms, levels, windows, and the letter kept."""

import pytest

from src.queries import search_literal, search_operators, search_plan, search_terms
from src.queries.search_lexicon import Lexicon
from src.queries.search_plan import Corpus, Count, Plan
from src.queries.search_window import window
from src.understanding.query import as_written, understand

CORPUS = Corpus(jobs=100_000, days=90)
NURSE, NIGHT, WARD = Count(2_000, 1_500), Count(8_000, 300), Count(2_000, 0)


def known(**counts: Count) -> Lexicon:
    """Words whose stems are themselves, and marks (role__nurse), with their counts."""
    by_name = {name.replace("__", "="): count for name, count in counts.items()}
    return Lexicon(CORPUS, {name: [name] for name in by_name}, by_name)


def plan_of(query: str, **counts: Count) -> Plan:
    return search_terms.plan(as_written(query), known(**counts), {})


def test_all_words_come_first_and_any_of_them_last() -> None:
    plan = plan_of("night nurse", night=NIGHT, nurse=NURSE)
    assert [level.tsquery for level in plan.levels] == [
        "'night' & 'nurse'", "'nurse'", "('night') | ('nurse')",
    ]  # fmt: skip


def test_a_word_that_no_job_has_is_left_out_and_named() -> None:
    plan = plan_of("nusre nurse", nurse=NURSE)
    assert [level.tsquery for level in plan.levels] == ["'nurse'"]
    assert plan.ignored == ("nusre",)


def test_a_word_of_titles_outweighs_an_equally_rare_word_of_texts() -> None:
    terms = {
        t.pieces[0].label: t.weight for t in plan_of("ward nurse", ward=WARD, nurse=NURSE).terms
    }
    assert terms["nurse"] > terms["ward"]


def test_no_more_than_six_words_are_searched() -> None:
    counts = {f"w{chr(97 + i)}": Count(10 + i, 5) for i in range(12)}
    plan = plan_of(" ".join(counts), **counts)
    assert len(plan.terms) == search_plan.MAX_TERMS
    assert len(plan.ignored) == 6


def test_a_word_said_again_and_again_asks_for_nothing_more() -> None:
    """The levels are of all sets of terms: of twenty-four there are sixteen million."""
    once, often = (plan_of("night nurse " * times, night=NIGHT, nurse=NURSE) for times in (1, 12))
    assert once == often


def test_each_level_vouches_for_no_more_than_the_one_before() -> None:
    counts = {f"w{chr(97 + i)}": Count(100 * (i + 1), 50) for i in range(4)}
    vouched = [level.credit for level in plan_of(" ".join(counts), **counts).levels]
    assert vouched == sorted(vouched, reverse=True)
    assert len(vouched) >= 3


def test_an_occupation_is_looked_for_by_its_mark_or_its_words() -> None:
    counts = {"nurse": NURSE, "role__nurse": Count(900, 900)}
    plan = search_terms.plan(understand("nurse"), known(**counts), {})
    assert plan.levels[0].tsquery == "'role=nurse' | 'nurse'"


def test_an_occupation_hardly_any_job_has_widens_to_the_one_it_is_a_kind_of() -> None:
    counts = {"midwife": Count(2, 2), "role__midwife": Count(2, 2), "role__nurse": NURSE}
    plan = search_terms.plan(understand("midwife"), known(**counts), {})
    assert "role=nurse" in plan.levels[0].tsquery


def test_a_place_is_required_first_and_then_no_more() -> None:
    counts = {"nurse": NURSE, "city__berlin": Count(500, 500), "country__DE": Count(9_000, 9_000)}
    plan = search_terms.plan(understand("nurse in berlin"), known(**counts), {})
    assert [level.tsquery for level in plan.levels] == ["'nurse' & 'city=berlin'", "'nurse'"]


def test_words_that_only_ask_leave_everything_open() -> None:
    assert search_terms.plan(understand("jobs hiring now"), known(), {}).is_open
    assert not search_terms.plan(understand("qwertz jobs"), known(), {}).levels


def test_operators_are_told_from_ordinary_words() -> None:
    for literal in ('"night nurse"', "nurse -agency", "nurse OR midwife", "-agency"):
        assert search_operators.has_operators(literal)
    for plain in ("night nurse", "full-time nurse", "oregon nurse", "c++"):
        assert not search_operators.has_operators(plain)


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("nurse -agency", 'nurse -"agency"'), ("nurse --agency", 'nurse -"agency"'),
        ("nurse - agency", "nurse agency"), ("nurse " + "-" * 40, "nurse"),
        ("- " * 50, ""), ('-"-" -"', ""), ('nurse -"night shift', 'nurse -"night shift"'),
        ("or nurse or OR midwife or", "nurse or midwife"), ("nurse -C#/java", 'nurse -"C#/java"'),
        ("IT-Leiter a/-b", '"IT-Leiter" "a/-b"'), ("nurse –night", 'nurse "–night"'),
        ("“night nurse” － agency", '"night nurse" agency'),
        ("«nurse» －agency", '"nurse" -"agency"'), ('"or" nurse', '"or" nurse'),
    ],
)  # fmt: skip
def test_operators_are_spelled_as_they_are_meant(written: str, spelled: str) -> None:
    assert search_operators.spelled(written) == spelled


def test_words_of_a_negated_phrase_are_not_scored() -> None:
    words = {"nurs": NURSE, "night": NIGHT}
    plan = search_literal.literal("'nurs' & !( 'night' <-> 'ward' )", words, CORPUS)
    assert [term.pieces[0].label for term in plan.terms] == ["nurs"]


def test_of_many_jobs_a_negated_word_that_most_have_is_left_out_and_named() -> None:
    most = search_literal.unlike("!'work'", {"work": Count(90_000, 0)}, CORPUS)
    assert (most.is_open, most.unlike, most.ignored) == (True, "", ("work",))
    assert search_literal.unlike("!'nurs'", {"nurs": NURSE}, CORPUS).unlike == "!'nurs'"


def test_title_only_asks_for_the_weight_of_titles() -> None:
    plan = search_literal.in_title(plan_of("night nurse", night=NIGHT, nurse=NURSE))
    assert plan.levels[0].tsquery == "'night':A & 'nurse':A"


def test_a_negated_word_is_not_scored() -> None:
    words = {"nurs": NURSE, "night": NIGHT}
    plan = search_literal.literal("'nurs' & !'night'", words, CORPUS)
    assert [term.pieces[0].label for term in plan.terms] == ["nurs"]


def test_a_common_word_is_looked_for_in_a_window_of_days() -> None:
    tags, first = window(50_000, 1_000, CORPUS, today=20_000) or ([], 0)
    assert first == 19_997
    assert tags == [19_997, 19_998, 19_999, 20_000, 20_001]


def test_a_rare_word_is_looked_for_everywhere() -> None:
    assert window(1_500, 1_000, CORPUS, today=20_000) is None


def test_a_longer_window_is_cut_to_whole_weeks() -> None:
    tags, first = window(10_000, 1_000, CORPUS, today=20_000) or ([], 0)
    assert first % 7 == 0
    assert min(tags) == 100_000 + first // 7


def test_a_quote_in_a_word_cannot_leave_its_literal() -> None:
    assert search_plan.quote("o'brien\\") == "'o''brien\\\\'"
