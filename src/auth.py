"""From a token or an API key to the Caller, and the policy that every route declares."""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request

from src.caller import PUBLIC, SIGNED_IN, Caller, MemberRole, Role, Scope
from src.database import ask_for, db, read_alone, with_more_tries
from src.errors import Forbidden, Unauthenticated
from src.queries import caller as caller_queries
from src.utils import logs
from src.utils.tokens import API_KEY_PREFIX, digest

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,128}")

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may call a route: anybody, anybody signed in, or some roles; and a key's scope.

    Whether it `knows_callers`: one that does not looks up no token, so none of them is refused.
    """

    access: tuple[str, ...]
    scope: Scope | None
    knows_callers: bool = True

    @property
    def is_public(self) -> bool:
        return self.access == (PUBLIC,)

    def shows_own(self, caller: Caller) -> bool:
        """Whether a public route shows them what is theirs beside what it shows everybody: by an
        API key only with its scope; who may write something may read it.
        """
        if self.scope is None or not self.is_public or caller.scopes is None:
            return True
        return not caller.scopes.isdisjoint({self.scope, self.scope.replace("read", "write")})


def requires(
    *access: str, scope: Scope | None = None, knows_callers: bool = True
) -> Callable[[View], View]:
    """State who may call the view; it is then given the `caller`.

    Without a `scope` a protected route takes sessions only, no API keys; on a public one with a
    scope, who comes with a key that lacks it is a stranger. A public one that knows no
    callers looks up no token: it answers without the database, and whatever was sent.
    """
    policy = Policy(access, scope, knows_callers)
    if not (knows_callers or policy.is_public):
        raise ValueError("who may call a protected route must be known")

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(**arguments: Any) -> Any:
            caller = authenticate() if knows_callers else _nobody(_address())
            check(policy, caller)
            if not policy.shows_own(caller):
                caller = Caller(address=caller.address)
            return with_more_tries(lambda: view(caller=caller, **arguments))

        guarded.__dict__["policy"] = policy
        return guarded

    return decorate


def check(policy: Policy, caller: Caller, deed: str = "do this") -> None:
    """Raise unless the policy admits the caller; `deed` is what it is about.

    Raises Unauthenticated or Forbidden.
    """
    if policy.is_public:
        return
    if caller.is_anonymous:
        raise Unauthenticated()
    if policy.access != (SIGNED_IN,) and caller.role not in policy.access:
        raise Forbidden(f"Your role may not {deed}.")
    if caller.scopes is not None and policy.scope not in caller.scopes:
        raise Forbidden(
            f"The API key lacks the scope {policy.scope}."
            if policy.scope
            else "This needs a session, not an API key."
        )


def authenticate() -> Caller:
    """The caller of the running request; one statement when there is a token, none without.

    The log is told who it is, or from where somebody asks who may try to be somebody.
    Raises Unauthenticated on a token that is malformed, unknown, expired or revoked.
    """
    address = _address()
    header = request.headers.get("Authorization")
    if header is None:
        return _nobody(address)
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not _TOKEN.fullmatch(token.strip()):
        logs.know(address=address)
        raise Unauthenticated("The Authorization header must be: Bearer <token>.")
    return _lookup(token.strip(), address)


def _address() -> str:
    return request.remote_addr or "unknown"


def _nobody(address: str) -> Caller:
    if request.method in ("GET", "HEAD"):
        read_alone()
    else:
        logs.know(address=address)
    return Caller(address=address)


def _lookup(token: str, address: str) -> Caller:
    is_key = token.startswith(API_KEY_PREFIX)
    query = caller_queries.BY_API_KEY if is_key else caller_queries.BY_SESSION
    row = db.session.execute(query, {"token_hash": digest(token)}).one_or_none()
    if row is None:
        logs.know(address=address)
        raise Unauthenticated("The token is not valid any more.")
    logs.know(user=row.user_id, session=row.session_id)
    companies = {int(key): value for key, value in row.memberships.items()}
    ask_for(row.user_id, row.role, companies)
    return Caller(
        user_id=row.user_id,
        role=Role(row.role),
        email=row.email,
        email_verified=row.email_verified,
        memberships={key: MemberRole(role) for key, (role, _) in companies.items()},
        company_versions={key: version for key, (_, version) in companies.items()},
        data_version=row.data_version,
        scopes=None if row.scopes is None else frozenset(row.scopes),
        session_id=row.session_id,
        address=address,
    )
