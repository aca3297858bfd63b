"""The published rules of Indeed's feed, of sitemaps.org and of RSS 2.0, as checks of a document.

Each parses strictly, so that a document which is not well formed raises.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_INDEED_REQUIRED = (
    "title", "date", "referencenumber", "requisitionid", "url", "company", "sourcename", "city",
    "state", "country", "description",
)  # fmt: skip
_INDEED_OTHERS = {
    "postalcode", "streetaddress", "email", "salary", "education", "jobtype", "category",
    "experience", "expirationdate", "remotetype", "lastactivitydate",
}  # fmt: skip
_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_ATOM = "{http://www.w3.org/2005/Atom}"
_RSS_ITEM = {"title", "link", "description", "category", "guid", "pubDate"}


def parse(document: bytes) -> Element:
    """Raises ParseError on what is not well formed."""
    assert document.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    return ElementTree.fromstring(document)


def broken_indeed(document: bytes) -> list[str]:
    """Every rule of Indeed's feed that the document breaks."""
    return list(_broken_indeed(parse(document)))


def _broken_indeed(source: Element) -> Iterator[str]:
    if source.tag != "source" or [child.tag for child in source[:2]] != [
        "publisher",
        "publisherurl",
    ]:
        yield "not a source"
    jobs = source[2:]
    numbers = [job.findtext("referencenumber") for job in jobs]
    if len({*numbers}) != len(numbers):
        yield "a referencenumber is there twice"
    for job in jobs:
        said = {child.tag: child.text or "" for child in job}
        yield from (f"{name} is required" for name in _INDEED_REQUIRED if name not in said)
        yield from (f"{name}?" for name in said.keys() - {*_INDEED_REQUIRED} - _INDEED_OTHERS)
        if job.tag != "job" or len(said) != len(job) or not _is_link(said["url"]):
            yield "a job is not a job"
        if not all(said[name] for name in ("title", "company", "requisitionid")):
            yield "an element is empty"
        if not all(map(_is_moment, (said["date"], said.get("expirationdate", said["date"])))):
            yield "a date is not ISO 8601"


def broken_sitemap(document: bytes, base_url: str) -> list[str]:
    """Every rule of a part of a sitemap that the document breaks."""
    found = list(_broken_entries(parse(document), "urlset", "url", base_url))
    return [*found, *(["more than 50 MB"] if len(document) > 52_428_800 else [])]


def broken_index(document: bytes, base_url: str) -> list[str]:
    """Every rule of a sitemap's index that the document breaks."""
    return list(_broken_entries(parse(document), "sitemapindex", "sitemap", base_url))


def locations(document: bytes) -> list[str]:
    """The places that a sitemap or its index names."""
    return [entry.findtext(f"{_SITEMAP}loc") or "" for entry in parse(document)]


def _broken_entries(root: Element, name: str, child: str, base_url: str) -> Iterator[str]:
    if root.tag != _SITEMAP + name or root.attrib:
        yield f"not a {name}"
    if not 1 <= len(root) <= 50_000:
        yield f"{len(root)} entries"
    for entry in root:
        said = [part.tag.removeprefix(_SITEMAP) for part in entry]
        place = entry.findtext(f"{_SITEMAP}loc") or ""
        if entry.tag != _SITEMAP + child or said not in (["loc"], ["loc", "lastmod"]):
            yield "an entry is not an entry"
        if not 12 <= len(place) < 2048 or not place.startswith(base_url) or not place.isascii():
            yield f"{place} is no place of this site"
        if "lastmod" in said and not _is_moment(entry.findtext(f"{_SITEMAP}lastmod") or ""):
            yield "a lastmod is not a W3C time"


def broken_rss(document: bytes) -> list[str]:
    """Every rule of RSS 2.0 that the document breaks."""
    return list(_broken_rss(parse(document)))


def _broken_rss(rss: Element) -> Iterator[str]:
    channel = rss.find("channel")
    if rss.tag != "rss" or rss.get("version") != "2.0" or channel is None or len(rss) != 1:
        yield "not RSS 2.0"
        return
    for name in ("title", "link", "description"):
        if not channel.findtext(name):
            yield f"the channel has no {name}"
    own = channel.find(f"{_ATOM}link")
    if own is None or own.get("rel") != "self" or own.get("type") != "application/rss+xml":
        yield "the channel does not name itself"
    guids = [item.findtext("guid") for item in channel.iter("item")]
    if len({*guids}) != len(guids):
        yield "a guid is there twice"
    for item in channel.iter("item"):
        said = {part.tag: part.text or "" for part in item}
        if len(said) != len(item) or not said.keys() <= _RSS_ITEM or not said.get("title"):
            yield "an item is not an item"
        if not _is_link(said["link"]) or not _is_link(said["guid"]):
            yield "a link is no URL"
        if parsedate_to_datetime(said["pubDate"]).tzinfo is None:
            yield "a pubDate has no zone"


def _is_moment(text: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d))?", text)) and bool(
        datetime.fromisoformat(text)
    )


def _is_link(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.hostname)
