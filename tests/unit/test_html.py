"""Markup of postings: what stays, what goes, and how it reads as text."""

import time
from collections.abc import Callable

import pytest

from src.utils import html


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Hi<script>alert(1)</script></p>",
        "<p>Hi<style>p { color: red }</style></p>",
        '<p onclick="alert(1)" style="color: red">Hi</p>',
        "<p>Hi<!-- salary: secret --></p>",
        '<p>Hi<img src="x" onerror="alert(1)"></p>',
        '<div><p class="x">Hi</p></div>',
        '<p>Hi<iframe src="https://example.com"></iframe></p>',
    ],
)
def test_only_formatting_stays(markup: str) -> None:
    assert html.sanitise(markup) == "<p>Hi</p>"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "vbscript:x"])
def test_a_link_that_runs_something_loses_its_address(address: str) -> None:
    assert address not in html.sanitise(f'<a href="{address}">apply</a>')


def test_a_link_says_that_it_is_no_recommendation() -> None:
    assert html.sanitise('<a href="https://example.com/a">apply</a>') == (
        '<a href="https://example.com/a" rel="nofollow noopener noreferrer">apply</a>'
    )


def test_sanitising_twice_changes_nothing_more() -> None:
    once = html.sanitise("<p>a <b>c & d <x>e</p> 1 < 2")
    assert html.sanitise(once) == once


def test_markup_reads_as_one_line_of_text() -> None:
    assert html.to_text("<h2>Pay</h2>\n<p>40 &amp; more<br>a &lt;week&gt;</p>") == (
        "Pay 40 & more a <week>"
    )


def test_a_tag_cut_off_at_the_end_is_no_text() -> None:
    assert html.to_text('<p>Care</p><a href="https://exam') == "Care"


def test_a_snippet_ends_between_words() -> None:
    assert html.snippet("<p>One two three four</p>", 11) == "One two…"
    assert html.snippet("<p>One two</p>", 11) == "One two"


def test_html_stays_html() -> None:
    assert html.from_source("<p>One<br>two</p>") == "<p>One<br>two</p>"


def test_markdown_becomes_html() -> None:
    made = html.from_source("# Tasks\n\n- **care**\n- [write](https://example.com)")
    assert "<h1>Tasks</h1>" in made
    assert "<li><strong>care</strong></li>" in made
    assert '<a href="https://example.com"' in made


def test_a_script_in_markdown_is_text_only() -> None:
    made = html.from_source("# Tasks\n\n<script>alert(1)</script>")
    assert "<script" not in made


def test_plain_text_becomes_paragraphs_and_lines() -> None:
    assert html.from_source("a < b & c\nd\n\ne") == "<p>a &lt; b &amp; c<br>d</p>\n<p>e</p>"


def test_an_angle_bracket_alone_does_not_make_a_text_html() -> None:
    assert html.from_source("Pay <negotiable>") == "<p>Pay &lt;negotiable&gt;</p>"


def test_no_text_is_no_markup() -> None:
    assert html.from_source("") == ""


# What a parser of HTML is slow at, by the count of its parts.
HOSTILE: dict[str, Callable[[int], str]] = {
    "tags that differ": lambda count: "".join(f"<b {one}>" for one in range(count)),
    "lists in lists": lambda count: "<ul><li>" * count,
    "nothing of it allowed": lambda count: "<div>" * count,
    "attributes": lambda count: f"<a {' '.join(f'x{one}' for one in range(count))}>",
    "ends out of order": lambda count: "<b><div></b>" * count,
    "ends that end nothing": lambda count: "<x><div></x></div>" * count,
    "ends in a cell": lambda count: "<b><table><tr><td></b></td></tr></table>" * count,
    "beside the cells": lambda count: "<table>" + "<br>" * count,
    "links in links": lambda count: "".join(f"<a href=/{one}><div>" for one in range(count)),
    "an open link": lambda count: f"<p><a href='{'x' * count}'>" + "<p>a" * (count // 4),
    "brackets parted by comments": lambda count: "<<!---->ul>" * count,
    "names in a drawing": lambda count: "<svg>" + "<a><td></td>" * count,
    "quotes without end": lambda count: "<a b='" * count,
    "comments without end": lambda count: "<!--" * count,
    "scripts without end": lambda count: "<script>" * count,
}


def seconds(markup: str) -> float:
    """The least of three, in time of the processor."""
    taken = []
    for _ in range(3):
        began = time.process_time()
        html.sanitise(markup)
        taken.append(time.process_time() - began)
    return min(taken)


@pytest.mark.parametrize("made", HOSTILE.values(), ids=HOSTILE)
def test_four_times_as_much_markup_takes_about_four_times_as_long(
    made: Callable[[int], str],
) -> None:
    count = 60_000 * 1_000 // len(made(1_000))
    long = seconds(made(count))
    # Linear is 4; what grows with the square, 16.
    assert long < 0.05 or long < 9 * seconds(made(count // 4))


@pytest.mark.parametrize("made", HOSTILE.values(), ids=HOSTILE)
def test_no_markup_becomes_many_times_longer(made: Callable[[int], str]) -> None:
    count = 60_000 * 1_000 // len(made(1_000))
    assert len(html.sanitise(made(count))) < 1_000_000


def test_what_is_not_too_deep_stays_as_deep_as_it_is() -> None:
    nested = "<ul><li>" * 40 + "deep" + "</li></ul>" * 40
    assert html.sanitise(nested) == nested


def test_ends_left_out_by_custom_count_as_ends() -> None:
    many = 300
    assert html.sanitise("<ul>" + "<li><p>a" * many + "</ul>") == (
        "<ul>" + "<li><p>a</p></li>" * many + "</ul>"
    )
    rows = html.sanitise("<table><tr><td>a<td>b" + "<tr><td>a<td>b" * many + "</table>")
    assert rows.count("<table>") == rows.count("</table>") == 1


def test_of_attributes_the_first_address_a_title_and_a_language_stay() -> None:
    assert html.sanitise("<a x='>' HREF = https://a.example/ href=b class=c>q</a>") == (
        '<a href="https://a.example/" rel="nofollow noopener noreferrer">q</a>'
    )
    assert html.sanitise('<p id=a lang="de" title="a>b" don\'t>q</p>') == (
        '<p lang="de" title="a&gt;b">q</p>'
    )


def test_what_a_script_or_a_comment_quotes_is_no_markup() -> None:
    assert html.sanitise("a<style>b<i c='d</style>e<!-- <p f='-->g") == "aeg"


def test_a_comment_taken_away_makes_no_tag() -> None:
    assert html.sanitise("<<!-- -->script>alert(1)") == "&lt;script&gt;alert(1)"


def test_the_words_beside_a_drawing_stay() -> None:
    assert html.sanitise('<p><svg><path d="M0"/></svg>Apply</p>') == "<p>Apply</p>"
