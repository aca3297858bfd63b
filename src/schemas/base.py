"""The fields that requests and answers are made of."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

_WHOLE = re.compile(r"-?[0-9]{1,19}")
_AMOUNT = re.compile(r"[0-9]{1,10}(\.[0-9]{1,2})?")
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)
BIG = 2**63 - 1


class Shape(Schema):
    """A shape whose unknown fields are refused."""

    # Names that say what another field says already.
    aliases: frozenset[str] = frozenset()

    class Meta:
        unknown = RAISE

    def said(self, loaded: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """What differs from the defaults, by name: equal requests say equal things."""
        return [
            (name, value)
            for name, value in sorted(loaded.items())
            # An alias says what another name says already.
            if value != self.fields[name].load_default and name not in self.aliases
        ]


class Whole(fields.Integer):
    """A whole number that fits the database; in a body it must be written as one."""

    def __init__(
        self, *, low: int = 0, high: int = BIG, strict: bool = True, **options: Any
    ) -> None:
        super().__init__(validate=validate.Range(low, high), **options)
        self.is_strict = strict

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> int:
        written = isinstance(value, int) and not isinstance(value, bool)
        if not written and (
            self.is_strict or not isinstance(value, str) or not _WHOLE.fullmatch(value)
        ):
            raise ValidationError("Must be a whole number.")
        return super()._deserialize(value, attr, data, **options)


class Degrees(fields.Float):
    """A latitude or longitude: from minus to plus `most`."""

    def __init__(self, most: int, **options: Any) -> None:
        super().__init__(validate=validate.Range(-most, most), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> float:
        if isinstance(value, bool) or (
            isinstance(value, str) and not re.fullmatch(r"-?\d{1,3}(\.\d{1,15})?", value, re.ASCII)
        ):
            raise ValidationError("Must be a number of degrees.")
        return round(super()._deserialize(value, attr, data, **options), 4)


class Flag(fields.Boolean):
    """`true` or `false`, in a query as in a body."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        raise ValidationError("Must be true or false.")


class StrictFlag(Flag):
    """`true` or `false` of JSON."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Must be true or false.")
        return value


class Money(fields.Field[Decimal]):
    """An amount, from 0 with at most two decimals; in a body it must be written as a number."""

    def __init__(self, *, strict: bool = True, **options: Any) -> None:
        super().__init__(**options)
        self.is_strict = strict

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Decimal:
        kinds = int | float if self.is_strict else int | float | str
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise ValidationError("Must be a number.")
        if isinstance(value, str) and not _AMOUNT.fullmatch(value):
            raise ValidationError("Must be a number with at most two decimals.")
        amount = Decimal(str(value))
        if not 0 <= amount < 10**10 or amount != round(amount, 2):
            raise ValidationError("Must be from 0 to 9999999999.99, with at most two decimals.")
        return amount


class Timestamp(fields.Field[datetime]):
    """A moment in RFC 3339, with its zone; kept in UTC."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> datetime:
        try:
            # The standard library reads more of ISO 8601 than that.
            if not isinstance(value, str) or not _MOMENT.fullmatch(value):
                raise ValueError
            moment = datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise ValidationError("Must be a time in RFC 3339 with its zone.") from error
        if not 1900 <= moment.year <= 2200:
            raise ValidationError("Must be a year from 1900 to 2200.")
        return moment


class Many(fields.List[Any]):
    """A list whose length is checked before its members are."""

    def __init__(self, member: Any, *, most: int, least: int = 0, **options: Any) -> None:
        super().__init__(member, **options)
        self.most, self.least = most, least
        self.metadata = {**self.metadata, "maxItems": most, "minItems": least}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValidationError("Must be a list.")
        if not self.least <= len(value) <= self.most:
            raise ValidationError(f"Must have {self.least} to {self.most} members.")
        return super()._deserialize(value, attr, data, **options)


class Choices(fields.List[Any]):
    """Words of a closed list: a query parameter that may be repeated or comma-separated."""

    def __init__(self, words: Any, **options: Any) -> None:
        self.words = tuple(str(word) for word in words)
        super().__init__(fields.String(validate=validate.OneOf(self.words)), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[Any]:
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, list) or not all(isinstance(text, str) for text in given):
            raise ValidationError("Must be a list of words.")
        values = [part.strip() for text in given for part in text.split(",") if part.strip()]
        if len(values) > len(self.words):
            values = list(dict.fromkeys(values))[:50]
        return super()._deserialize(list(dict.fromkeys(values)), attr, data, **options)


class Ids(fields.List[Any]):
    """Ids of rows, at most `most`: a query parameter that may be repeated or comma-separated."""

    def __init__(self, *, most: int, **options: Any) -> None:
        self.most = most
        super().__init__(Whole(low=1, strict=False), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[Any]:
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, list):
            raise ValidationError("Must be a list of ids.")
        values = [part.strip() for each in given for part in str(each).split(",") if part.strip()]
        if len(values) > self.most:
            raise ValidationError(f"Must have at most {self.most} members.")
        return sorted(set(super()._deserialize(values, attr, data, **options)))


def spell(value: Any) -> str:
    """A loaded value as a query parameter says it, in its one spelling."""
    if isinstance(value, list):
        return ",".join(sorted(map(str, value)))
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def choice(words: Any, **options: Any) -> fields.String:
    """One word of a closed list."""
    return fields.String(validate=validate.OneOf([str(word) for word in words]), **options)


def flatten(messages: Any, prefix: str = "") -> dict[str, list[str]]:
    """marshmallow's nested messages under dotted names."""
    if isinstance(messages, Mapping):
        found: dict[str, list[str]] = {}
        for key, inner in messages.items():
            name = prefix if key == "_schema" else f"{prefix}.{key}" if prefix else str(key)
            found |= flatten(inner, name)
        return found
    texts = messages if isinstance(messages, list) else [messages]
    return {prefix or "body": [str(text) for text in texts]}
