"""Answering with a file that lies compressed: as it is, or unpacked on the way."""

from datetime import UTC, datetime
from os import fstat
from pathlib import Path

from flask import Response, request

from src.routes.finishing import without_if_match
from src.utils.gzip_file import mark_of, pieces, unzipped


def gzip_answer(path: Path, mimetype: str) -> Response | None:
    """The file to who takes gzip, its text to others; None when there is none.

    Nothing of it is held in memory. 304 to who names its ETag or its time.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return None
    mark, about = mark_of(file), fstat(file.fileno())
    takes_gzip = request.accept_encodings.quality("gzip") > 0
    response = Response(mimetype=mimetype, direct_passthrough=True)
    # The body comes last: its length is said here, or not known.
    response.automatically_set_content_length = False
    if takes_gzip:
        response.content_encoding, response.content_length = "gzip", about.st_size
    # Other bytes are another thing to a cache between.
    response.set_etag(f"{mark}-gzip" if takes_gzip else mark)
    response.last_modified = datetime.fromtimestamp(int(about.st_mtime), UTC)
    response.vary.add("Accept-Encoding")
    response.make_conditional(without_if_match(request.environ))
    if response.status_code != 200 or request.method == "HEAD":
        file.close()
    else:
        response.response = pieces(file) if takes_gzip else unzipped(file)
    return response
