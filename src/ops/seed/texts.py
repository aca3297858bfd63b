"""The text of a made-up posting: our own sentences, and words as often as in real ones."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from src.ops import demo_phrases as phrases
from src.ops.demo_words import Trade
from src.ops.seed import shape, words
from src.ops.seed.languages import Language

_OPENINGS = (
    "{company} is looking for a {title} in {city}.",
    "Join {company} as {title} and work with us in {city}.",
    "For our site in {city} we are hiring: {title}.",
    "As {title} at {company} you make a difference in {city}.",
    "{company} grows, and our {city} office needs a {title}.",
)
_HEADINGS = (
    ("What you will do", "What you bring", "What we offer"),
    ("Responsibilities", "Requirements", "Benefits"),
    ("Your role", "Your profile", "Why join us"),
    ("The job", "About you", "About us"),
    ("Key duties", "Qualifications", "Perks"),
)
_MARKS = ("Ref. ", "Job ID ", "Requisition ", "Posting no. ", "", "", "")
# Every so manieth word is one of the occupation, and one of the long tail.
_EVERY_TOPIC = round(1 / shape.TOPIC_SHARE)
_EVERY_TAIL = round(1 / shape.TAIL_SHARE)
_FOREIGN_TAIL = 60
# How many texts have lists and a closing, and how many parts none of our own sentences.
_HAS_LISTS, _HAS_CLOSING, _WITHOUT_OWN = 0.75, 0.4, 0.4


@dataclass(frozen=True, slots=True)
class Subject:
    """What a text is about; `reference` is a mark that no other posting has."""

    company: str
    title: str
    city: str
    trade: Trade
    level: str
    reference: str
    language: Language | None


def write(dice: random.Random, subject: Subject, *, apart: bool) -> tuple[str, str, str]:
    """HTML of the description, the requirements and the benefits.

    The latter two are empty, and in the description, unless they are to stand `apart`.
    """
    language = subject.language
    headings = language.headings if language else dice.choice(_HEADINGS)
    pieces = list(_pieces(dice, _tokens(dice, subject), language))
    third = max(1, len(pieces) // 3)
    has_lists = dice.random() < _HAS_LISTS
    cuts = (pieces[:third], pieces[third : 2 * third], pieces[2 * third :])
    parts = []
    for place, (heading, cut) in enumerate(zip(headings, cuts, strict=True)):
        said = [*_own(dice, subject, place), *cut]
        head = f"<h3>{heading}</h3>" if has_lists else f"<p><strong>{heading}</strong></p>"
        body = _list(said) if has_lists and place < 2 else _prose(said)
        parts.append(f"{head}\n{body}" if said else "")
    duties, needs, offer = parts
    beginning, end = f"<p>{_beginning(dice, subject)}</p>", _end(dice, subject)
    if apart:
        return f"{beginning}\n{duties}\n{end}", needs, offer
    return "\n".join(filter(None, (beginning, duties, needs, offer, end))), "", ""


def letter(dice: random.Random, slug: str) -> str:
    """A cover letter of a few sentences."""
    tokens = shape.draw(dice, words.common_table(), dice.randrange(10, 70))
    tokens[::5] = shape.draw(dice, words.topic_table(slug), len(tokens[::5]))
    return " ".join(_pieces(dice, tokens, None))


def _tokens(dice: random.Random, subject: Subject) -> list[str]:
    count = shape.words_in_text(dice)
    language = subject.language
    tokens = shape.draw(dice, language.words if language else words.common_table(), count)
    if language:
        tokens[1::_FOREIGN_TAIL] = [words.tail_word(dice) for _ in tokens[1::_FOREIGN_TAIL]]
        return tokens
    topic = tokens[::_EVERY_TOPIC]
    tokens[::_EVERY_TOPIC] = shape.draw(dice, words.topic_table(subject.trade.slug), len(topic))
    tokens[1::_EVERY_TAIL] = [words.tail_word(dice) for _ in tokens[1::_EVERY_TAIL]]
    return tokens


def _pieces(dice: random.Random, tokens: list[str], language: Language | None) -> Iterator[str]:
    """The words cut into sentences of six to twenty-one."""
    gap, stop = (language.gap, language.stop) if language else (" ", ".")
    start = 0
    while start < len(tokens):
        end = start + 6 + dice.getrandbits(4)
        sentence = gap.join(tokens[start:end])
        yield f"{sentence[:1].upper()}{sentence[1:]}{stop}"
        start = end


def _beginning(dice: random.Random, subject: Subject) -> str:
    opening = subject.language.opening if subject.language else dice.choice(_OPENINGS)
    names = {"company": subject.company, "title": subject.title, "city": subject.city}
    said = opening.format(**{key: escape(name, quote=False) for key, name in names.items()})
    if subject.language:
        return said
    return f"{said} {dice.choice(phrases.TEAMS).format(n=dice.randint(3, 40))}"


def _end(dice: random.Random, subject: Subject) -> str:
    if subject.language:
        return ""
    closing = f"{dice.choice(phrases.CLOSINGS)} " if dice.random() < _HAS_CLOSING else ""
    return f"<p>{closing}{dice.choice(_MARKS)}{subject.reference}</p>"


def _own(dice: random.Random, subject: Subject, place: int) -> tuple[str, ...]:
    """Sentences of ours, as in life many postings share some."""
    if subject.language or dice.random() < _WITHOUT_OWN:
        return ()
    if place == 0:
        return (f"{dice.choice(subject.trade.duties)}.", f"{dice.choice(phrases.SHARED_DUTIES)}.")
    if place == 1:
        return (f"{phrases.NEEDS[subject.level]}.", f"{dice.choice(phrases.SHARED_NEEDS)}.")
    return (dice.choice(phrases.OFFERS),)


def _list(pieces: list[str]) -> str:
    points = "</li>\n<li>".join(pieces)
    return f"<ul>\n<li>{points}</li>\n</ul>"


def _prose(pieces: list[str]) -> str:
    return f"<p>{' '.join(pieces)}</p>"
