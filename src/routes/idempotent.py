"""`@idempotent`: a POST repeated with its Idempotency-Key gives the first answer again."""

import functools
import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

from flask import Response, g, request

from src.caller import Caller
from src.database import ask_for, unit_of_work
from src.errors import Malformed
from src.models.vocabulary import AuditAction
from src.routes.contract import contract_of
from src.schemas.application import ApplicationOut
from src.services import application as application_service
from src.services import audit as audit_service
from src.services import idempotency as idempotency_service
from src.services.idempotency import Kept

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_HEADERS = ("Content-Type", "Location", "ETag")

View = Callable[..., Any]


def idempotent(view: View) -> View:
    """Run the view once a key: its writes and the kept answer share one transaction."""
    return _once(None, view)


def idempotent_after(first: View) -> Callable[[View], View]:
    """The same for a view that is counted: `first` is given what the view is, and done before it.

    In transactions of its own, so that nobody waits for a counter until the view is done; for a
    replay it is not done.
    """
    return functools.partial(_once, first)


def _once(first: View | None, view: View) -> View:
    contract_of(view).idempotent = True

    @functools.wraps(view)
    def once(*, caller: Caller, **arguments: Any) -> Any:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            if first is not None:
                _begin(first, caller, arguments)
            return view(caller=caller, **arguments)
        if not _KEY.fullmatch(key):
            raise Malformed("Idempotency-Key must be 1 to 255 printable ASCII characters.")
        if caller.is_anonymous:
            # What was answered is kept for whoever asks from here.
            ask_for(None, address=caller.address)
        where = idempotency_service.where_kept(caller, request.method, request.path, key)
        body_hash = hashlib.sha256(request.get_data()).digest()
        if first is not None and not idempotency_service.is_kept(where, body_hash, caller):
            _begin(first, caller, arguments)
        # Whoever gave the first answer may have died before its change was delivered: a unit of
        # work that changes nothing delivers what is left.
        with unit_of_work():
            kept = idempotency_service.claim(where, body_hash, caller)
            if kept is not None:
                _note_shown(view, caller, arguments)
                return _given_again(kept)
            # Before the view, which may delete what tells it.
            rights = idempotency_service.rights_of(caller, _said(arguments))
            response = view(caller=caller, **arguments)
            idempotency_service.keep(where, body_hash, _to_keep(response), rights)
        return response

    return once


def _begin(first: View, caller: Caller, arguments: dict[str, Any]) -> None:
    """Once, however often the request is tried: which it may be, none of the view's stands yet."""
    if "has_begun" not in g:
        first(caller=caller, **arguments)
        g.has_begun = True
        g.pop("has_committed", None)


def _note_shown(view: View, caller: Caller, arguments: dict[str, Any]) -> None:
    """The view notes whom it shows; without it, whoever is shown the candidate again is noted here.

    Raises NotFound when the application is there no more.
    """
    if contract_of(view).answer is ApplicationOut:
        row = application_service.read(caller, arguments["application_id"])
        audit_service.note(caller, AuditAction.READ_APPLICATION, audit_service.seen_in([row]))


def _said(arguments: dict[str, Any]) -> Iterator[Any]:
    """What may tell the companies that the answer is about: the path, and then the body."""
    yield arguments
    # The view may not have read the body yet, which may then be anything.
    yield arguments.get("body") or request.get_json(silent=True)


def _to_keep(response: Response) -> Kept:
    headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
    return Kept(response.status_code, response.get_data(), headers)


def _given_again(kept: Kept) -> Response:
    response = Response(kept.body, kept.status, headers=kept.headers)
    response.headers["Idempotency-Replayed"] = "true"
    return response
