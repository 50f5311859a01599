"""Why a decision was made, put together from what is on record."""

from pathlib import Path

from bot.web.console.record.lanes import Lane, lane_of, steps
from bot.web.console.record.why import why
from bot.web.console.record.worddiff import word_diff
from router.facts import ModelCalled
from storage.people.roles import Role
from storage.queries import Queries
from tests.bot.web.consoles import Bench, console_of
from tests.storage.desk import delivery, gated, routed


async def whole(bench: Bench, number: int):  # type: ignore[no-untyped-def]
    view = await Queries(bench.store).ticket(bench.receipts[number].ticket)
    decision = next(one for one in view.entries if one.row.kind == "route:decided")
    return why(decision, view.entries), view


async def test_chosen_one_comes_first_and_each_other_says_why_not(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        card, _ = await whole(bench, 0)
        assert [(one.specialist, one.chosen) for one in card.considered] == [
            ("billing", True),
            ("technical", False),
        ]
        assert card.considered[1].why_not == "less likely"


async def test_draft_that_went_out_as_it_was_shows_no_change(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        card, _ = await whole(bench, 0)
        assert not card.was_changed
        assert card.attempts[0].approved
        assert card.visible is not None


async def test_held_back_draft_keeps_its_checks_and_nothing_was_posted(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        card, _ = await whole(bench, 1)
        assert not card.attempts[0].approved
        assert [check["passed"] for check in card.attempts[0].checks] == [False]
        assert card.posted is None


async def test_what_staff_changed_is_seen_word_by_word(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        card, _ = await whole(bench, 2)
        assert card.was_changed
        assert [one.row.kind for one in card.people] == ["draft:approved"]
        text = "".join(piece.text for piece in card.changes if piece.kind != "gone")
        assert text == "You get it within three days."


async def test_every_entry_of_a_ticket_has_its_lane_in_order(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        _, view = await whole(bench, 2)
        lanes = {one.row.kind: lane_of(one) for one in view.entries}
        assert lanes["message:received"] is Lane.REQUESTER
        assert lanes["route:decided"] is Lane.ROUTER
        assert lanes["answer:drafted"] is Lane.SPECIALIST
        assert lanes["reply:approved"] is Lane.VALIDATOR
        assert lanes["draft:approved"] is Lane.STAFF
        assert lanes["post:done"] is Lane.SLACK
        told = list(steps(view.entries))
        assert [one.entry.row.seq for one in told] == list(range(1, len(view.entries) + 1))


async def test_every_model_that_was_asked_is_named_with_what_it_took(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        receipt = await bench.store.receive(delivery("with a model"))
        call = ModelCalled(
            ticket=receipt.ticket,
            message=receipt.message,
            actor="agent:router",
            role="router",
            requested="claude-haiku-5-5",
            returned="claude-haiku-5-5-20260901",
            prompt="router/3",
            prompt_digest=bench.digest,
            params_digest="0" * 64,
            request_id="",
            stop_reason="end_turn",
            input_tokens=1200,
            output_tokens=80,
            cache_read_tokens=300,
            cache_write_tokens=0,
            cost_microusd=2500,
            latency_us=640_000,
            attempts=1,
        )
        await bench.store.record(gated(receipt), call, routed(receipt))
        client = await bench.enter("rita", Role.REVIEWER)
        entry = (await bench.rows("route:decided"))[-1].id
        page = (await client.get(f"/entries/{entry}")).text
        assert "claude-haiku-5-5-20260901" in page
        assert "1,500 in, 80 out, $0.00250, 640 ms" in page
        assert f'href="/artifacts/{bench.digest}"' in page


def test_pieces_of_a_difference_give_both_texts_again() -> None:
    before, after = "It takes 3 days, sorry!", "It takes four days."
    pieces = word_diff(before, after)
    assert "".join(one.text for one in pieces if one.kind != "new") == before
    assert "".join(one.text for one in pieces if one.kind != "gone") == after


async def test_prompt_shows_what_changed_since_the_one_before(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        client = await bench.enter("rita", Role.REVIEWER)
        text = (await client.get(f"/artifacts/{bench.digest}")).text
        assert "<del>From the passages.</del>" in text
        assert "<ins>From the passages alone.</ins>" in text
        assert "exactly this digest" in text
        assert (await client.get(f"/artifacts/{'0' * 64}")).status_code == 404
