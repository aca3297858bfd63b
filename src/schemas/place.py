"""Places as they are written."""

import pycountry
from marshmallow import ValidationError

from src.schemas.base import Shape
from src.schemas.texts import Line


class CountryCode(Line):
    """A country by ISO 3166, two letters."""

    def _clean(self, text: str) -> str:
        code = super()._clean(text).upper()
        if len(code) != 2 or pycountry.countries.get(alpha_2=code) is None:
            raise ValidationError("Must be an ISO 3166 code of two letters.")
        return code


class LocationIn(Shape):
    city = Line(most=200, allow_none=True, metadata={"example": "Bergen"})
    region = Line(most=200, allow_none=True)
    country = CountryCode(most=2, allow_none=True, metadata={"example": "NO"})
