"""The words of made-up English texts, in the order of their frequency."""

import functools
import random

from mimesis import Locale, Text

from src.ops.demo_words import TRADES, Trade
from src.ops.seed import shape


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# What every text is made of, and then what every posting is about; the most frequent first.
COMMON = _split("""
and to the of in a with for our you we is your as on are will be or an at that this from by have
it can all their who more not work other team experience role about into what how up they but has
if new also us skills working one which may while such across ability support who within through
people company knowledge business development services management must help opportunity any strong
join make time including job environment project quality customers training provide responsible
use required years position both them do out so there part building etc each every than when most
tools many these some take best high well where ensure good looking world first only own like
growth need learn do data technical clients office position day share life daily get week know
candidates communication projects design process benefits level full great systems solutions degree
related build lead manage understanding deliver product industry global performance health creative
key problem offer plan field relevant teams leading current members based care excellent areas
drive service different application apply program standards improve group product status equal
employment organization salary internal written verbal language proven goals success successful
customer culture colleagues needs operations responsibilities requirements qualifications preferred
plus leadership passion background paid minimum maintain develop perform create diverse highly
flexible hours employees employer regular remote location local bonus insurance holiday pension
schedule shift week travel safety policies planning analysis reporting research review results
deadlines attention detail fast growing career impact mission values vision future opportunities
complex effective efficient strategy strategic methods processes practices procedures stakeholders
partners managers manager assistant senior junior entry department functional cross professional
personal positive motivated reliable independent organised friendly open honest fair curious
bachelor master certificate licence diploma school university education equivalent demonstrated
competitive compensation package annual monthly weekly budget cost value market sales marketing
finance legal human resources technology digital software platform infrastructure cloud network
security compliance risk regulations national international regional community public private
family medical dental leave parental wellness gym lunch coffee equipment laptop home hybrid onsite
commute city centre region country start date contract permanent temporary probation notice
interview process reference checks background recruiter hiring applicants resume letter portfolio
website email phone call contact questions answer feedback mentor coaching onboarding ownership
initiative decision decisions track record metrics targets monitor measure evaluate implement
coordinate prepare assist conduct identify recommend resolve respond report document update
train support supervise oversee collaborate communicate present negotiate organise prioritise
""")
# Of the general words, those that no employer would print.
UNFIT = frozenset(_split("""
adult adults amateur babe babes beast breast breasts casino casinos dildos drugs ebony facial fetish
gambling hiv interracial kill killed killer killing lingerie naked pantyhose phentermine poker
ringtone ringtones spyware strip swing teen teenage teens thongs tramadol webcam
"""))  # fmt: skip
_SEED = 1
_ONSETS = _split("b c d f g h k l m n p r s t v z br ch cl dr fl gr kr pl sh st th tr")
_VOWELS = _split("a e i o u ai ea ou")
_SYLLABLES = tuple(onset + vowel for onset in _ONSETS for vowel in _VOWELS)
_ENDINGS = ("n", "r", "l", "x", "s", "m", "t", "nd")
# Words that an occupation takes from the dictionary, and those that only it has.
_BORROWED, _JARGON = 500, 300
# Ranks of its own for the jargon of each occupation, far out in the tail.
_JARGON_FROM = 10**9


def made_up(rank: int) -> str:
    """The word of a rank beyond the dictionary; each rank has its own."""
    rank, ending = divmod(rank, len(_ENDINGS))
    syllables = []
    while rank:
        rank, place = divmod(rank, len(_SYLLABLES))
        syllables.append(_SYLLABLES[place])
    return "".join(syllables) + _ENDINGS[ending]


@functools.cache
def dictionary() -> tuple[str, ...]:
    """English words by falling frequency: the common ones, then general ones in a fixed order."""
    general = dict.fromkeys(Text(Locale.EN, seed=_SEED).words(quantity=60_000))
    known = dict.fromkeys(COMMON)
    return (*known, *(word for word in general if word not in known and word not in UNFIT))


@functools.cache
def common_table() -> tuple[str, ...]:
    """The dictionary as slots."""
    return shape.table(dictionary())


@functools.cache
def topic_table(slug: str) -> tuple[str, ...]:
    """The words of an occupation as slots: they make pairs of words meet more often than chance."""
    return shape.table(tuple(dict.fromkeys(_topic_words(TRADES[slug]))))


def tail_word(dice: random.Random) -> str:
    """A rare word: most of them stand in a handful of texts, many in one alone."""
    return made_up(min(shape.beyond(dice, len(dictionary())), _JARGON_FROM - 1))


def _topic_words(trade: Trade) -> list[str]:
    own = [*trade.skills, *(word.lower() for title in trade.titles for word in title.split())]
    known = set(COMMON)
    for duty in trade.duties:
        own += [w for w in duty.lower().replace(",", "").split() if w not in known and len(w) > 3]
    dice = random.Random(trade.slug)  # noqa: S311 - the same words for an occupation each time
    place = list(TRADES).index(trade.slug)
    jargon = [made_up(_JARGON_FROM + place * _JARGON + number) for number in range(_JARGON)]
    borrowed = dice.sample(dictionary()[len(known) :], _BORROWED)
    mixed = borrowed[: _BORROWED // 2] + jargon + borrowed[_BORROWED // 2 :]
    return own + mixed
