"""No secret leaves the desk: keys, tokens, passwords, private keys.

The patterns of detect-secrets find the shapes of well-known tokens; its entropy and keyword
plugins are left out, as they fire on ordinary prose. Its detectors are called one by one on
strings, so none of its global settings, file readers or network verifiers takes part. What it does
not know is found by looking random, or by standing where a password stands.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Any

from router.records import CheckResult, Objection
from router.validate.addresses import readable
from router.validate.check import result
from router.validate.draft import Draft
from router.validate.random_looking import random_tokens

_MODULES = (
    "artifactory", "aws", "azure_storage_key", "basic_auth", "cloudant", "discord",
    "github_token", "gitlab_token", "ibm_cloud_iam", "ibm_cos_hmac", "jwt", "mailchimp", "npm",
    "openai", "private_key", "pypi_token", "sendgrid", "slack", "softlayer", "square_oauth",
    "stripe", "telegram_token", "twilio",
)  # fmt: skip
_NAME = (
    r"(?:pass ?word|passwd|passphrase|pwd|secrets?|tokens?|api[-_ ]?key|access[-_ ]?key"
    r"|secret[-_ ]?key|private[-_ ]?key|hubspot[-_ ]?key|client[-_ ]?(?:secret|id)|credentials?"
    r"|auth(?:orization)?|login)(?![-_ ]?(?:id|name|audience|version)s?\b)"
)
_IS = r"(?:\?=|::?:?=|=>|:|=|\bis\b|\bvalue=|[\"']\s*,\s*(?=[\"']))"
_VALUE = r"(?P<value>[^\s\"'<>,;`]{8,})"
_ASSIGNED = re.compile(rf"{_NAME}[\w\]\"'` ]{{0,20}}?\s?{_IS}\s*[\"'`*]*{_VALUE}", re.I)
_HEADER = re.compile(
    r"(?:authorization|x-[\w-]{0,40}(?:key|token|auth))[\"']?\s*:\s*"
    rf"(?:(?:basic|bearer|token|apikey)\s+)?{_VALUE}",
    re.I,
)
_CERTAIN = (
    re.compile(r"(?<!\S)(?:-u|--user|--proxy-user)[ =]+(?P<value>[\"']?[^\s\"':]*:[^\s:\"']*)"),
    re.compile(r"\bpassword[\"']?\s*(?:value\s*)?=\s*[\"'](?P<value>[^\s\"']{6,})[\"']", re.I),
    re.compile(r"(?P<value>[a-z][a-z0-9+.-]{0,30}://[^\s/:@]{1,99}:[^\s/@]{1,99}@)", re.I),
    re.compile(r"(?P<value>hooks\.slack\.com/(?:services|workflows|triggers)/[\w/-]{20,})", re.I),
    re.compile(
        r"(?P<value>(?<![\w-])(?:sk|rk|pk)[-_](?:ant|proj|live|prod|test|admin|svcacct)[-_]"
        r"[\w-]{16,}|(?<!\w)xox[a-z](?:\.xox[a-z])?-[\w-]{10,}|(?<!\w)xapp-[\w-]{10,}"
        r"|AGE-SECRET-KEY-1\w{20,}|(?<!\w)EAA[A-Z]\w{40,}|(?<!\w)(?:hf|api_org|ntn|sgp|glpat|shpat"
        r"|npm|dop_v1|sntry[su]|ghp|gho|ghs|ghu|ghr|github_pat|hvs|hvb)[._-][\w.=-]{20,}"
        r"|A3-[A-Z0-9]{6}-[A-Z0-9-]{20,})"
    ),
)
PIECE, OVERLAP = 1_000, 300
_VARIED = 5
"""A value of fewer different characters stands for one: xxxx, ****."""
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_GAP = re.compile(r"[\"']?(?:[\W_]*|[xX*.]+|(?:[\w.-]*:)?(?:<|\$[A-Z{(]|%|\{|\[).*)$")


class Secrets:
    """No key, token, password or private key, by their shape or by where they stand.

    What merely looks random may stand where a cited source or the requester has it: a checksum,
    the number of an order. A known shape may not stand anywhere.
    """

    id = "secrets"
    version = 1

    def __init__(self) -> None:
        self._detectors = tuple(_detectors())

    def check(self, draft: Draft) -> CheckResult:
        """Object to each line that holds one."""
        known = readable(draft.known)
        lines = enumerate(readable(draft.text).split("\n"), start=1)
        return result(
            self,
            (
                Objection("secret.found", f"Line {number} holds what looks like a secret.")
                for number, line in lines
                if self.in_line(line, known)
            ),
        )

    def _detected(self, text: str) -> bool:
        return any(True for found in self._detectors for _ in found.analyze_string(text))

    def in_line(self, line: str, known: str = "") -> bool:
        """Whether one line holds a secret."""
        return (
            any(self._detected(piece) for piece in _pieces(line))
            or any(
                not _GAP.match(match["value"]) for own in _CERTAIN for match in own.finditer(line)
            )
            or any(
                _is_value(match["value"])
                for own in (_ASSIGNED, _HEADER)
                for match in own.finditer(line)
            )
            or any(token not in known for token in random_tokens(line))
        )


def _pieces(line: str) -> Iterator[str]:
    """A long line in overlapping pieces: some detectors take the square of its length."""
    return (line[at : at + PIECE + OVERLAP] for at in range(0, len(line), PIECE))


def _is_value(value: str) -> bool:
    """Whether it could be a password or key: not a word, not a gap to be filled in."""
    if _GAP.match(value) or len(set(value)) < _VARIED:
        return False
    return bool(_UUID.search(value)) or (
        any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    )


def _detectors() -> Iterator[Any]:
    """One of each of the chosen detectors."""
    for name in _MODULES:
        module = importlib.import_module(f"detect_secrets.plugins.{name}")
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == module.__name__ and not inspect.isabstract(kind):
                yield kind()
