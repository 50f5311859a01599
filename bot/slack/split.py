"""Long answers in pieces: cut where a reader would pause, never lost."""

from __future__ import annotations

BREAKS = ("\n\n", "\n", ". ", " ")
"""Where to cut, best first."""

_FENCE = "```"


def pieces(text: str, most: int) -> list[str]:
    """`text` in pieces of at most `most` characters; together they hold all of it.

    A block of code that is cut is closed in one piece and opened again in the next.
    """
    found: list[str] = []
    room = most - 2 * (len(_FENCE) + 1)
    opened = False
    while text:
        piece, text = _cut(text, room)
        whole = f"{_FENCE}\n{piece}" if opened else piece
        opened ^= piece.count(_FENCE) % 2 == 1
        found.append(f"{whole}\n{_FENCE}" if opened else whole)
    return found or [""]


def _cut(text: str, most: int) -> tuple[str, str]:
    if len(text) <= most:
        return text, ""
    for mark in BREAKS:
        at = text.rfind(mark, most // 2, most)
        if at > 0:
            return text[:at].rstrip(), text[at + len(mark.rstrip(" ")) :].lstrip("\n ")
    return text[:most], text[most:]
