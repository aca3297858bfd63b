"""The tables as rows for the database, whose triggers mark each job by them."""

import functools
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from src.understanding import places
from src.understanding.folding import key
from src.understanding.tables import phrases, rows


def phrase_rows() -> list[dict[str, Any]]:
    """What the phrases of titles say: phrase, marks, is_whole; unique by phrase."""
    found = {
        name: {"phrase": name, "marks": list(places.marks(first)), "is_whole": False}
        for name, (first, *_) in places.gazetteer().items()
        if places.is_plain(name, first)
    }
    for name, (marks, is_whole) in phrases().items():
        found[name] = {"phrase": name, "marks": list(marks), "is_whole": is_whole}
    return list(found.values())


def fingerprint() -> str:
    """A digest of all rows: the database holds the one of those it was filled from."""
    tables = json.dumps([phrase_rows(), place_rows(), city_columns()], sort_keys=True)
    return hashlib.sha256(tables.encode()).hexdigest()


def place_rows() -> list[dict[str, Any]]:
    """What names of places stand for: name, city, region, country, area, people (thousands)."""
    return list(_place_rows())


def _place_rows() -> Iterator[dict[str, Any]]:
    for name, readings in places.gazetteer().items():
        for place in readings:
            yield {
                "name": name,
                "city": place.key if place.kind == "city" else None,
                "region": place.region or None,
                "country": place.country or None,
                "area": place.key if place.kind == "area" else None,
                "people": place.thousands,
            }
    for country, continent in places.continents().items():
        yield {
            "name": f"country {country.lower()}", "city": None, "region": None,
            "country": country, "area": continent, "people": 0,
        }  # fmt: skip


@functools.cache
def city_columns() -> dict[str, list[Any]]:
    """The names of cities by column: name, city_id, region, country, people (thousands), degrees.

    Unique by name and city. Kept, since whoever fills the database needs it twice.
    """
    found: dict[str, list[Any]] = {
        "name": [], "city_id": [], "region": [], "country": [], "people": [], "latitude": [],
        "longitude": [],
    }  # fmt: skip
    for number, name, region, country, people, latitude, longitude, aliases in rows(
        "coordinates.tsv.gz"
    ):
        city = (int(number), key(region) or None, country, int(people))
        for spelling in sorted({key(each) for each in (name, *aliases.split(";"))} - {""}):
            row = (spelling, *city, float(latitude), float(longitude))
            for column, value in zip(found.values(), row, strict=True):
                column.append(value)
    return found
