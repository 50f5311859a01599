from __future__ import annotations

import pytest

from router.classify.language import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ich kann mich seit heute nicht mehr anmelden.", "de"),
        ("Bonjour, je n'arrive pas à me connecter à mon compte", "fr"),
        ("Hola, no puedo iniciar sesión en mi cuenta desde ayer", "es"),
        ("ログインできません", "ja"),
        ("Здравствуйте, где найти счёт?", "ru"),
    ],
)
def test_plain_other_language_is_told(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2",
        "ok merci",
        "error ECONNREFUSED 10.0.0.1",
        "dashboard widget export CSV",
        "are you an actual human",
        "latitude and longitude please",
        "I cannot open the Rechnung",
        "Where is the invoice for Müller GmbH?",
    ],
)
def test_short_or_mixed_text_is_taken_for_english(text: str) -> None:
    assert detect_language(text) == "en"
