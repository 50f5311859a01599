"""What a requester wrote, without the marks of the medium, greetings and signatures.

Only what decides is looked at this way: the specialist gets the message as it was written.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

from mailparser_reply import EmailReplyParser

from router.characters import CharacterTable

MAX_CHARACTERS = 8_000
"""Longer messages are read up to here: no more of them can change a decision."""
REMEMBERED = 64
"""So many texts are kept (4 MB at most, as a rule 0.1): each step of a decision asks again."""
MAIL_LINES = 3
"""Mail parsing is for texts of at least so many lines."""

MENTION = re.compile(r"<[@!][^<>]*>")
CHANNEL = re.compile(r"<#[^<>|]*\|?([^<>]*)>")
LABELLED = re.compile(r"<(?:https?:|mailto:|tel:)[^<>|]*\|([^<>]*)>")
ADDRESS = re.compile(r"<?\b(?:https?://|mailto:)[^\s<>|]+>?")
CODE = re.compile(r"```.*?```", re.DOTALL)
EMOJI = re.compile(r"(?<!\w):[a-z0-9_+'-]+(?:::skin-tone-\d)?:(?!\w)", re.IGNORECASE)
EMPHASIS = re.compile(r"(?<!\w)([*_~`])(?=\S)(.+?)(?<=\S)\1(?!\w)")
QUOTE = re.compile(r"^\s*(?:>|&gt;).*$", re.MULTILINE)
UNREADABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "So"})
EMOJI_PARTS = frozenset("\ufe0f\u20e3\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
SPACES = re.compile(r"[^\S\n]+")
LINES = re.compile(r"\s*\n\s*")

SALUTATION = re.compile(
    r"^\W*(?:hi|hiya|hey|hello|hallo|dear|greetings|good (?:morning|afternoon|evening|day))\b"
    r"(?:[ ,]+(?:there|all|everyone|everybody|team|folks|guys|sir|madam|or|and|support|customer"
    r"|service|desk|frontdesk))*"
    r"(?:[ ,]*(?-i:[A-Z][\w'-]*)){0,3}\s*[,.!:;\n-]+\s*",
    re.IGNORECASE,
)
PLEASANTRY = re.compile(
    r"(?:^|(?<=[.!?\n]))\s*(?:i hope (?:this (?:message|email|mail) finds you well"
    r"|you(?:'re| are) (?:all )?(?:doing )?well|all is well)"
    r"|hope (?:you(?:'re| are) (?:all )?(?:doing )?well|all is well)"
    r"|(?:many )?thanks(?: (?:so much|a lot|a million))?(?: in advance)?"
    r"(?: for (?:your|any|the) (?:help|support|time))?"
    r"|thank you(?: (?:so|very) much)?(?: in advance)?"
    r"(?: for (?:your|any|the) (?:help|support|time|attention))?"
    r"|have a (?:nice|great|good|lovely) (?:day|one|weekend|evening)"
    r"|cheers|(?:kind|best|warm) regards|regards|best wishes|sincerely|yours (?:truly|sincerely))"
    r"\s*(?:[.!,]+|$|(?=\n))",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?\w)|\n+")
ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|etc|mr|mrs|ms|dr|vs|no|approx|st|inc|incl|ltd)\.$", re.I)


def clean(text: str) -> str:
    """The message's own words on their lines; empty if there are none.

    Marks of Slack, quoted mail, greetings, thanks and signatures are gone. Cleaning twice changes
    nothing.
    """
    return _cleaned(text[:MAX_CHARACTERS])


@lru_cache(REMEMBERED)
def _cleaned(text: str) -> str:
    before = None
    while text != before:
        before = text
        text = _trimmed(without_marks(text))
    return text


def sentences(text: str) -> tuple[str, ...]:
    """The sentences and lines of a cleaned text, in order; together they hold all its words."""
    found: list[str] = []
    for part in SENTENCE_END.split(text):
        if found and ABBREVIATION.search(found[-1]):
            found[-1] = f"{found[-1]} {part.strip()}"
        elif part.strip():
            found.append(part.strip())
    return tuple(found)


def without_marks(text: str) -> str:
    """The text without mentions, links, emoji, quotations and marks of emphasis."""
    # A message that is nothing but a quotation is meant by whoever sent it.
    text = html.unescape(QUOTE.sub("", text).strip() or text.lstrip("> "))
    text = text.translate(_READABLE)
    text = CODE.sub(" ", text)
    text = CHANNEL.sub(r"\1", MENTION.sub(" ", text))
    text = ADDRESS.sub(" ", LABELLED.sub(r"\1", text))
    text = EMPHASIS.sub(r"\2", EMOJI.sub(" ", text))
    return LINES.sub("\n", SPACES.sub(" ", text)).strip()


def _readable(mark: str) -> bool:
    return mark == "\n" or not (mark in EMOJI_PARTS or unicodedata.category(mark) in UNREADABLE)


_READABLE = CharacterTable(lambda mark: mark if _readable(mark) else " ")


def _trimmed(text: str) -> str:
    if text.count("\n") + 1 >= MAIL_LINES:
        text = _own_words_of_mail(text)
    body = PLEASANTRY.sub(" ", SALUTATION.sub("", text)).strip()
    return SPACES.sub(" ", LINES.sub("\n", body))


def _own_words_of_mail(text: str) -> str:
    # A reply that was written below the quotation leaves nothing: then all of it counts.
    replies = EmailReplyParser(languages=["en"]).read(text).replies
    return (replies[0].body if replies else "").strip() or text
