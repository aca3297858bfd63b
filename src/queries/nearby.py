"""Which cities lie within a distance: a box of degrees by an index, then the exact distance."""

import math

from sqlalchemy import text

# The sphere of the same volume as the Earth.
_EARTH_KM = 6371.0

# Where the city of a name is; no row for a name that is not known.
CENTRE = text("""
SELECT latitude, longitude FROM city_names
WHERE city_id = (SELECT job_city(:city, :region, :country)) AND name = ANY (
  SELECT array_to_string(array_remove(title_words(:city), '|'), ' '))
""")

# A box over the date line is two. The distance is the great circle's, by the haversine.
_WITHIN = f"""
SELECT DISTINCT city_id FROM city_names
WHERE latitude BETWEEN :south AND :north
  AND (longitude BETWEEN :west AND :east OR longitude BETWEEN :west_too AND :east_too)
  AND 2 * {_EARTH_KM} * asin(least(1, sqrt(
    sin(radians(latitude - :lat) / 2) ^ 2
    + cos(radians(latitude)) * cos(radians(:lat)) * sin(radians(longitude - :lng) / 2) ^ 2
  ))) <= :radius_km
"""
WITHIN = text(_WITHIN)
# Of cities without jobs the planner expects some, and walks all jobs, newest first, to find them.
WITH_JOBS = text(f"""
SELECT c.city_id FROM ({_WITHIN}) c
WHERE EXISTS (SELECT FROM job_search s WHERE s.city_id = c.city_id)
""")


def box_of(lat: float, lng: float, radius_km: float) -> dict[str, float]:
    """The values of WITHIN: the box holds every point so near; all longitudes about a pole."""
    angle = radius_km / _EARTH_KM
    reach = math.degrees(angle)
    south, north = lat - reach, lat + reach
    wide = 180.0
    if south > -90 and north < 90:
        wide = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(math.radians(lat)))))
    west, east = lng - wide, lng + wide
    turn = 360 if west < -180 else -360
    return {
        "lat": lat, "lng": lng, "radius_km": radius_km, "south": south, "north": north,
        "west": west, "east": east, "west_too": west + turn, "east_too": east + turn,
    }  # fmt: skip
