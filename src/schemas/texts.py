"""The fields of text: lines, blocks, addresses and links, cleaned and bounded."""

import re
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields, validate

from src.utils.text import clean, clean_block

# Before the @ nothing that a mail's header would read as more than one mailbox, as a comment, or as
# an encoded word, in which one mailbox has many spellings.
_EMAIL = re.compile(r'(?!.*=\?)[^@\s\x00-\x1f"(),:;<>\[\]\\]+@[a-z0-9-]+(\.[a-z0-9-]+)+')


class Line(fields.String):
    """One line of text: white space folded, ends cut, at most `most` characters."""

    def __init__(self, *, most: int = 300, least: int = 0, **options: Any) -> None:
        super().__init__(**options)
        self.most, self.least = most, least
        bounds = {"maxLength": most} | ({"minLength": least} if least else {})
        self.metadata = {**self.metadata, **bounds}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = self._clean(super()._deserialize(value, attr, data, **options))
        if len(text) > self.most:
            raise ValidationError(f"Must be at most {self.most} characters long.")
        if len(text) < self.least:
            raise ValidationError(
                "Must not be blank."
                if self.least == 1
                else f"Must have at least {self.least} characters."
            )
        return text

    def _clean(self, text: str) -> str:
        return clean(text)


class Block(Line):
    """Text of many lines; only its ends are cut."""

    def _clean(self, text: str) -> str:
        return clean_block(text)


class Secret(fields.String):
    """A password: taken as it is, so that nothing of it is lost."""

    def __init__(self, *, least: int = 1, **options: Any) -> None:
        super().__init__(load_only=True, validate=validate.Length(least, 200), **options)
        # Not one that is refused for being known to everybody.
        self.metadata = {"example": "purple lantern river 7", **self.metadata}


class Address(Line):
    """An e-mail address, in lower case."""

    def __init__(self, **options: Any) -> None:
        super().__init__(most=254, **options)
        self.metadata = {**self.metadata, "format": "email"}

    def _clean(self, text: str) -> str:
        address = super()._clean(text).lower()
        if not _EMAIL.fullmatch(address):
            raise ValidationError("Must be an e-mail address.")
        return address


class WebLink(Line):
    """An http or https URL with a host and without a password."""

    def __init__(self, **options: Any) -> None:
        super().__init__(most=2000, **options)
        self.metadata = {**self.metadata, "format": "uri"}

    def _clean(self, text: str) -> str:
        link = super()._clean(text)
        try:
            parts = urlsplit(link)
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
            # One that cannot be is found only when it is asked for.
            good = good and parts.port != 0
        except ValueError:
            good = False
        if not good or " " in link:
            raise ValidationError("Must be an http or https URL.")
        return link
