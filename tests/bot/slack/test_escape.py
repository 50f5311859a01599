"""Nothing that a model wrote does anything in Slack."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack import escape
from bot.slack.split import pieces
from router.validate.addresses import addresses

HOSTS = frozenset({"help.example.com"})


@pytest.mark.parametrize(
    "text",
    [
        "<!channel>",
        "<!subteam^S1>",
        "<@U1>",
        "<https://evil.example|help>",
        "[help](https://evil.example/x)",
        "![x](https://evil.example/x.png)",
        "https://evil.example/?q=secret",
        "evil-bank.com",
        "[help.example.com](https://evil.example)",
        "http://help.example.com",
        "javascript:alert(1)",
        "[x][1]\n\n[1]: https://evil.example",
        "<\u200b!channel>",
    ],
)
def test_control_or_unknown_link_is_dead(text: str) -> None:
    shown = escape.markdown(text, HOSTS)
    assert "<" not in shown
    assert "evil" not in shown
    assert "http://" not in shown
    assert "javascript:" not in shown


def test_links_to_known_hosts_stay() -> None:
    text = "See [the guide](https://help.example.com/guide) or https://help.example.com/more."
    assert escape.markdown(text, HOSTS) == text


def test_entities_of_a_model_are_shown_as_they_stand() -> None:
    assert escape.markdown("&lt;!channel&gt;", HOSTS) == "&amp;lt;!channel&amp;gt;"


def test_quotes_and_lists_keep_their_look() -> None:
    text = "> quoted\n- one\n- two\n\n`a < b`"
    assert escape.markdown(text, HOSTS) == "> quoted\n- one\n- two\n\n`a &lt; b`"


def test_title_cannot_end_its_link() -> None:
    link = escape.source_link("A|B> <!here>", "https://help.example.com/a?b=1&c=2", HOSTS)
    assert link == "<https://help.example.com/a?b=1&amp;c=2|A/B&gt; &lt;!here&gt;>"
    assert escape.source_link("Guide", "guide.md", HOSTS) == "Guide"
    assert escape.source_link("Guide", "https://evil.example", HOSTS) == "Guide"


@given(st.text())
def test_no_text_gets_past(text: str) -> None:
    shown = escape.markdown(text, ())
    assert "<" not in shown
    assert [one for one in addresses(shown) if "://" in one.target] == []


@given(st.text(alphabet="ab .\n`", max_size=3_000), st.integers(20, 200))
def test_pieces_hold_everything_within_their_size(text: str, most: int) -> None:
    made = pieces(text, most)
    assert all(len(piece) <= most for piece in made)
    plain = str.maketrans("", "", " \n`")
    assert "".join(made).translate(plain) == text.translate(plain)


def test_code_that_is_cut_is_closed_and_opened_again() -> None:
    text = "```\n" + "\n".join(f"line {n}" for n in range(40)) + "\n```"
    made = pieces(text, 120)
    assert all(piece.count("```") % 2 == 0 for piece in made)
