"""The files for crawlers over HTTP, as they come from a served instance."""

import gzip
import http.client

import pytest

from tests.feed_rules import broken_indeed, broken_index
from tests.served import Instance, wait_for

pytestmark = pytest.mark.long


def fetch(port: int, path: str, encoding: str) -> tuple[http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Accept-Encoding": encoding})
    answer = connection.getresponse()
    assert answer.status == 200
    content = answer.read()
    connection.close()
    return answer.headers, content


def test_a_served_instance_builds_the_files_and_gives_them_whole(
    shared_instance: Instance,
) -> None:
    _, data_dir, port = shared_instance
    wait_for((data_dir / "feeds" / "built").exists)
    for path, broken in (
        ("/feeds/jobs.xml", broken_indeed),
        ("/sitemap.xml", lambda content: broken_index(content, f"http://127.0.0.1:{port}")),
    ):
        headers, zipped = fetch(port, path, "gzip")
        _, plain = fetch(port, path, "identity")
        assert headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(zipped) == plain
        assert broken(plain) == []
