"""GET /jobs?q=: occupations, places, kinds of work, spelling and scripts, on postings of ours."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from src.database import db
from src.services import search_index
from src.utils import clock
from tests.factories import make_company, make_job


def answer(client: FlaskClient, **query: Any) -> dict[str, Any]:
    got = client.get("/api/v1/jobs", query_string=query)
    assert got.status_code == 200, got.json
    return dict(got.json)


def found(client: FlaskClient, **query: Any) -> list[str]:
    return [job["title"] for job in answer(client, **query)["items"]]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("cop", "Police Officer"), ("attorney", "Legal Counsel"),
        ("RN", "Registered Nurse, ICU"),
        ("registered nurse", "RN - Night Shift"), ("SWE", "Software Development Engineer II"),
        ("Krankenpflegerin", "Staff Nurse"), ("Softwareentwickler", "Software Engineer"),
        ("药剂师", "Pharmacist"), ("nurse", "Enfermera de turno"),
        ("网络工程师", "网络工程师（上海）"),
        ("ソフトウェアエンジニア", "シニアソフトウェアエンジニア"),
        ("የሽያጭ ሰራተኛ", "የሽያጭ ሰራተኛ"),
        ("소프트웨어 엔지니어", "AI 소프트웨어 엔지니어"),
        ("sales", "𝐒𝐚𝐥𝐞𝐬 𝐎𝐟𝐟𝐢𝐜𝐞𝐫"), ("ＡＢＣ", "Abc teacher"),
    ],
)  # fmt: skip
def test_an_occupation_is_found_by_another_name_or_script(
    client: FlaskClient, query: str, title: str
) -> None:
    make_job(title=title)
    make_job(title="Zookeeper")
    assert found(client, q=query) == [title]


def test_who_works_for_an_occupation_is_not_of_it(client: FlaskClient) -> None:
    make_job(title="Nurse recruiter")
    make_job(title="Enfermera")
    assert found(client, q="Krankenpfleger")[0] == "Enfermera"


@pytest.mark.parametrize(
    "asked", ["how much does a {} make", "{} jobs near me", "what does a {} do"]
)
def test_words_of_asking_find_nothing_by_themselves(client: FlaskClient, asked: str) -> None:
    make_job(title="Zookeeper")
    make_job(title="Job coach who can make a job application")
    assert found(client, q=asked.format("zookeeper")) == ["Zookeeper"]


def test_a_place_in_the_words_is_preferred_and_matches_the_place_alone(client: FlaskClient) -> None:
    make_job(title="Zookeeper", city="Bremen", country="DE", description="<p>Not in Hamburg.</p>")
    make_job(title="Zookeeper of the north", city="Hamburg", country="DE")
    assert found(client, q="zookeeper in hamburg") == ["Zookeeper of the north", "Zookeeper"]


def test_a_city_without_its_state_is_in_it_all_the_same(client: FlaskClient) -> None:
    make_job(title="Zookeeper", city="Denver")
    make_job(title="Falconer", city="Boston")
    assert found(client, q="jobs in colorado") == ["Zookeeper"]


def test_a_city_of_the_same_name_elsewhere_is_another(client: FlaskClient) -> None:
    make_job(title="Falconer", city="Wilmington", region="Delaware", country="US")
    make_job(title="Zookeeper", city="Wilmington", region="NC", country="US")
    assert found(client, q="jobs in wilmington nc")[0] == "Zookeeper"


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("part time zookeeper", {"employment_type": "part_time"}),
        ("zookeeper internship", {"employment_type": "internship"}),
        ("entry level zookeeper", {"experience_level": "entry"}),
        ("senior zookeeper", {"experience_level": "senior"}),
        ("zookeeper work from home", {"is_remote": True}),
    ],
)
def test_a_kind_of_work_in_the_words_is_preferred(
    client: FlaskClient, query: str, values: dict[str, Any]
) -> None:
    make_job(title="Zookeeper of that kind", published_at=clock.now() - timedelta(days=9), **values)
    make_job(title="Zookeeper", employment_type="full_time")
    assert found(client, q=query) == ["Zookeeper of that kind", "Zookeeper"]


def test_a_kind_of_work_is_read_from_titles_too(client: FlaskClient) -> None:
    make_job(title="Falconer")
    make_job(title="Falconer (Teilzeit)")
    assert found(client, q="part time falconer")[0] == "Falconer (Teilzeit)"


def test_a_misspelt_word_is_corrected_and_the_answer_says_so(owner_app: Flask) -> None:
    for _ in range(4):
        make_job(title="Aquarium receptionist")
    db.session.commit()
    search_index.collect_words()
    got = answer(owner_app.test_client(), q="aquarum recepionist")
    assert got["total"] == 4
    assert got["search"]["corrected"] == {"aquarum": "aquarium", "recepionist": "receptionist"}


def test_what_is_corrected_is_what_is_searched_whatever_stands_between(owner_app: Flask) -> None:
    for _ in range(4):
        make_job(title="Aquarium receptionist")
    db.session.commit()
    search_index.collect_words()
    got = answer(owner_app.test_client(), q="aquarum/recepionist's")
    assert (got["total"], got["search"]["terms"][0]) == (4, "aquarium")


@pytest.mark.parametrize(
    ("words", "other"), [("limey", "slimey"), ("lime", "time"), ("managed", "manager")]
)
def test_a_word_that_texts_have_is_not_taken_for_another(
    owner_app: Flask, words: str, other: str
) -> None:
    for _ in range(60):
        make_job(title=f"Aquarium {other}")
    make_job(title="Keeper", description=f"<p>A {words} aquarium.</p>")
    db.session.commit()
    search_index.collect_words()
    search_index.count_words()
    assert answer(owner_app.test_client(), q=words)["search"]["corrected"] is None


def test_the_code_of_italy_is_no_information_technology(client: FlaskClient) -> None:
    make_job(title="Waiter", city="Rome", country="IT")
    make_job(title="IT administrator", city="Oslo", country="NO")
    assert found(client, q="IT jobs") == ["IT administrator"]
    assert found(client, q="waiter Italy") == ["Waiter"]


def test_phrases_and_titles_alone_are_taken_to_the_letter(client: FlaskClient) -> None:
    make_job(title="Attorney")
    make_job(title="Lawyer")
    assert found(client, q='"lawyer"') == ["Lawyer"]
    assert found(client, q="lawyer", title_only="true") == ["Lawyer"]
    assert answer(client, q='"lawyerr"')["search"]["corrected"] is None


@pytest.mark.parametrize(
    ("query", "skill", "other"),
    [
        ("golang", "Go", "Going places"), ("P&L", "P&L", "p l"), ("CI/CD", "CI/CD", "ci or cd"),
        ("R programmer", "R, SQL", "R&D"), ("ux designer", "UI/UX designer", "Luxury"),
        ("a/b testing", "A/B testing", "a b"), ("f#", "F#", "f sharp edges"),
    ],
)  # fmt: skip
def test_names_with_signs_are_whole_on_both_sides(
    client: FlaskClient, query: str, skill: str, other: str
) -> None:
    make_job(title="Expert", skills=[skill])
    make_job(title="Other", description=f"<p>{other}</p>")
    assert found(client, q=query)[0] == "Expert"


def test_the_notes_tell_how_the_query_was_understood(client: FlaskClient) -> None:
    make_job(title="Registered nurse", city="Berlin", country="DE")
    notes = answer(client, q="part time RN jobs in berlin")["search"]
    assert notes["understood"] == {
        "occupation": ["registered nurse"], "place": ["Berlin"], "employment_type": ["part_time"],
        "experience_level": [], "remote": None,
    }  # fmt: skip
    assert "registered nurse" in notes["synonyms"]
    assert notes["ignored"] == ["jobs", "in"]


def test_words_that_only_ask_list_the_newest_jobs(client: FlaskClient) -> None:
    make_job(title="Older", published_at=clock.now() - timedelta(days=2))
    make_job(title="Newer")
    assert found(client, q="jobs hiring now") == ["Newer", "Older"]


def test_a_company_is_found_by_its_name_beside_an_occupation(client: FlaskClient) -> None:
    make_job(title="Product manager")
    make_job(make_company(name="Brimstone Works"), title="Product manager, tools")
    assert found(client, q="brimstone works product manager")[0] == "Product manager, tools"


@pytest.mark.parametrize("words", ["role=nurse", "city=berlin", "'role=nurse':*", "kind=x & !y"])
def test_marks_cannot_be_asked_for(client: FlaskClient, words: str) -> None:
    make_job(title="Enfermera", city="Berlin", country="DE")
    assert all("=" not in term for term in answer(client, q=words)["search"]["terms"])
