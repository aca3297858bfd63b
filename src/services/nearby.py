"""The cities about a point or a named city."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from src.database import db
from src.errors import Invalid
from src.queries import nearby
from src.understanding.countries import country_code, state_of
from src.understanding.written_places import parse_place

RADIUS_KM = 25
# As in "Austin, TX 78701".
_POSTCODE = re.compile(r" \d{5}(?:-\d{4})?$")
# City, region and country.
_Meaning = tuple[str, str | None, str | None]


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
    for city, region, code in _meanings(name, country):
        values = {"city": city, "region": region, "country": code}
        row = db.session.execute(nearby.CENTRE, values).first()
        if row is not None:
            return row.latitude, row.longitude
    raise Invalid({"near": ["Is no city that is known by this name."]})


def _meanings(name: str, country: str | None) -> Iterator[_Meaning]:
    """What a name may mean, the likeliest first: as it is written, then taken apart.

    An import's reading comes late: it expects capitals, and leaves out words of a name. It knows
    what people write besides: "Bergen area", "Boston, MA or Austin, TX".
    """
    # Of three letters it may be a city with the code of a country.
    yield name, None, (country_code(name) if len(name) > 3 else None) or country
    city, *parts = [part.strip() for part in name.split(",") if part.strip()] or [name]
    wider = sorted(_wider(city, parts), key=lambda where: where[1] != country)
    for region, code in wider:
        yield city, region, code
    place = parse_place(name, None)
    if place.city:
        yield place.city, place.region, place.country or country
    if parts and not wider:
        yield city, parts[-1], country


def _wider(city: str, parts: list[str]) -> Iterator[tuple[str | None, str]]:
    """Region and country behind a city: a state, and the country of the same name or code."""
    if not parts:
        return
    *between, last = parts
    last = _POSTCODE.sub("", last)
    state, code = state_of(last.replace(".", "")), country_code(last)
    # "Oregon, USA" is the state, and no city of another.
    region = between[-1] if between else city
    within = state_of(region)
    is_within = within is not None and within.country == code
    if state and not (between and is_within):
        yield state
    if code:
        yield region if between or is_within else None, code
