"""No personal data of others: addresses and numbers that neither the asker nor a source gave.

Only what has a shape is found: e-mail and IP addresses, phone numbers, payment cards, bank
accounts, social security numbers. Names and street addresses have none; the grounding check keeps
names out that no cited source holds.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

import phonenumbers
from stdnum import iban, luhn

from router.records import CheckResult, Objection
from router.validate.addresses import readable
from router.validate.check import result
from router.validate.draft import Draft
from router.validate.sentences import line_at

REGIONS = ("US", "GB", "DE")
"""Phone numbers without a country code are read as numbers of these."""

SHORTEST_PHONE = 7
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,9}[^\W\d_]{2,63}")
_EMAIL_SPELT = re.compile(
    r"[\w.+-]{1,64}\s?[\[({]\s?at\s?[\])}]\s?[\w-]{1,63}\s?(?:[\[({]\s?dot\s?[\])}]|\.)\s?[a-z]{2,63}",
    re.I,
)
_DIGITS = re.compile(r"(?<![\w.,])\d(?:[ -]?\d){11,18}(?![\w-]|[.,]\d)")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?!\w)", re.I)
_SSN = re.compile(r"(?<![\w-])(?!000)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_SSN_NAMED = re.compile(r"\b(?:ssn|social security)\D{0,25}(\d{3}[ -]?\d{2}[ -]?\d{4})(?!\d)", re.I)
_IP4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
_IP6 = re.compile(r"(?<![\w:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])", re.I)
_PHONE_NAMED = re.compile(
    r"\b(?:phones?|tel|telephone|mobile|cell|call|fax|whatsapp|text|ring|dial|reach)\b"
    r"\D{0,30}?(\+?[(\d][\d ()./-]{5,20}\d)",
    re.I,
)
_PHONE = re.compile(
    r"(?<![\w.,:/$€£-])(?<!\d )(?:\+|00)?[(]?\d(?:[ ()./-]{0,3}\d){6,14}"
    r"(?!\w|[ ()./-]{0,3}\d|[,:]\d| ?[%€£$])"
)
_GROUPED = re.compile(r"\d[ ()./-]+\d")
_DATE = re.compile(
    r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:19|20)?\d{2}"
    r"|(?:19|20)\d{2} ?[-/] ?(?:19|20)\d{2})(?!\d)"
)


class PersonalData:
    """No address or number of a person but what the requester or a cited source gave."""

    id = "personal_data"
    version = 1

    def check(self, draft: Draft) -> CheckResult:
        """Object to each one found."""
        text = readable(draft.text)
        known = squeezed(readable(draft.known))
        return result(
            self,
            (
                Objection(
                    f"personal_data.{kind}",
                    f"Line {line_at(text, at)} gives"
                    f" {_NAMES[kind]} that neither the requester nor a source gave.",
                )
                for kind, at, value in personal_data(text)
                if squeezed(value) not in known
            ),
        )


_NAMES = {
    "email": "an e-mail address",
    "card": "a payment card number",
    "iban": "a bank account number",
    "ssn": "a social security number",
    "ip": "an IP address",
    "phone": "a phone number",
}


def personal_data(text: str) -> Iterator[tuple[str, int, str]]:
    """What is found in a text: its kind, where it begins, and how it is written."""
    for kind, pattern in (("email", _EMAIL), ("email", _EMAIL_SPELT), ("ssn", _SSN)):
        yield from ((kind, match.start(), match.group()) for match in pattern.finditer(text))
    yield from (("ssn", match.start(1), match[1]) for match in _SSN_NAMED.finditer(text))
    for match in _DIGITS.finditer(text):
        if luhn.is_valid(squeezed(match.group())):
            yield "card", match.start(), match.group()
    for match in _IBAN.finditer(text):
        if value := _iban_in(match.group()):
            yield "iban", match.start(), value
    for pattern in (_IP4, _IP6):
        for match in pattern.finditer(text):
            if _is_public(match.group()):
                yield "ip", match.start(), match.group()
    yield from _phones(text)


def _phones(text: str) -> Iterator[tuple[str, int, str]]:
    for match in _PHONE_NAMED.finditer(text):
        if not _DATE.match(match[1]) and len(squeezed(match[1])) >= SHORTEST_PHONE:
            yield "phone", match.start(1), match[1]
    for match in _PHONE.finditer(text):
        if not _DATE.match(match.group()) and _is_phone(match.group()):
            yield "phone", match.start(), match.group()


def _is_phone(written: str) -> bool:
    """Whether it is grouped as nothing but a phone number is, or exists in one of the regions."""
    if written.startswith("+") or _GROUPED.search(written):
        return not re.fullmatch(r"\d{1,3}(?: \d{3})+", written) or len(written) == len(
            "123 456 789"
        )
    for region in REGIONS:
        try:
            number = phonenumbers.parse(written, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return True
    return False


def _iban_in(written: str) -> str:
    """The bank account number that `written` begins with; empty if there is none."""
    groups = written.split(" ")
    for size in range(len(groups), 0, -1):
        value = " ".join(groups[:size])
        if iban.is_valid(value):
            return value
    return ""


def _is_public(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


def squeezed(text: str) -> str:
    """The text without what people put between the parts of a number."""
    return re.sub(r"[\s()/.-]+", "", text).casefold()
