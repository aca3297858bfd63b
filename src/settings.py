"""How each kind of setting is read and checked; src/config.py says which there are."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

KNOWN_SECRETS = frozenset({"secret", "changeme", "change-me", "dev", "development", "password"})
# After the password, which ends at the first @: a host, in brackets if it has colons, and its port.
_PORT = re.compile(r"(?:[^@/]*@)?(?:\[[^\]]*\]|[^/:?]*)(?::([^/?]*))?")
_DRIVER, _LIBPQ = "postgresql+psycopg2://", "postgresql://"


class ConfigError(Exception):
    """A setting is missing or cannot be used; the message names it."""


def data_dir_of(environ: Mapping[str, str]) -> Path:
    """The folder of the instance's files."""
    return Path(environ.get("TALENTSPHERE_DATA_DIR") or "var").absolute()


def port_of(environ: Mapping[str, str], lowest: int = 0) -> int:
    """The port to serve on; 0, where that is let through, is any free one. Raises ConfigError."""
    return whole(environ, "PORT", 8000, lowest, 65535)


def driver_url(values: Mapping[str, str], name: str, default: str = "") -> str:
    """A database's URL with the driver in it, however it is spelled. Raises ConfigError."""
    url = values.get(name)
    if not url:
        return default
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.split("+")[0] not in ("postgres", "postgresql"):
        raise ConfigError(f"{name} must be a postgresql:// URL.")
    # Here, since the words of who reads it later quote a part of the password.
    port = _PORT.match(rest)
    if port and port[1] and not port[1].isdecimal():
        wrong = "its port must be a number, and a / or @ in a password is written as %2F or %40"
        raise ConfigError(f"{name} cannot be read: {wrong}.")
    return f"{_DRIVER}{rest}"


def libpq_url(url: str) -> str:
    """The URL without the driver, as PostgreSQL's own library and programs take it."""
    return url.replace(_DRIVER, _LIBPQ)


def redis_url(values: Mapping[str, str]) -> str | None:
    """The cache server's URL, if one is named. Raises ConfigError."""
    url = values.get("REDIS_URL")
    if url and url.partition("://")[0] not in ("redis", "rediss", "unix"):
        raise ConfigError("REDIS_URL must be a redis://, rediss:// or unix:// URL.")
    return url or None


def secret_key(values: Mapping[str, str]) -> str:
    """Raises ConfigError for one that could be guessed."""
    secret = values.get("SECRET_KEY")
    if not secret:
        raise ConfigError("SECRET_KEY is not set: use at least 32 random characters.")
    if len(secret) < 32 or secret.lower() in KNOWN_SECRETS or len(set(secret)) < 8:
        raise ConfigError("SECRET_KEY is too short or well known: use 32 random characters.")
    return secret


def mail_url(values: Mapping[str, str], data_dir: Path) -> str:
    """Where mails go: a server, or a folder. Raises ConfigError."""
    url = values.get("MAIL_URL") or f"file://{data_dir / 'mail'}"
    if url.partition("://")[0] not in ("file", "smtp", "smtps"):
        raise ConfigError("MAIL_URL must be a file://, smtp:// or smtps:// URL.")
    return url


def public_url(values: Mapping[str, str], port: int) -> str:
    """What links begin with, without a slash at its end. Raises ConfigError."""
    url = (values.get("PUBLIC_URL") or f"http://127.0.0.1:{port}").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ConfigError("PUBLIC_URL must be an http:// or https:// URL.")
    return url


def cors_origins(values: Mapping[str, str]) -> tuple[str, ...]:
    """The origins whose pages may read answers. Raises ConfigError."""
    origins = words(values, "CORS_ORIGINS")
    for origin in origins:
        parts = urlsplit(origin)
        # flask-cors reads a star or an expression as a pattern: only exact origins pass.
        if parts.scheme not in ("http", "https") or not re.fullmatch(r"[\w.:-]+", parts.netloc):
            raise ConfigError(
                f"CORS_ORIGINS must list origins like https://example.org, not {origin}."
            )
    return tuple(origin.rstrip("/") for origin in origins)


def log_level(values: Mapping[str, str]) -> str:
    """In capitals. Raises ConfigError."""
    level = (values.get("LOG_LEVEL") or "INFO").upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ConfigError("LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.")
    return level


def whole(values: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """A whole number between two others, both of which it may be. Raises ConfigError."""
    raw = values.get(name)
    if not raw:
        return default
    if not raw.isdecimal() or not low <= int(raw) <= high:
        raise ConfigError(f"{name} must be a whole number from {low} to {high}.")
    return int(raw)


def seconds(values: Mapping[str, str], name: str, default: float) -> float:
    """A length of time. Raises ConfigError."""
    raw = values.get(name)
    try:
        number = float(raw) if raw else default
    except ValueError:
        number = -1.0
    if not 0 < number < 10**6:
        raise ConfigError(f"{name} must be a positive number of seconds.")
    return number


def flag(values: Mapping[str, str], name: str, default: bool) -> bool:
    """Yes or no. Raises ConfigError."""
    raw = (values.get(name) or str(default)).lower()
    if raw not in ("true", "false", "1", "0"):
        raise ConfigError(f"{name} must be true or false.")
    return raw in ("true", "1")


def words(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    """A list with commas between."""
    return tuple(word.strip() for word in (values.get(name) or "").split(",") if word.strip())
