"""Failures in the domain's words; src/routes/errors.py alone knows their statuses."""

from typing import Any


class DomainError(Exception):
    """The request cannot be done: `detail` is a sentence for the caller, `extra` joins it."""

    default = "The request could not be done."

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        super().__init__(detail or self.default)
        self.detail = detail or self.default
        self.extra = {name: value for name, value in extra.items() if value is not None}


class Malformed(DomainError):
    default = "The request could not be read."


class Unauthenticated(DomainError):
    default = "A valid access token or API key is needed."


class Forbidden(DomainError):
    default = "You may not do this."


class NotFound(DomainError):
    """Not there, or not the caller's to see: always the same words."""

    default = "There is nothing here."

    def __init__(self) -> None:
        super().__init__()


class Conflict(DomainError):
    """The state does not allow it; `field`, `url` or `allowed` say what it conflicts with."""

    default = "This conflicts with the present state."

    def __init__(
        self, detail: str | None = None, *, retry_after_seconds: int | None = None, **extra: Any
    ) -> None:
        super().__init__(detail, **extra)
        self.retry_after_seconds = retry_after_seconds


class Gone(DomainError):
    default = "This was public once and has ended."


class LengthRequired(DomainError):
    default = "A body needs a Content-Length."


class PreconditionFailed(DomainError):
    default = "It has changed since the version you name."


class TooLarge(DomainError):
    default = "The body is too large."


class UnsupportedMedia(DomainError):
    default = "The body must be application/json, not compressed."


class Invalid(DomainError):
    """Input that breaks a rule, by field in dotted names: `{"salary.max": ["..."]}`."""

    default = "Some fields are not valid."

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(errors=errors)
        self.errors = errors


class TooMany(DomainError):
    default = "Too many requests."

    def __init__(self, detail: str, retry_after_seconds: int) -> None:
        super().__init__(detail)
        self.retry_after_seconds = max(1, retry_after_seconds)


class Unavailable(DomainError):
    default = "The service cannot answer just now."

    def __init__(self, detail: str | None = None, retry_after_seconds: int = 1) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds
