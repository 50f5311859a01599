"""What others wrote is shown, and acts on nothing."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.terminal import SafeConsole, safe, safe_json, steers

EVIL = "a\x1b[2J\x9b5m\u202eb\ud800\u2028"


@given(text=st.text(st.characters()))
def test_safe_text_holds_nothing_that_a_terminal_acts_on(text: str) -> None:
    assert not any(map(steers, safe(text)))


@pytest.mark.parametrize(
    "text", ["Grüße\n\tan alle", "1\N{NO-BREAK SPACE}000 €", "👨\u200d👩\u200d👧", "日本"]
)
def test_ordinary_text_of_any_language_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


@given(text=st.text(st.characters()))
def test_safe_json_says_the_same(text: str) -> None:
    line = safe_json(json.dumps({"text": text}, ensure_ascii=False))

    assert json.loads(line) == {"text": text}
    assert not any(map(steers, line))


def test_console_makes_everything_safe_whichever_way_it_is_printed() -> None:
    table = Table(title=EVIL)
    table.add_column(EVIL)
    table.add_row(Text(EVIL))
    written = io.StringIO()
    console = SafeConsole(file=written, force_terminal=True, width=60)

    console.print(EVIL, Text(EVIL), Panel(EVIL, title=EVIL), table)

    assert "\x1b[2J" not in written.getvalue()
    assert not {"\x9b", "\u202e", "\ud800"} & set(written.getvalue())
