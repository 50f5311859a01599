"""A bad line costs only itself, and is reported with its number."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.triage.reading import LONGEST, BadLine, Row, TicketFileError, read_tickets


def read(folder: Path, name: str, content: str | bytes) -> list[Row | BadLine]:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_tickets(path))


def test_csv_rows_keep_their_line_text_and_expectation(tmp_path: Path) -> None:
    rows = read(tmp_path, "t.csv", 'id,text,expected\n1,"two\nlines",billing\n2,other,\n')

    assert rows == [Row(3, "1", "two\nlines", "billing"), Row(4, "2", "other", None)]


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    rows = read(tmp_path, "t.csv", "\ufeffid,text\n1,hello\n")

    assert rows == [Row(2, "1", "hello")]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{not json", "not readable as JSON"),
        ("[1, 2]", "not an object"),
        ('{"text": "no id"}', "the id is missing"),
        ('{"id": true, "text": "x"}', "the id is missing"),
        ('{"id": 1, "text": "   "}', "the text is missing"),
        ('{"id": 1, "text": 7}', "the text is missing"),
        ('{"id": 1, "text": "a\\u0000b"}', "not UTF-8 text"),
        ('{"id": 1, "text": "\\ud800"}', "not UTF-8 text"),
        (json.dumps({"id": 1, "text": "x" * (LONGEST + 1)}), "is the most"),
        ("[" * 100_000, "not readable as JSON"),
        ('{"id": 1, "text": "x", "n": ' + "9" * 5_000 + "}", "not readable as JSON"),
        (json.dumps({"id": "i" * 501, "text": "x"}), "the id has more than 500 characters"),
        ('{"id": 1, "text": "x", "expected": ["billing"]}', "what is expected is no text"),
    ],
)
def test_a_bad_line_is_reported_and_the_next_one_is_read(
    tmp_path: Path, line: str, problem: str
) -> None:
    bad, good = read(tmp_path, "t.jsonl", f'{line}\n{{"id": "ok", "text": "fine"}}\n')

    assert isinstance(bad, BadLine)
    assert bad.line == 1
    assert problem in bad.problem
    assert good == Row(2, "ok", "fine")


def test_a_text_with_commas_and_no_quotes_is_reported_and_not_cut(tmp_path: Path) -> None:
    cut, whole, trailing = read(tmp_path, "t.csv", 'id,text\n1,a, b\n2,"a, b"\n3,c,\n')

    assert cut == BadLine(2, "more fields than columns: put the text in quotes")
    assert whole == Row(3, "2", "a, b")
    assert trailing == Row(4, "3", "c")


def test_a_quote_that_is_never_closed_is_reported_where_it_begins(tmp_path: Path) -> None:
    good, bad = read(tmp_path, "t.csv", 'id,text\n1,one\n2,"two\n3,three\n')

    assert good == Row(2, "1", "one")
    assert isinstance(bad, BadLine)
    assert bad.line == 3
    assert "not readable as CSV" in bad.problem


def test_a_line_that_csv_refuses_still_counts(tmp_path: Path) -> None:
    bad, good = read(tmp_path, "t.csv", f"id,text\n1,{'x' * (17 * LONGEST)}\n2,two\n")

    assert isinstance(bad, BadLine)
    assert bad.line == 2
    assert good == Row(3, "2", "two")


def test_column_names_may_have_capitals_and_spaces(tmp_path: Path) -> None:
    rows = read(tmp_path, "t.csv", "ID, Text,Expected\n1,hello,billing\n")

    assert rows == [Row(2, "1", "hello", "billing")]


def test_bytes_that_are_not_utf8_cost_only_their_line(tmp_path: Path) -> None:
    bad, good = read(tmp_path, "t.csv", b"id,text\n1,caf\xe9\n2,tea\n")

    assert isinstance(bad, BadLine)
    assert good == Row(3, "2", "tea")


def test_an_id_that_comes_again_is_reported_with_its_first_line(tmp_path: Path) -> None:
    _, again = read(tmp_path, "t.csv", "id,text\n1,one\n1,two\n")

    assert again == BadLine(3, "the id '1' stands already in line 2")


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("t.xlsx", "", "give a .csv or .jsonl file"),
        ("t.csv", "number,body\n1,x\n", "names no column id, text"),
        ("t.csv", "", "names no column id, text"),
        ("t.csv", "id;text\n1;x\n", "separated by commas"),
        ("t.csv", "id,text\n1,x\n".encode("utf-16"), "save the file as UTF-8"),
    ],
)
def test_a_file_that_holds_no_tickets_is_refused_as_a_whole(
    tmp_path: Path, name: str, content: str | bytes, problem: str
) -> None:
    with pytest.raises(TicketFileError, match=problem):
        read(tmp_path, name, content)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TicketFileError, match="there is no such file"):
        read_tickets(tmp_path / "gone.csv")


@given(content=st.binary(max_size=400))
def test_any_bytes_give_rows_or_bad_lines(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    rows = read(tmp_path_factory.mktemp("any"), "t.jsonl", content)

    assert all(isinstance(row, Row | BadLine) for row in rows)
