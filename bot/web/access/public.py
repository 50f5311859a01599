"""What of the site is open to somebody who has not signed in; everything else is not.

Slack's deliveries, the API, granted routes of plugins and the figures for a monitor have guards of
their own.
"""

from __future__ import annotations

SIGN_IN = "/sign-in"
STATIC = "/static"

OPEN = frozenset({"/healthz", "/readyz", "/metrics", SIGN_IN})
OPEN_BELOW = (f"{SIGN_IN}/", f"{STATIC}/", "/slack/", "/api/", "/plugins/")


def is_open(path: str) -> bool:
    """Whether an address may be asked for by anybody."""
    return path in OPEN or path.startswith(OPEN_BELOW)


def place_to_go(wanted: str) -> str:
    """Where to go after signing in: a place on this site, or the start page."""
    is_here = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    plain = all(" " <= letter <= "~" for letter in wanted)
    return wanted if is_here and plain and not is_open(wanted.partition("?")[0]) else "/"
