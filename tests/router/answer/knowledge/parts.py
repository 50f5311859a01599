"""A small encoder and small articles for these tests."""

import hashlib
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from router.answer.knowledge.articles import Article
from router.answer.knowledge.markdown import blocks
from router.ports import Vectors

REFUNDS = """\
---
title: Refund rules
source: https://help.example.com/refunds
updated: 2026-03-31
---

Refunds are decided by the billing team.

## Ask for a refund

1. Open **Settings → Billing**.
2. Choose the invoice, e.g. the newest one.
3. Select *Request a review*.

The team answers within five days. It writes an email.

## Limits

- An annual plan can be refunded within 14 days.
- Error `PAY-30` is never refunded.
"""
GARDEN = """\
---
title: Watering the garden
source: https://help.example.com/garden
updated: 2026-01-02
---

Tomatoes need water every evening. Roses need water twice a week.
"""


class WordEncoder:
    """Texts with the same words lie close together; each word is a fixed direction."""

    name = "words"
    digest = "0" * 64

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        found = np.zeros((len(texts), 64), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4])
                found[row] += np.random.default_rng(seed).standard_normal(64)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        scaled: Vectors = (found / np.maximum(lengths, 1e-9)).astype(np.float32)
        return scaled

    def encode_parts(self, whole: str, parts: Sequence[str]) -> Vectors:
        return self.encode(parts)


def article(markdown: str, slug: str = "refunds", title: str = "Refund rules") -> Article:
    source = f"https://help.example.com/{slug}"
    return Article("billing", slug, title, source, date(2026, 3, 31), tuple(blocks(markdown)))


def written(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    return folder
