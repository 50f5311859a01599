"""Text that others wrote, made safe to print: a ticket must not steer anybody's terminal.

Control characters move the cursor, change the title or hide lines; format characters such as the
right-to-left override show another text than is there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode categories of what is not shown but acts."""
HARMLESS = {"\n", "\t", "\N{SOFT HYPHEN}", "\N{ZERO WIDTH NON-JOINER}", "\N{ZERO WIDTH JOINER}"}


class _Shown(dict[int, str | int]):
    """For `str.translate`: what to show of each character, found out when it first comes."""

    def __missing__(self, code: int) -> str | int:
        self[code] = shown = self.instead_of(code) if steers(chr(code)) else code
        return shown

    def instead_of(self, code: int) -> str:
        return "\N{REPLACEMENT CHARACTER}"


class _Escaped(_Shown):
    """The same for JSON, where nothing may be lost."""

    def instead_of(self, code: int) -> str:
        units = chr(code).encode("utf-16-be", "surrogatepass")
        return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))


_SHOWN, _ESCAPED = _Shown(), _Escaped()


def steers(character: str) -> bool:
    """Whether a terminal may act on a character instead of showing it."""
    return unicodedata.category(character) in STEERING and character not in HARMLESS


def safe(text: str) -> str:
    """Text without anything that a terminal acts on."""
    return text.translate(_SHOWN)


def safe_json(text: str) -> str:
    """One line of JSON in which such characters stand as escapes; it says the same."""
    return text.translate(_ESCAPED)


class SafeConsole(Console):
    """A console that prints what others wrote as text only, whichever way it gets there."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Render as ever; only rich's own control codes stay."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(safe(segment.text), segment.style)
