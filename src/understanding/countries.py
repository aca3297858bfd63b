"""Countries and their states, by the codes and names of ISO 3166 and by what people write too."""

import functools
from typing import NamedTuple

import pycountry

# Spellings that ISO 3166 does not know; lower case, without full stops.
_ALIASES = {
    "usa": "US", "us": "US", "u s a": "US", "u s": "US", "america": "US",
    "united states of america": "US", "uk": "GB", "great britain": "GB", "england": "GB",
    "scotland": "GB", "wales": "GB", "northern ireland": "GB", "uae": "AE", "south korea": "KR",
    "korea": "KR", "republic of (south korea)": "KR", "republic of korea": "KR",
    "north korea": "KP", "russia": "RU", "vietnam": "VN", "taiwan (roc)": "TW", "taiwan": "TW",
    "iran": "IR", "syria": "SY", "bolivia": "BO", "venezuela": "VE", "tanzania": "TZ",
    "moldova": "MD", "czech republic": "CZ", "turkey": "TR", "türkiye": "TR",
    "ivory coast": "CI", "cape verde": "CV", "macedonia": "MK", "swaziland": "SZ",
    "france, metropolitan": "FR", "the netherlands": "NL", "holland": "NL", "deutschland": "DE",
    "österreich": "AT", "schweiz": "CH", "españa": "ES", "brasil": "BR", "méxico": "MX",
    "italia": "IT", "polska": "PL", "hong kong": "HK", "hong kong sar": "HK", "macau": "MO",
    "palestine": "PS", "laos": "LA", "brunei": "BN", "burma": "MM", "中国": "CN", "日本": "JP",
}  # fmt: skip


class State(NamedTuple):
    """A state of the US or a province of Canada, with the ISO 3166 code of its country."""

    name: str
    country: str


@functools.lru_cache(maxsize=8192)
def country_code(spelling: str) -> str | None:
    """The ISO 3166 code of a country as written, None for what is no country."""
    key = spelling.strip(" .").lower().replace(".", "").replace(" & ", " and ")
    if key in _ALIASES:
        return _ALIASES[key]
    return _codes().get(key)


@functools.cache
def _codes() -> dict[str, str]:
    """Every code and name of ISO 3166 in lower case."""
    found: dict[str, str] = {}
    for country in pycountry.countries:
        names = (
            country.alpha_2,
            country.alpha_3,
            country.name,
            getattr(country, "common_name", ""),
        )
        found |= {name.lower(): str(country.alpha_2) for name in names if name}
    return found


def state_of(spelling: str) -> State | None:
    """The state or province of a code or name in any case, None for what is neither."""
    return _states().get(spelling.strip(" .").lower())


@functools.cache
def _states() -> dict[str, State]:
    """The states of both by code and by name in lower case; read late, since few ask."""
    found: dict[str, State] = {}
    for country in ("US", "CA"):
        divisions = pycountry.subdivisions.get(country_code=country)  # type: ignore[no-untyped-call]
        for division in divisions:
            if len(division.code) == 5:
                state = State(division.name, country)
                found |= {division.code[3:].lower(): state, state.name.lower(): state}
    return found
