from router.answer.knowledge.markdown import Block, blocks, without_title


def lines(markdown: str) -> list[tuple[str, ...]]:
    return [block.lines for block in blocks(markdown)]


def test_marks_go_and_code_stays_readable() -> None:
    markdown = "Open **Settings**, *then* [the page](https://a.example) and send `GET /x`."
    assert lines(markdown) == [("Open Settings, then the page and send `GET /x`.",)]


def test_soft_line_break_is_a_space_and_a_hard_one_a_line() -> None:
    assert lines("one\ntwo  \nthree") == [("one two", "three")]


def test_lists_keep_their_numbers_and_levels() -> None:
    markdown = "3. three\n4. four\n   - inner\n\n- alone"
    assert lines(markdown) == [("3. three", "4. four", "  - inner"), ("- alone",)]


def test_code_of_a_list_item_is_kept() -> None:
    assert lines("1. Run this:\n\n   ```\n   make\n   ```\n2. Wait.") == [
        ("1. Run this:", "```\nmake\n```", "2. Wait.")
    ]


def test_table_row_names_its_columns() -> None:
    markdown = "| | Free | Team |\n| --- | --- | --- |\n| Guests | 5 | 25 |\n| People | | 9 |"
    assert lines(markdown) == [("- Guests: Free 5, Team 25", "- People: Team 9")]


def test_blocks_know_all_headings_above_them() -> None:
    found = blocks("# Title\n\na\n\n## Inner\n\nb\n\n### Innermost\n\nc\n\n## Next\n\nd")
    assert [block.heading for block in found] == [
        "Title",
        "Title / Inner",
        "Title / Inner / Innermost",
        "Title / Next",
    ]
    bare = [block.heading for block in without_title(found, "title")]
    assert bare == ["", "Inner", "Inner / Innermost", "Next"]


def test_html_comments_and_pictures_without_text_say_nothing() -> None:
    assert lines("<script>alert(1)</script>\n\n<!-- secret -->\n\n![](x.png)") == []


def test_hidden_characters_are_taken_out() -> None:
    hidden = "\u200b\u202e\U000e0041"
    assert lines(f"Pay{hidden} now.") == [("Pay now.",)]


def test_quotation_is_read_as_text() -> None:
    assert blocks("> quoted\n>\n> - item") == [Block("", ("quoted", "- item"))]
