from router.answer.knowledge.pieces import sections
from router.answer.knowledge.units import UnitKind, units

TEXT = (
    "Lead.\n\n## One\n\n1. a\n2. b\n\nYou then see it. It is blue. Done here.\n\nTo call:\n\n"
    "```\nx\n```\n\n- item"
)


def pieces(text: str) -> list[list[str]]:
    found = [unit for unit in units(text) if unit.kind is not UnitKind.HEADING]
    return [[text[p.start : p.end] for p in section] for section in sections(found, text)]


def test_steps_leaning_sentences_and_announced_code_stay_together() -> None:
    assert pieces(TEXT) == [
        ["Lead."],
        [
            "1. a\n2. b\n\nYou then see it. It is blue.",
            "Done here.",
            "To call:\n\n```\nx\n```",
            "- item",
        ],
    ]
