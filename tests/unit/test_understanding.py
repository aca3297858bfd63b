"""What the words of a search ask for: occupations, places, kinds of work, and what is left out."""

import time

import pytest

from src.understanding import export, places, tables
from src.understanding.folding import BREAK, fold, key, title_words
from src.understanding.query import Understood, understand


def names(query: str) -> list[str]:
    return [name for group in understand(query).groups for name in group.names]


def content(query: str) -> list[str]:
    return [word.text for group in understand(query).groups for word in group.words]


def wishes(query: str) -> dict[str, tuple[str, ...]]:
    return {wish.kind: wish.values for wish in understand(query).wishes}


@pytest.mark.parametrize(
    ("query", "occupation"),
    [
        ("cop", "police officer"), ("trucker", "truck driver"),
        ("shop assistant", "retail sales associate"),
        ("headhunter", "recruiter"), ("RN", "registered nurse"), ("SWE", "software engineer"),
        ("CNA", "nursing assistant"), ("SRE", "site reliability engineer"),
        ("Krankenpflegerin", "nurse"), ("Softwareentwickler", "software engineer"),
        ("Lieferkettenmanager", "supply chain manager"), ("enfermera", "nurse"),
        ("ingénieur logiciel", "software engineer"), ("engenheiro de dados", "data engineer"),
        ("药剂师", "pharmacist"), ("ソフトウェアエンジニア", "software engineer"),
        ("nursing jobs", "nurse"), ("accountants", "accountant"), ("𝐀𝐜𝐜𝐨𝐮𝐧𝐭𝐚𝐧𝐭", "accountant"),
    ],
)  # fmt: skip
def test_everyday_foreign_and_short_names_mean_an_occupation(query: str, occupation: str) -> None:
    assert names(query) == [occupation]


def test_an_abbreviation_of_several_occupations_means_them_all() -> None:
    assert set(names("PM")) == {"product manager", "project manager", "program manager"}


def test_of_two_occupations_side_by_side_the_last_is_meant() -> None:
    assert names("nurse recruiter") == ["recruiter"]


@pytest.mark.parametrize(
    "query",
    [
        "how much does a plumber make in texas", "what does a plumber do", "average plumber salary",
        "plumber jobs near me", "now hiring plumber", "plumber job description",
    ],
)  # fmt: skip
def test_words_of_asking_are_no_content(query: str) -> None:
    assert (names(query), content(query)) == (["plumber"], ["plumber"])


def test_a_question_keeps_the_occupation_alone() -> None:
    assert content("average salary for plumbers in a specialty area") == ["plumbers"]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("jobs in wilmington nc", ("Wilmington, North Carolina",)),
        ("nurse seattle wa", ("Seattle, Washington",)),
        ("jobs in nyc", ("New York",)), ("bay area jobs", ("bay area",)),
        ("Koch in München", ("Munich",)),
        ("sales germany", ("Germany",)), ("上海 会计", ("Shanghai",)),
        ("jobs in reading", ("Reading",)),
        ("oil rig jobs in me", ("Maine",)),
    ],
)  # fmt: skip
def test_a_place_is_read_and_leaves_the_words(query: str, places: tuple[str, ...]) -> None:
    assert wishes(query)["place"] == places
    assert not {"seattle", "wa", "nyc", "germany", "münchen"} & {w.lower() for w in content(query)}


@pytest.mark.parametrize(
    "query", ["reading teacher", "it support", "jobs in sales", "mobile developer"]
)
def test_a_word_that_is_also_a_place_stays_a_word(query: str) -> None:
    assert "place" not in wishes(query)


@pytest.mark.parametrize(
    ("query", "kind", "values"),
    [
        ("part time cook", "employment_type", ("part_time",)),
        ("marketing internship", "employment_type", ("internship",)),
        ("Praktikant Marketing", "employment_type", ("internship",)),
        ("entry level accountant", "experience_level", ("entry",)),
        ("sr accountant", "experience_level", ("senior",)),
        ("accountant work from home", "remote", ("true",)),
    ],
)
def test_kinds_of_work_are_preferences(query: str, kind: str, values: tuple[str, ...]) -> None:
    assert wishes(query) == {kind: values}


@pytest.mark.parametrize(
    "query", ["contract manager", "social work", "job coach", "volunteer coordinator"]
)
def test_words_of_asking_inside_an_occupation_belong_to_it(query: str) -> None:
    assert len(names(query)) == 1
    assert wishes(query) == {}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("C++", ["cplusplus"]), ("c#", ["csharp"]), (".NET", ["dotnet"]), ("Node.js", ["nodejs"]),
        ("Objective-C", ["objectivec"]), ("P&L", ["pandl"]), ("CI/CD", ["cicd"]), ("R", ["langr"]),
        ("Go developer", ["langgo", "developer"]),
        ("we go to work", ["go"]), ("it manager", ["infotech", "manager"]),
    ],
)  # fmt: skip
def test_tricky_names_are_whole(query: str, words: list[str]) -> None:
    assert content(query) == words


@pytest.mark.parametrize(
    "query", ["", "\x00", "🎉", "a & | !", "'" * 255, "((((", "- - -", "%_%", "的"]
)
def test_anything_is_understood_somehow(query: str) -> None:
    assert isinstance(understand(query), Understood)


@pytest.mark.parametrize(
    "query",
    ["a" * 255, "a " * 127, "in " * 85, "new york " * 28, "-" * 255, "工程师" * 85, "c++/" * 63,
     "softwareentwicklung" * 13, "(m/w/d)" * 36, "a&" * 127, "ies" * 85],
)  # fmt: skip
def test_no_query_takes_long_to_understand(query: str) -> None:
    understand("warm")
    best = min(_seconds(query) for _ in range(10))
    assert best < 0.05


def _seconds(query: str) -> float:
    started = time.perf_counter()
    understand(query)
    return time.perf_counter() - started


def test_folding_is_idempotent() -> None:
    for text in ("Straße", "ＦＵＬＬ", "Éé", "ﬁne", "İstanbul", "ガ"):
        assert fold(fold(text)) == fold(text)


def test_gendered_forms_of_a_title_are_one_word() -> None:
    assert title_words("Ingénieur(e) (H/F)") == ["ingenieur"]
    assert title_words("Entwickler:in (m/w/d)") == ["entwickler"]


def test_a_key_is_the_words_of_its_phrase() -> None:
    phrases = [*tables.titles(), *tables.phrases(), *tables.glossary().values()]
    cities = [name for name, *_ in tables.rows("cities.tsv")]
    odd = ["ui ux", "ci cd", "full stack", "bus", "a b", " a  b ", "", "Ås", "nurses aide", "c++"]
    for phrase in [*phrases, *cities, *(city.lower() for city in cities), *odd]:
        assert key(phrase).split() == [word for word in title_words(phrase) if word != BREAK]


def test_no_occupation_hides_what_a_phrase_says_of_level_type_or_remote() -> None:
    for phrase, mark in tables.rows("marks.tsv"):
        marks, is_whole = tables.phrases()[key(phrase)]
        assert (mark in marks, is_whole) == (True, False), phrase
    assert "role=school principal" not in tables.phrases()["principal"].marks


def test_cities_of_one_name_and_size_come_in_the_same_order_in_every_process() -> None:
    listed = [row[1] for row in tables.rows("cities.tsv") if row[0] == "Winchester"]
    found = places.gazetteer()["winchester"]
    assert found[0].thousands == found[1].thousands
    assert [place.region for place in found] == [key(region) for region in listed]


def test_every_broader_occupation_is_one_of_the_table() -> None:
    listed = {occupation for _, occupation, *_ in tables.rows("occupations.tsv")}
    assert set(tables.broader().values()) <= listed
    assert len(listed) > 300


def test_every_phrase_of_the_export_is_there_once() -> None:
    phrases = [row["phrase"] for row in export.phrase_rows()]
    assert len(phrases) == len(set(phrases))
    assert all(phrases)
