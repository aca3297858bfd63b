"""One spelling for what is written in many: width, case, accents, signs, plurals.

`search_fold` and `title_words` of migration 0017 say the same in SQL; a test holds them together.
"""

import re
import unicodedata

# Letters that no decomposition reaches.
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
_MARKS = re.compile("[\u0300-\u036f]")
# Names with signs become words: the parser would break them, and stemming bend them.
_CPLUSPLUS = re.compile(r"\bc\+\+")
_SHARP = re.compile(r"\b([cf])#")
_DOTNET = re.compile(r"(^|[^a-z0-9]|\basp)\.net\b")
_DOTJS = re.compile(r"\b([a-z0-9]+)\.js\b")
_UI_UX = re.compile(r"\b(ui|ux) ?[/&+-] ?(ui|ux)\b")
# (m/w/d) says nothing; ingénieur(e), vendedor/a and Entwickler:in are one word.
_GENDERS = re.compile(r"\([mfwdhxi](?:[/|][mfwdhxi]){1,3}\)")
_GENDER = re.compile(
    r"([a-z]{3})(?:\((?:e|a|o|as|os|in|innen|ne|se|rice|trice|euse|x)\)"
    r"|[:*/·](?:in|innen|a|o|e|euse|rice|trice)\b)"
)
_AB_TEST = re.compile(r"\ba/b\b")
_CI_CD = re.compile(r"\bci ?[/&] ?cd\b|\bci cd\b")
_AMPERSAND = re.compile(r"\b([a-z]{1,2}) ?& ?([a-z]{1,2})\b")
_OBJECTIVE_C = re.compile(r"\bobjective[- ]c\b")
_COMPOUND = re.compile(r"\b(front|back|full|dev|health|child|e)[- ](end|stack|ops|care|commerce)\b")
# What the rules above could change; of the 280,000 names in the tables hardly any.
_RULED = re.compile(r"[+#./&(:*·]|\b(?:ui|ux|cd|end|stack|ops|care|commerce|objective)\b")
# Chinese, Japanese and Korean: no spaces between words.
CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_CJK_CHARACTER = re.compile(f"([{CJK}])")
# Most names in the tables: nothing in them ends a phrase.
_WORDS_ALONE = re.compile("[a-z0-9 ]+")
# Half of them are their own key: single spaces, and no plural.
_KEY_ITSELF = re.compile("[a-z0-9]*[a-rt-z0-9](?: [a-z0-9]*[a-rt-z0-9])*")
_BREAK = re.compile(r"[,;:()\[\]{}|/–—•·@!?]| - | & ")
_NOT_WORD = re.compile(r"(?:[^\w|]|_)+")
_MANY_PLURAL = re.compile(r"(?<=[a-z]{2})ies$")
_PLURAL = re.compile(r"(?<=[a-z]{2}[^sui\W])s$")
BREAK = "|"
# What is neither letter nor digit, but for ’ and · within a word; `search_text` of migration 0035
# cuts texts there, too. Full-width forms are not among it: NFKC makes ASCII of them.
_SIGNS = re.compile(
    r"[\u0080-\u00a9\u00ab\u00ac\u00ae-\u00b1\u00b4\u00b6\u00b8\u00bb\u00bf\u00d7\u00f7\u060c"
    r"\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965\u1360-\u1368\u1680\u2000-\u2018"
    r"\u201a-\u206f\u20a0-\u20cf\u2117\u2120\u2122\u2190-\u245f\u2500-\u2bff\u2e00-\u2e7f"
    r"\u3000-\u3004\u3008-\u3020\u3030\u303d-\u303f\u30fb\ue000-\uf8ff\ufe00-\ufe1f\ufe30-\ufe4f"
    r"\ufeff\ufff9-\ufffd\U0001f000-\U0001fbff]"
)


def apart(text: str) -> str:
    """The text with blanks for the signs beside its words, where a text is cut too."""
    return text if text.isascii() else _SIGNS.sub(" ", text.replace("\u00ad", ""))


def fold(text: str) -> str:
    """Lower case, compatibility forms as plain ones, no accents."""
    if text.isascii():
        return text.lower()
    lowered = unicodedata.normalize("NFKC", text).lower()
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", lowered))
    return unicodedata.normalize("NFKC", bare.translate(_LETTERS))


def signs(text: str) -> str:
    """Folded text with the names that have signs in them spelled as words."""
    text = _OBJECTIVE_C.sub(" objectivec ", text)
    text = _CPLUSPLUS.sub(" cplusplus ", text)
    text = _SHARP.sub(r" \1sharp ", text)
    text = _DOTNET.sub(r"\1 dotnet ", text)
    text = _DOTJS.sub(r" \1js ", text)
    text = _UI_UX.sub(r" \1 \2 ", text)
    text = _AB_TEST.sub(" abtest ", text)
    text = _CI_CD.sub(" cicd ", text)
    text = _AMPERSAND.sub(r" \1and\2 ", text)
    return _COMPOUND.sub(r"\1\2", text)


def singular(word: str) -> str:
    """The word without the s of an English plural; crude, and the same for titles and tables."""
    if not word.endswith("s"):
        return word
    return _PLURAL.sub("", _MANY_PLURAL.sub("y", word))


def title_words(text: str) -> list[str]:
    """The words of a title, singular, each CJK character alone; `|` where a phrase ends."""
    plain = fold(text)
    if _RULED.search(plain):
        plain = signs(_GENDER.sub(r"\1", _GENDERS.sub(" ", plain)))
    if _WORDS_ALONE.fullmatch(plain):
        return [singular(word) for word in plain.split()]
    spaced = plain if plain.isascii() else _CJK_CHARACTER.sub(r" \1 ", plain)
    broken = _BREAK.sub(f" {BREAK} ", spaced)
    return [singular(word) for word in _NOT_WORD.sub(" ", broken).split()]


def key(text: str) -> str:
    """What a phrase of a table is looked up by."""
    if _KEY_ITSELF.fullmatch(text) and not _RULED.search(text):
        return text
    return " ".join([word for word in title_words(text) if word != BREAK])
