"""Characters that people do not see: a way to smuggle words past them, in or out.

Zero-width and bidirectional controls, Unicode tags, private-use and unassigned characters, odd
spaces of no width. Emoji are made with some of these and keep them.
"""

from __future__ import annotations

import re
import unicodedata

from router.characters import CharacterTable
from router.records import CheckResult, Objection
from router.validate.check import result
from router.validate.draft import Draft

_KEPT_CONTROLS = "\n\r\t"
_HIDDEN_CATEGORIES = {"Cc", "Cf", "Co", "Cs", "Cn"}
_CURLY = str.maketrans({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"'})
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2800\u3164\uffa0"
_PICTURE = "[\u00a9\u00ae\u2030-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
_JOINED = re.compile(
    f"{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]?(?:\u200d{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]?)+"
    f"|{_PICTURE}[\ufe0e\ufe0f]|[0-9#*]\ufe0f\u20e3"
)


def visible(text: str) -> str:
    """The text without what people cannot see; emoji stay whole."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    kept, end = [], 0
    for emoji in _JOINED.finditer(text):
        kept += [_seen(text[end : emoji.start()]), emoji.group()]
        end = emoji.end()
    return "".join([*kept, _seen(text[end:])])


def straight(text: str) -> str:
    """The text with straight quotation marks, which is how patterns are written."""
    return text.translate(_CURLY)


def folded(text: str) -> str:
    """The text as a machine should compare it: visible, one width, one case."""
    return unicodedata.normalize("NFKC", visible(text)).casefold()


def _seen(text: str) -> str:
    return text.translate(_SEEN)


def _is_hidden(character: str) -> bool:
    if character in _KEPT_CONTROLS:
        return False
    return (
        unicodedata.category(character) in _HIDDEN_CATEGORIES
        or character in _FILLERS
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )


_SEEN = CharacterTable(lambda character: None if _is_hidden(character) else character)


class HiddenCharacters:
    """No characters that the reader does not see."""

    id = "hidden_characters"
    version = 1

    def check(self, draft: Draft) -> CheckResult:
        """Object to each line that holds some."""
        lines = enumerate(draft.text.split("\n"), start=1)
        return result(
            self,
            (
                Objection("hidden.characters", f"Line {number} holds invisible characters.")
                for number, line in lines
                if visible(line) != line
            ),
        )
