"""Markup of postings: what stays, what goes, and how it reads as text."""

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
