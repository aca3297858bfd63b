"""HTML made harmless to its parser: never too much open at once, and few attributes."""

import re

ALLOWED = {
    "p", "br", "hr", "ul", "ol", "li", "strong", "b", "em", "i", "u", "s", "blockquote", "code",
    "pre", "h1", "h2", "h3", "h4", "h5", "h6", "a", "table", "thead", "tbody", "tr", "th", "td",
    "dl", "dt", "dd", "sub", "sup",
}  # fmt: skip

# What the parser does grows with the square of how many elements are open, of how many attributes
# one has, of what is misplaced in a table, and of the open links it repeats in every paragraph:
# 100,000 characters took it half a minute or became 49 MB. No posting comes near these bounds.
_DEEPEST, _MISPLACED, _REPEATED = 100, 100, 400_000
_GAP = r"[\t\n\f\r ]*+"
_NAME = r"(?:=[^\t\n\f\r />=]*+|[^\t\n\f\r />=]++)"
_VALUE = r"""(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\t\n\f\r "'>][^\t\n\f\r >]*+)"""
_GIVEN = rf"(?:{_GAP}={_GAP}{_VALUE}?+)?+"
_ATTRIBUTES = rf"(?:[\t\n\f\r /]++|{_NAME}{_GIVEN})*+"
# As browsers read, each token from where the last one ended: elements that hold text alone,
# comments, tags, and a bracket that opens nothing.
_TOKEN = re.compile(
    r"<(?P<holder>script|style|textarea|title|xmp|iframe|noembed|noframes|noscript)"
    rf"(?=[\t\n\f\r />]){_ATTRIBUTES}(?:\Z|>(?P<held>.*?)"
    rf"(?:\Z|</(?P=holder)(?=[\t\n\f\r />]){_ATTRIBUTES}(?:>|\Z)))"
    r"|<!--(?:-?>|.*?(?:--!?>|\Z))|<[!?][^>]*+>?|</>|</(?=[^a-z])[^>]++>?"
    rf"|<(?P<end>/?)(?P<name>[a-z][^\t\n\f\r />]*+)(?P<rest>{_ATTRIBUTES})(?P<whole>>|\Z)"
    r"|<",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(rf"({_NAME}){_GIVEN}")
_EMPTY = {
    "area", "base", "basefont", "bgsound", "body", "br", "col", "embed", "frame", "head", "hr",
    "html", "image", "img", "input", "keygen", "link", "meta", "param", "source", "track", "wbr",
}  # fmt: skip
_ANYWHERE = {"lang", "title"}
_ENDS_A_DRAWING = ALLOWED - {"a"} | {"div", "img", "span"}
# Left open where a paragraph ends, the parser opens them again in the next one.
_REOPENED = {
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt",
    "u",
}  # fmt: skip
_ROWS = {"caption", "col", "colgroup", "tbody", "td", "tfoot", "th", "thead", "tr"}
_AROUND_CELLS = {"table", "tbody", "tfoot", "thead", "tr"}
_BLOCKS = _ROWS | {
    "address", "article", "aside", "blockquote", "button", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "li", "listing", "main", "menu", "nav",
    "ol", "p", "pre", "search", "section", "summary", "table", "ul",
}  # fmt: skip
# Elements whose end is commonly left out, and those that end where another begins.
_LOOSE = {"dd", "dt", "li", "p", "tbody", "td", "tfoot", "th", "thead", "tr"}
_CELLS, _GROUPS = {"p", "td", "th"}, {"p", "td", "th", "tr", "tbody", "tfoot", "thead"}
_ENDED_BY = {name: {"p"} for name in _BLOCKS} | {
    "a": {"a"}, "li": {"p", "li"}, "dd": {"p", "dd", "dt"}, "dt": {"p", "dd", "dt"},
    "td": _CELLS, "th": _CELLS, "tr": _CELLS | {"tr"},
    "tbody": _GROUPS, "tfoot": _GROUPS, "thead": _GROUPS,
}  # fmt: skip


class _Levelled:
    """What takes the place of one token after the other, so that never too much is open.

    An element counts as open until its end is certain: the parser never has more open than that.
    """

    def __init__(self) -> None:
        # (name, how many characters the parser may repeat)
        self._open: list[tuple[str, int]] = []
        self._carried = self._repeated = self._misplaced = 0
        self._drawing = ""

    def __call__(self, token: re.Match[str]) -> str:
        if token["held"] is not None:
            drops = token["holder"].lower() in ("script", "style")
            return "" if drops or self._drawing else token["held"].replace("<", "&lt;")
        if token["name"] is None:
            # Left bare, it would make a tag of what follows after a comment.
            return "&lt;" if token[0] == "<" else ""
        name = token["name"].lower()
        if not token["whole"] or self._draws(name, token):
            return ""
        ends = self._ends_before(name)
        return ends + (self._end(name) if token["end"] else self._begin(name, token["rest"]))

    def _draws(self, name: str, token: re.Match[str]) -> bool:
        """Whether the tag is a drawing's or a formula's; other rules would hold for those."""
        if not self._drawing:
            if name not in ("svg", "math"):
                return False
            if not token["end"] and not token["rest"].endswith("/"):
                self._drawing = name
            return True
        if name in _ENDS_A_DRAWING:
            self._drawing = ""
            return False
        if token["end"] and name == self._drawing:
            self._drawing = ""
        return True

    def _begin(self, name: str, rest: str) -> str:
        while self._open and self._open[-1][0] in _ENDED_BY.get(name, ()):
            self._cut(-1)
        tag = f"<{name}{_kept(name, rest)}>"
        if name not in _EMPTY:
            weight = len(tag) if name in _REOPENED else 0
            self._open.append((name, weight))
            self._carried += weight
        return tag

    def _end(self, name: str) -> str:
        place = len(self._open) - 1
        if name in _BLOCKS:
            while place > 0 and self._open[place][0] in _LOOSE and self._open[place][0] != name:
                place -= 1
        if place >= 0 and self._open[place][0] == name:
            self._cut(place)
        return f"</{name}>"

    def _cut(self, place: int) -> None:
        self._carried -= sum(weight for _, weight in self._open[place:])
        del self._open[place:]

    def _ends_before(self, name: str) -> str:
        """The ends that a tag of this name is preceded by, when too much is open."""
        if name in _BLOCKS or name in ("a", "nobr"):
            self._repeated += self._carried
        if self._open and self._open[-1][0] in _AROUND_CELLS and name not in _ROWS:
            self._misplaced += 1
        ended: list[tuple[str, int]] = []
        if len(self._open) >= _DEEPEST or self._misplaced > _MISPLACED:
            ended, self._open, self._misplaced = self._open, [], 0
        elif self._carried and self._repeated > _REPEATED:
            ended = [one for one in self._open if one[1]]
            self._open = [one for one in self._open if not one[1]]
        if ended:
            self._carried = 0
        # Where no paragraph is open, the end of one makes an empty one.
        return "".join(f"</{one}>" for one, _ in reversed(ended) if one != "p")


def _kept(name: str, attributes: str) -> str:
    """Of attributes those that may stay, the first of each, as they are written there."""
    names = {"href", *_ANYWHERE} if name == "a" else _ANYWHERE
    kept: dict[str, str] = {}
    for one in _ATTRIBUTE.finditer(attributes):
        if one[1].lower() in names:
            kept.setdefault(one[1].lower(), one[0])
    return "".join(f" {one}" for one in kept.values())


def levelled(markup: str) -> str:
    """The same markup, with what the parser would open and never end ended; in linear time."""
    return _TOKEN.sub(_Levelled(), markup)
