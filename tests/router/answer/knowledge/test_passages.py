from hypothesis import given, settings
from hypothesis import strategies as st

from router.answer.knowledge.passages import MOST_WORDS, split
from tests.router.answer.knowledge.parts import REFUNDS, article

BODY = REFUNDS.partition("---\n\n")[2]
PIECES = st.sampled_from(
    [
        "# Heading",
        "## Refund rules",
        "Some words. More words, e.g. these! `code. X` ends.",
        "- item\n- another\n    - nested\n",
        "1. first\n2. second **bold",
        "| a | b |\n|---|---|\n| c | d |",
        "```\ncode\n\nmore\n```",
        "> quoted\n> text",
        "<div>html</div>",
        "[link](http://x.example 'title') ![image](y.png)",
        "~~~\nunclosed",
        "* * *",
        "\\# escaped\\\nbreak",
        "👩‍👩‍👧 Größe 日本語。終わり。",
        "\u202e\u200bhidden",
        "word " * 150,
    ]
)


def test_passage_has_its_articles_facts_and_a_stable_id() -> None:
    (passage,) = split(article(BODY))
    assert passage.id.startswith("billing/refunds#1-")
    assert passage.source == "https://help.example.com/refunds"
    assert passage.id == split(article(BODY))[0].id
    assert passage.id != split(article(BODY + "\nOne more."))[0].id


def test_text_has_headings_steps_and_items_in_order() -> None:
    (passage,) = split(article(BODY))
    assert passage.text.startswith("Refunds are decided by the billing team.\n\n## Ask for a")
    assert "1. Open Settings → Billing.\n2. Choose the invoice, e.g. the newest one.\n3." in (
        passage.text
    )
    assert passage.text.endswith(
        "## Limits\n\n- An annual plan can be refunded within 14 days."
        "\n- Error `PAY-30` is never refunded."
    )


def test_long_section_is_cut_between_sentences_and_keeps_its_heading() -> None:
    sentence = "This sentence has exactly seven words inside."
    found = split(article("## Long\n\n" + " ".join([sentence] * 60)))
    assert len(found) > 2
    for passage in found:
        heading, text = passage.text.split("\n\n")
        assert heading == "## Long"
        assert text == " ".join([sentence] * (len(text) // len(sentence)))
        assert len(text.split()) <= MOST_WORDS


def test_long_list_is_cut_between_items() -> None:
    items = [f"- item {number} with some words behind it" for number in range(60)]
    found = split(article("\n".join(items)))
    assert "\n".join(passage.text for passage in found).splitlines() == items


def test_small_sections_share_a_passage_and_large_ones_do_not() -> None:
    small = "\n\n".join(f"## Part {n}\n\n" + "word " * 20 for n in range(3))
    large = "\n\n".join(f"## Part {n}\n\n" + "word " * 100 for n in range(3))
    assert len(split(article(small))) == 1
    assert len(split(article(large))) == 3


@settings(max_examples=60)
@given(st.lists(PIECES, max_size=8))
def test_odd_markdown_gives_passages_with_unique_ids_that_lose_no_block(pieces: list[str]) -> None:
    given_article = article("\n\n".join(pieces))
    found = split(given_article)
    assert len({passage.id for passage in found}) == len(found)
    said = "".join("".join(passage.text.split()) for passage in found)
    for block in given_article.blocks:
        for line in block.lines:
            for word in line.split():
                assert word in said
