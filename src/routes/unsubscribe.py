"""The link in mails about new jobs: it says what it stops, and stops it when it is posted to."""

import html

from flask import Blueprint, Response

from src.auth import requires
from src.caller import PUBLIC, Caller
from src.models.vocabulary import AlertFrequency
from src.routes.contract import answers
from src.services import saved_search as saved_service

blueprint = Blueprint("unsubscribe", __name__, url_prefix="/api/v1/unsubscribe")
# What a mail program posts by RFC 8058, and the page's own button.
ONE_CLICK = ("List-Unsubscribe", "One-Click")
_CSP = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


@blueprint.get("/<token>")
@requires(PUBLIC)
@answers(200, media="text/html", any_query=True)
def get_unsubscribe(caller: Caller, token: str) -> Response:
    """Show which mails the link stops; it stops none."""
    row = saved_service.of_token(token)
    if row is None or row.frequency == AlertFrequency.NEVER:
        return _page("These mails are stopped already.")
    name, word = ONE_CLICK
    button = (
        f'<form method="post"><input type="hidden" name="{name}" value="{word}">'
        "<button>Stop these mails</button></form>"
    )
    return _page(f"You are told of new jobs for your search “{row.name}”.", button)


@blueprint.post("/<token>")
@requires(PUBLIC)
@answers(200, media="text/html", any_query=True, form=ONE_CLICK)
def post_unsubscribe(caller: Caller, token: str) -> Response:
    """Stop the mails about a saved search, which stays; again, it changes nothing."""
    row = saved_service.unsubscribe(token)
    about = f" about your search “{row.name}”" if row else ""
    return _page(f"You get no more mails{about}.")


def _page(said: str, more: str = "") -> Response:
    content = (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        '<meta name="robots" content="noindex"><title>Mails about new jobs</title></head>\n'
        f"<body><p>{html.escape(said)}</p>{more}</body>\n</html>\n"
    )
    headers = {"Content-Security-Policy": _CSP, "Cache-Control": "no-store"}
    return Response(content, mimetype="text/html", headers=headers)
