"""Any text that the schemas allow is stored and found, however many words it comes to."""

import random
from typing import Any

import pytest
from flask.testing import FlaskClient

from src.models import Company
from tests.factories import headers_for, make_company, make_job, make_user, rows

# Two letters and a hyphen: each word is kept, and the whole of those that hyphens join.
_RARE = [chr(code) for code in range(0x20000, 0x2A6D1)]
# What NFKC makes longer: ﬀ has a text so folded at all, and ﷺ comes to eighteen letters.
_LONGER = ["ﬀ", "ﷺ", "㍿", "㌖", "㋿", "ﷻ", "½", "Å"]
MOST = 99_000


def text_of(letters: list[str], words: int, chosen: random.Random) -> str:
    """Words of two letters, so many joined by hyphens before a blank comes."""
    made = ["".join(chosen.choices(letters, k=2)) for _ in range(MOST // 3)]
    return " ".join("-".join(made[n : n + words]) for n in range(0, len(made), words))


def worst(kind: str, seed: int) -> str:
    chosen = random.Random(seed)
    if kind == "joined by hyphens":
        return text_of(_RARE, 2, chosen)
    return text_of(_LONGER * 100 + _RARE, 10, chosen)


KINDS = ("joined by hyphens", "longer when folded")
Setting = tuple[Company, dict[str, str]]


@pytest.fixture
def setting(client: FlaskClient) -> Setting:
    owner = make_user("employer")
    return make_company(owner), headers_for(owner)


def posting(kind: str = KINDS[0]) -> dict[str, Any]:
    names = ("description", "requirements", "responsibilities", "benefits")
    texts = {name: worst(kind, seed) for seed, name in enumerate(names)}
    # At the beginning, which is what is kept.
    return {"title": "Keeper", **texts, "description": f"Zebras {texts['description']}"}


def found(client: FlaskClient, word: str) -> list[str]:
    return [job["title"] for job in client.get(f"/api/v1/jobs?q={word}").json["items"]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_of_too_many_words_for_a_vector_loses_no_other(
    client: FlaskClient, setting: Setting, kind: str
) -> None:
    jobs = [{"title": "Nurse", "description": "Care."}, posting(kind)]
    content = {
        "company_id": setting[0].id, "jobs": [{**job, "publish": True} for job in jobs]
    }  # fmt: skip
    answer = client.post("/api/v1/jobs/bulk", json=content, headers=setting[1])
    assert (answer.status_code, answer.json.get("created")) == (200, 2), answer.json
    assert (found(client, "zebras"), found(client, "nurse")) == (["Keeper"], ["Nurse"])


def test_a_job_grows_by_patches_beyond_what_a_vector_holds(
    client: FlaskClient, setting: Setting
) -> None:
    job = make_job(setting[0], title="Keeper", description="Zebras")
    texts = {name: text for name, text in posting().items() if name not in ("title", "description")}
    for name, text in texts.items():
        change = {name: text[:60_000]}
        answer = client.patch(f"/api/v1/jobs/{job.id}", json=change, headers=setting[1])
        assert answer.status_code == 200, (name, answer.json)
    assert found(client, "zebras") == ["Keeper"]


def test_a_title_and_a_place_of_what_folding_makes_longer_are_stored(
    client: FlaskClient, setting: Setting
) -> None:
    longer = "ﬀ" + "ﷺ" * 99
    place = {"city": longer * 2, "region": longer * 2}
    job = {
        "title": longer * 3, "description": "Zebras", "location": place, "publish": True,
        "skills": [f"{longer[:95]}{number}" for number in range(50)],
    }  # fmt: skip
    answer = client.post("/api/v1/jobs", json=job, headers=setting[1])
    assert answer.status_code == 201, answer.json
    assert len(found(client, "zebras")) == 1


def test_ordinary_texts_make_the_vector_they_always_made(client: FlaskClient) -> None:
    job = make_job(description="<p>Full-time zebras</p>", requirements="Gnu 日本語", benefits="C++")
    statement = """
    SELECT s.doc = s.head || search_vector(search_beginning(concat_ws(E'\\n', j.description,
      j.requirements, j.responsibilities, j.benefits)), 'D') AS is_same
    FROM job_search s JOIN jobs j ON j.id = s.job_id WHERE j.id = :job
    """
    assert rows(statement, job=job.id)[0].is_same


def test_a_rebuild_writes_the_longest_texts_too(client: FlaskClient, setting: Setting) -> None:
    job = make_job(setting[0], **posting())
    before = rows("SELECT doc FROM job_search WHERE job_id = :job", job=job.id)
    rows("SELECT job_search_write(ARRAY[CAST(:job AS bigint)])", job=job.id)
    assert rows("SELECT doc FROM job_search WHERE job_id = :job", job=job.id) == before
