"""What a sentence claims, in a shape that can be compared without understanding it.

Content words by their stems, in order; and what turns a true sentence into a false one when it is
changed: numbers, names, negations, and words of extent or condition ("only", "must", "before").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from router.stems import stem
from router.validate.hidden import straight

_WORD = re.compile(r"[^\W_]+(?:['.@:/_+][^\W_]+)*[+#]?|[$€£%]")
_NUMBER = re.compile(r"\d")
_NEGATION = re.compile(
    r"(?:no|not|never|none|nor|neither|nothing|nobody|nowhere|cannot|without"
    r"|unable|hardly|unless|except|instead|\w+n't)$"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_STRICT = _words(
    """all always any anyone anything anywhere automatically before after both each either entire
    every everyone everything exactly first free forever fully guaranteed immediately instantly
    last later latest least less maximum minimum more most must neither only permanently required
    same several should still twice unlimited until up within yearly monthly weekly daily
    increase decrease higher lower above below over under earlier once yes"""
)
_STOP = _words(
    """a about also although am an and are as at be because been being but by can could did do does
    doing for from had has have having he her here hers him his how i if in into is it its itself
    just like may me might my of off on one or other our ours out own please quite rather really
    said say see shall she so some such than that the their theirs them then there these they this
    those though through to too us very was we were what when where whether which while who whom
    whose why will with would you your yours yourself let get got go it's that's you're i'm
    i've we're there's they're he's she's you'll it'll isn s t ve re ll d m"""
)
_COUNTED = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen twenty"""
_NUMBER_WORDS = {word: str(number) for number, word in enumerate(_COUNTED.split())} | {
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "ninety": "90",
    "hundred": "100",
    "thousand": "1000",
    "million": "1000000",
    "once": "1",
    "twice": "2",
    "dozen": "12",
}
_DATES = _words(
    """january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday"""
) - {"may", "march"}


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence, taken apart.

    `words` keeps the order and holds the numbers too; `names` are as written, in lower case.
    """

    words: tuple[str, ...]
    numbers: frozenset[str]
    names: frozenset[str]
    strict: frozenset[str]
    negations: int


@lru_cache(4_096)
def claim(text: str) -> Claim:
    """What `text` claims."""
    tokens = _WORD.findall(straight(text))
    lower = [token.lower() for token in tokens]
    words = [word for word in lower if word not in _STOP and not _NEGATION.match(word)]
    return Claim(
        words=tuple(number_of(word) or stem(word.removesuffix("'s")) for word in words),
        numbers=frozenset(number for word in lower if (number := number_of(word))),
        names=frozenset(_names(tokens)),
        strict=frozenset(stem(word.removesuffix("'s")) for word in lower if word in _STRICT),
        negations=sum(bool(_NEGATION.match(word)) for word in lower),
    )


def number_of(word: str) -> str:
    """A number or anything with a digit in it, in one spelling; empty for other words.

    "one" is not among them: it is mostly no number.
    """
    if _NUMBER.search(word):
        plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", word.strip(".,:"))
        return re.sub(r"\.0+$", "", plain)
    return _NUMBER_WORDS.get(word, "") if word != "one" else ""


def _names(tokens: list[str]) -> list[str]:
    """Words written as names or codes: a capital inside a sentence, dots, digits, capitals."""
    found = []
    for at, token in enumerate(tokens):
        lower = token.lower()
        if lower in _STOP or lower in _STRICT or len(token) == 1:
            continue
        inside = at > 0 and token[0].isupper()
        code = any(c in "@_/+.:" for c in token) or (token.isupper() and len(token) > 1)
        odd = any(c.isupper() for c in token[1:])
        if inside or code or odd or lower in _DATES:
            found.append(lower.removesuffix("'s"))
    return found
