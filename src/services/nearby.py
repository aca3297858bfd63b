"""The cities about a point or a named city."""

from collections.abc import Mapping
from typing import Any

from src.database import db
from src.errors import Invalid
from src.queries import nearby
from src.utils.places import parse_place

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
    place = parse_place(name, None)
    values = {
        "city": place.city or name, "region": place.region,
        "country": place.country or (country and country.upper()),
    }  # fmt: skip
    row = db.session.execute(nearby.CENTRE, values).first()
    if row is None:
        raise Invalid({"near": ["Is no city that is known by this name."]})
    return row.latitude, row.longitude
