"""The OpenAPI document, and Swagger UI over it: its files come from here, not from a CDN."""

from pathlib import Path

import flask_swagger_ui
from flask import Blueprint, Response, current_app, send_from_directory

from src.auth import requires
from src.caller import PUBLIC, Caller
from src.routes import errors, openapi
from src.routes.contract import answers
from src.routes.responses import answer

blueprint = Blueprint("docs", __name__)
# Swagger UI sets style attributes and shows pictures from data: URLs; no script is inline.
_CSP = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline';"
    " frame-ancestors 'none'; base-uri 'none'"
)
_ASSETS = Path(flask_swagger_ui.__file__).parent / "dist"


@blueprint.get("/openapi.json")
@requires(PUBLIC)
@answers(200, any_query=True)
def get_openapi(caller: Caller) -> Response:
    """This document."""
    headers = {"Cache-Control": "public, max-age=300"}
    return answer(openapi.document(current_app), headers=headers)


@blueprint.get("/docs")
@requires(PUBLIC)
@answers(200, media="text/html", any_query=True)
def get_docs(caller: Caller) -> Response:
    """The documentation as a page."""
    return Response(_PAGE, mimetype="text/html", headers={"Content-Security-Policy": _CSP})


@blueprint.get("/docs/assets/<path:name>")
@requires(PUBLIC)
@answers(200, media="*/*", any_query=True)
def get_docs_asset(caller: Caller, name: str) -> Response:
    """A file of the documentation page."""
    if name == "start.js":
        return Response(_START, mimetype="text/javascript")
    return send_from_directory(_ASSETS, name, max_age=3600)


# What the `type` of a problem leads to.
_CODES = "\n".join(
    f'<dt id="{each.code}">{each.status} <code>{each.code}</code></dt>'
    f"<dd>{each.title}: {each.words}</dd>"
    for each in errors.CODES
)
_PAGE = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>TalentSphere API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<link rel="icon" href="/docs/assets/favicon-32x32.png">
</head>
<body>
<div id="docs"></div>
<section class="swagger-ui wrapper">
<h2>Codes of failures</h2>
<dl>
{_CODES}
</dl>
</section>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/assets/start.js"></script>
</body>
</html>
"""
_START = """window.addEventListener("load", () => {
  SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", deepLinking: true, tryItOutEnabled: true,
    displayRequestDuration: true, filter: true, persistAuthorization: false,
    // What stands below has moved meanwhile.
    onComplete: () => document.getElementById(location.hash.slice(1))?.scrollIntoView() });
});
"""
