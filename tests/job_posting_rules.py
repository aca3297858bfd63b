"""Google's published rules for JobPosting structured data, as a check of one document.

Required: title, description, datePosted, hiringOrganization with its name, and a jobLocation with
its country, or for remote work jobLocationType with applicantLocationRequirements. The rest is
recommended, and must be of the stated types where it is said.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

REQUIRED = ("title", "description", "datePosted", "hiringOrganization")
RECOMMENDED = {
    "applicantLocationRequirements", "baseSalary", "directApply", "employmentType", "identifier",
    "jobLocation", "jobLocationType", "validThrough", "experienceRequirements",
}  # fmt: skip
# Known to schema.org, of which search engines read some.
OTHERS = {"@context", "@type", "url", "skills", "industry", "occupationalCategory"}
EMPLOYMENTS = {
    "FULL_TIME", "PART_TIME", "CONTRACTOR", "TEMPORARY", "INTERN", "VOLUNTEER", "PER_DIEM", "OTHER",
}  # fmt: skip
UNITS = {"HOUR", "DAY", "WEEK", "MONTH", "YEAR"}


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)


def broken(found: dict[str, Any]) -> list[str]:
    """Every rule that the document breaks."""
    return list(_broken(found))


def _broken(found: dict[str, Any]) -> Iterator[str]:
    if (found.get("@context"), found.get("@type")) != ("https://schema.org/", "JobPosting"):
        yield "not a JobPosting"
    yield from (f"{name} is required" for name in REQUIRED if not found.get(name))
    yield from (f"{name}?" for name in found.keys() - {*REQUIRED} - RECOMMENDED - OTHERS)
    yield from (f"{name} is empty" for name, value in found.items() if value in (None, "", [], {}))
    yield from _texts(found)
    yield from _times(found)
    yield from _organization(found.get("hiringOrganization", {}))
    yield from _place(found)
    yield from _salary(found.get("baseSalary"))
    if found.get("employmentType", "OTHER") not in EMPLOYMENTS:
        yield "employmentType is not of the list"
    if not isinstance(found.get("directApply", False), bool):
        yield "directApply is not a boolean"
    identifier = found.get("identifier", {"@type": "PropertyValue", "name": "x", "value": "x"})
    if identifier["@type"] != "PropertyValue" or not (identifier["name"] and identifier["value"]):
        yield "identifier is not a PropertyValue"


def _texts(found: dict[str, Any]) -> Iterator[str]:
    reader = _Words()
    reader.feed(found.get("description", ""))
    text = " ".join("".join(reader.words).split())
    if not text or text == found.get("title"):
        yield "the description says nothing beyond the title"
    if reader.tags & {"script", "style", "iframe", "form"}:
        yield "the description carries more than formatting"
    if "<" in found.get("title", "") and re.search(r"</?[a-z]+>", found["title"]):
        yield "the title has markup"


def _times(found: dict[str, Any]) -> Iterator[str]:
    moments = [found[name] for name in ("datePosted", "validThrough") if name in found]
    try:
        read = [datetime.fromisoformat(moment) for moment in moments]
    except ValueError:
        yield "a time is not ISO 8601"
        return
    if any(moment.tzinfo is None for moment in read) or sorted(read) != read:
        yield "the times are out of order"


def _organization(found: dict[str, Any]) -> Iterator[str]:
    if found.get("@type") != "Organization" or not found.get("name"):
        yield "hiringOrganization has no name"
    for name in ("sameAs", "logo"):
        if name in found and not _is_link(found[name]):
            yield f"hiringOrganization.{name} is no URL"


def _place(found: dict[str, Any]) -> Iterator[str]:
    if "url" in found and not _is_link(found["url"]):
        yield "url is no URL"
    if "jobLocationType" in found:
        area = found.get("applicantLocationRequirements", {})
        if found["jobLocationType"] != "TELECOMMUTE":
            yield "jobLocationType is not TELECOMMUTE"
        if "jobLocation" not in found and (area.get("@type") != "Country" or not area.get("name")):
            yield "remote work needs applicantLocationRequirements"
        return
    place = found.get("jobLocation", {})
    address = place.get("address", {})
    if (place.get("@type"), address.get("@type")) != ("Place", "PostalAddress"):
        yield "jobLocation is required"
    elif not re.fullmatch("[A-Z]{2}", address.get("addressCountry", "")):
        yield "jobLocation.address.addressCountry is required"


def _salary(found: dict[str, Any] | None) -> Iterator[str]:
    if found is None:
        return
    value = found["value"]
    if (found["@type"], value["@type"]) != ("MonetaryAmount", "QuantitativeValue"):
        yield "baseSalary is not a MonetaryAmount"
    if not re.fullmatch("[A-Z]{3}", found["currency"]) or value["unitText"] not in UNITS:
        yield "baseSalary has no currency or unit"
    amounts = [value[name] for name in ("value", "minValue", "maxValue") if name in value]
    if {*value} - {"@type", "unitText"} not in ({"value"}, {"minValue", "maxValue"}):
        yield "baseSalary is neither an amount nor a range"
    if not all(isinstance(amount, int | float) for amount in amounts) or sorted(amounts) != amounts:
        yield "baseSalary is not of numbers in order"


def _is_link(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.hostname)
