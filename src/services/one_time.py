"""Links sent by mail: each proves one thing, once."""

from datetime import timedelta

from sqlalchemy import ColumnElement, select, update

from src.database import Work
from src.errors import Invalid
from src.models import OneTimeToken
from src.queries import user as user_queries
from src.utils import clock, logs, tokens

_KEPT = {"verify_email": timedelta(days=3), "reset_password": timedelta(hours=1)}


def issue(work: Work, user_id: int, purpose: str) -> str:
    """A fresh token; the older ones of its purpose stop working."""
    work.session.execute(user_queries.forget_tokens(user_id, purpose))
    token = tokens.one_time_token()
    work.session.add(
        OneTimeToken(
            user_id=user_id,
            purpose=purpose,
            token_hash=tokens.digest(token),
            expires_at=clock.now() + _KEPT[purpose],
        )
    )
    work.session.flush()
    return token


def owner(work: Work, token: str, purpose: str) -> int:
    """Whose token it is.

    Raises Invalid unless it still works.
    """
    found = work.session.execute(
        select(OneTimeToken.user_id).where(*_works(token, purpose))
    ).scalar_one_or_none()
    return _known(found)


def use(work: Work, token: str, purpose: str) -> int:
    """Whose token it was; of two users at once, one gets Invalid."""
    used = work.session.execute(
        update(OneTimeToken)
        .where(*_works(token, purpose))
        .values(used_at=clock.now())
        .returning(OneTimeToken.user_id)
    ).scalar_one_or_none()
    return _known(used)


def _works(token: str, purpose: str) -> tuple[ColumnElement[bool], ...]:
    return (
        OneTimeToken.token_hash == tokens.digest(token),
        OneTimeToken.purpose == purpose,
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > clock.now(),
    )


def _known(user_id: int | None) -> int:
    if user_id is None:
        raise Invalid({"token": ["This code is not valid, or not any more."]})
    logs.know(account=user_id)
    return user_id
