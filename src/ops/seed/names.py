"""Names of made-up people, by the country they live in."""

import functools
import random

from mimesis import Locale, Person

_SEED = 1
_LOCALES = {
    "DE": Locale.DE, "CH": Locale.DE, "FR": Locale.FR, "ES": Locale.ES, "MX": Locale.ES,
    "NL": Locale.NL, "PL": Locale.PL, "BR": Locale.PT_BR, "SE": Locale.SV, "JP": Locale.JA,
    "CN": Locale.ZH, "KR": Locale.KO, "EG": Locale.AR_EG,
}  # fmt: skip
# So many calls meet nearly every name that there is.
_CALLS = 6_000


def first_name(dice: random.Random, code: str) -> str:
    """A first name that is borne in the country."""
    return dice.choice(_first_names(_LOCALES.get(code, Locale.EN)))


def surname(dice: random.Random, code: str) -> str:
    """A surname that is borne in the country."""
    return dice.choice(_surnames(_LOCALES.get(code, Locale.EN)))


@functools.cache
def _first_names(locale: Locale) -> tuple[str, ...]:
    person = Person(locale, seed=_SEED)
    return tuple(dict.fromkeys(person.first_name() for _ in range(_CALLS)))


@functools.cache
def _surnames(locale: Locale) -> tuple[str, ...]:
    person = Person(locale, seed=_SEED)
    return tuple(dict.fromkeys(person.last_name() for _ in range(_CALLS)))
