"""The cities about a point or a named city."""

from collections.abc import Iterator, Mapping
from typing import Any

from src.database import db
from src.errors import Invalid
from src.queries import nearby
from src.utils.places import country_code, parse_place

RADIUS_KM = 25


def city_ids(query: Mapping[str, Any]) -> tuple[int, ...]:
    """The cities with jobs within the radius of a validated query.

    Of a name the largest city is meant. Raises Invalid for a city that is not known.
    """
    lat, lng = query.get("lat"), query.get("lng")
    if lat is None or lng is None:
        lat, lng = _centre(query["near"], query.get("country"))
    box = nearby.box_of(lat, lng, query.get("radius_km") or RADIUS_KM)
    return tuple(sorted(db.session.scalars(nearby.WITH_JOBS, box)))


def _centre(name: str, country: str | None) -> tuple[float, float]:
    for city, region, code in _meanings(name, country and country.upper()):
        values = {"city": city, "region": region, "country": code}
        row = db.session.execute(nearby.CENTRE, values).first()
        if row is not None:
            return row.latitude, row.longitude
    raise Invalid({"near": ["Is no city that is known by this name."]})


def _meanings(name: str, country: str | None) -> Iterator[tuple[str, str | None, str | None]]:
    """City, region and country: of two letters a state is meant, or the country of that code."""
    place = parse_place(name, None)
    city, _, last = name.rpartition(",")
    code = country_code(last.strip()) if len(last.strip()) == 2 else None
    if code is None or place.country is not None:
        yield place.city or name, place.region, place.country or country
    if code is not None and place.country != code:
        yield city, None, code
