from __future__ import annotations

import json
import sys
import threading
import time

import pytest

from bot.plugins import Quarantined, Reason, Registry, load_plugins
from bot.plugins.discovery import Candidate
from frontdesk import Reply, Specialist
from frontdesk.testing import FakeContext, make_passage, make_ticket
from tests.bot.plugins.conftest import Install


def load(*candidates: Candidate, disabled: tuple[str, ...] = (), seconds: float = 5.0) -> Registry:
    return load_plugins(disabled, seconds, candidates=candidates)


def kept_out(registry: Registry) -> Quarantined:
    (one,) = registry.quarantined
    return one


def let_finish(candidate: Candidate) -> None:
    """Wait for the thread of a plugin that took too long."""
    for thread in threading.enumerate():
        if thread.name == f"load:{candidate.name}":
            thread.join(5)


def test_built_in_specialists_come_by_entry_point() -> None:
    registry = load_plugins()
    assert {"billing", "product", "technical"} <= set(registry.specialists)
    billing = registry.specialists["billing"]
    assert (billing.entry_point, billing.plugin.distribution) == ("billing", "frontdesk")
    assert billing.specialist.knowledge is not None


def test_plugin_without_fault_serves(install: Install) -> None:
    registry = load(install(name="mine"))
    loaded = registry.specialists["one"]
    assert (loaded.entry_point, loaded.plugin.specialist) == ("mine", "one")
    assert (loaded.plugin.distribution, loaded.plugin.version) == ("a-stranger", "1.0")
    assert not registry.quarantined


def test_empty_offer_is_no_fault(install: Install) -> None:
    registry = load(install(offer="[]"))
    assert (dict(registry.specialists), registry.quarantined) == ({}, ())


@pytest.mark.parametrize(
    ("body", "reason", "named"),
    [
        ("1 / 0", Reason.IMPORT_FAILED, "ZeroDivisionError: division by zero"),
        ("raise SystemExit(3)", Reason.IMPORT_FAILED, "SystemExit: 3"),
        ("raise KeyboardInterrupt", Reason.IMPORT_FAILED, "KeyboardInterrupt"),
        ("raise BaseException('odd')", Reason.IMPORT_FAILED, "odd"),
        ("def broken(:", Reason.IMPORT_FAILED, "SyntaxError"),
        ("frontdesk_api = 2", Reason.WRONG_API_VERSION, "API version 2"),
        ("frontdesk_api = 'x'", Reason.WRONG_API_VERSION, "'x'"),
        ("@hookimpl\ndef register_specialist(): ...", Reason.UNKNOWN_HOOK, "register_specialist"),
    ],
)
def test_faulty_module_is_kept_out(install: Install, body: str, reason: Reason, named: str) -> None:
    one = kept_out(load(install(body)))
    assert one.reason is reason
    assert named in one.message


@pytest.mark.parametrize(
    ("offer", "reason", "named"),
    [
        ("1 / 0", Reason.HOOK_FAILED, "ZeroDivisionError"),
        ("exit()", Reason.HOOK_FAILED, "SystemExit"),
        ("None", Reason.BAD_SPECIALIST, "NoneType instead of a list"),
        ("'one'", Reason.BAD_SPECIALIST, "str instead of a list"),
        ("[One]", Reason.BAD_SPECIALIST, "One()"),
        ("[42]", Reason.BAD_SPECIALIST, "no name"),
        ("[One(name='No Good')]", Reason.BAD_SPECIALIST, "'No Good'"),
        ("[One(), One()]", Reason.DUPLICATE_NAME, "two of that name"),
    ],
)
def test_faulty_offer_is_kept_out(install: Install, offer: str, reason: Reason, named: str) -> None:
    one = kept_out(load(install(offer=offer)))
    assert one.reason is reason
    assert named in one.message


def test_hook_that_wants_arguments_is_kept_out(install: Install) -> None:
    body = "@hookimpl\ndef register_specialists(settings): return [One()]"
    one = kept_out(load(install(body, offer=None)))
    assert one.reason is Reason.HOOK_FAILED
    assert "settings" in one.message


def test_unmarked_hook_is_kept_out(install: Install) -> None:
    one = kept_out(load(install("def register_specialists(): return [One()]", offer=None)))
    assert one.reason is Reason.NO_HOOK


def test_error_names_the_plugins_own_line(install: Install) -> None:
    candidate = install("raise ValueError('no')")
    assert f"{candidate.name}.py, line 7" in kept_out(load(candidate)).message


def test_missing_module_is_not_blamed_on_our_files(install: Install) -> None:
    candidate = install("import something_nobody_installed")
    one = kept_out(load(candidate))
    assert one.advice.startswith("install something_nobody_installed")


def test_name_the_contract_lacks_points_at_the_version(install: Install) -> None:
    one = kept_out(load(install("from frontdesk import Telepathy")))
    assert "API version 1" in one.advice


def test_first_comer_keeps_a_name(install: Install) -> None:
    registry = load(install(name="first"), install(name="second"))
    assert registry.specialists["one"].entry_point == "first"
    assert kept_out(registry).reason is Reason.DUPLICATE_NAME


def test_taken_name_costs_the_whole_plugin(install: Install) -> None:
    registry = load(install(), install(offer="[One(name='two'), One()]"))
    assert set(registry.specialists) == {"one"}


def test_name_taken_by_the_desk_is_refused(install: Install) -> None:
    registry = load_plugins(names_taken=["one"], candidates=[install()])
    assert "the desk itself" in kept_out(registry).message


def test_second_entry_point_of_a_name_is_not_even_imported(install: Install) -> None:
    second = install("raise AssertionError", name="same", distribution="other")
    one = kept_out(load(install(name="same"), second))
    assert (one.reason, one.distribution) == (Reason.DUPLICATE_ENTRY_POINT, "other")


@pytest.mark.parametrize("name", ["mine", "a-stranger", "A_Stranger"])
def test_disabled_plugin_is_not_imported(install: Install, name: str) -> None:
    registry = load(install("raise AssertionError", name="mine"), disabled=(name,))
    assert kept_out(registry).reason is Reason.DISABLED
    assert not registry.faults
    assert not registry.unmatched


def test_disabled_specialist_is_left_out_and_its_sibling_serves(install: Install) -> None:
    registry = load(install(offer="[One(), One(name='two')]"), disabled=("two",))
    assert set(registry.specialists) == {"one"}
    assert kept_out(registry).specialist == "two"


def test_name_that_nothing_is_called_is_reported(install: Install) -> None:
    assert load(install(), disabled=("bilingg", " ")).unmatched == ("bilingg",)


def test_hanging_plugin_costs_its_time_limit_and_no_more(install: Install) -> None:
    started = time.monotonic()
    registry = load(install("import time; time.sleep(60)"), install(), seconds=0.3)
    assert time.monotonic() - started < 5
    assert set(registry.specialists) == {"one"}
    assert kept_out(registry).reason is Reason.TIMED_OUT
    assert "being imported" in kept_out(registry).message


def test_plugin_that_comes_too_late_stays_out(install: Install) -> None:
    body = "import threading; threading.Event().wait(0.4)"
    candidate = install(body)
    registry = load(candidate, seconds=0.1)
    let_finish(candidate)
    assert not registry.specialists


def test_what_a_plugin_prints_is_no_output_of_ours(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    candidate = install("print('hello'); import sys; sys.stdout.write('there')")
    before = sys.stdout
    registry = load(candidate)
    assert sys.stdout is before
    sys.stdout.write(json.dumps(registry.as_json()))
    last = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(last)["specialists"][0]["name"] == "one"


def test_late_print_of_a_hanging_plugin_goes_nowhere_near_stdout(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    body = "import threading; threading.Event().wait(0.4); print('too', 'late')"
    candidate = install(body)
    load(candidate, seconds=0.1)
    let_finish(candidate)
    print("ours")
    printed = capsys.readouterr().out
    assert printed.endswith("ours\n")
    assert "too late" not in printed


def test_stream_that_a_plugin_kept_leads_to_stderr(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    body = "import sys; stream = sys.stdout"
    candidate = install(body)
    load(candidate)
    sys.modules[candidate.name].stream.write("kept")
    captured = capsys.readouterr()
    assert "kept" in captured.err
    assert "kept" not in captured.out


def test_error_that_breaks_its_own_telling_is_kept_out(install: Install) -> None:
    body = """
    class Odd(ImportError):
        name = property(lambda self: 1 / 0)
    raise Odd
    """
    assert kept_out(load(install(body))).reason is Reason.IMPORT_FAILED


async def test_object_of_another_class_is_given_the_defaults(install: Install) -> None:
    body = """
    class Plain:
        name = "plain"
        handles = "what plain objects handle"
    """
    specialist = load(install(body, offer="[Plain()]")).specialists["plain"].specialist
    assert isinstance(specialist, Specialist)
    assert (specialist.title, specialist.examples, specialist.knowledge) == ("", (), None)
    found = make_passage("It takes two days.")
    answer = await specialist.answer(make_ticket("how long"), FakeContext(passages=[found]))
    assert isinstance(answer, Reply)
    assert answer.text == "It takes two days."


async def test_specialist_answers_as_its_author_wrote_it(install: Install) -> None:
    body = """
    from frontdesk import Question
    class Plain:
        name = "plain"
        handles = "what plain objects handle"
        async def answer(self, ticket, context):
            return Question(ticket.text)
    """
    specialist = load(install(body, offer="[Plain()]")).specialists["plain"].specialist
    answer = await specialist.answer(make_ticket("why?"), FakeContext())
    assert getattr(answer, "text", None) == "why?"


def test_facts_are_read_once(install: Install) -> None:
    body = """
    class Moody(One):
        told = 0
        @property
        def title(self):
            self.told += 1
            return "" if self.told < 4 else 1 / 0
    """
    registry = load(install(body, offer="[Moody()]"))
    titles = {registry.specialists["one"].specialist.title for _ in range(10)}
    assert titles == {""}


def test_fact_that_raises_is_kept_out(install: Install) -> None:
    body = "class Odd(One):\n    examples = property(lambda self: 1 / 0)\n"
    one = kept_out(load(install(body, offer="[Odd()]")))
    assert one.reason is Reason.BAD_SPECIALIST
    assert "ZeroDivisionError" in one.message


def test_registry_as_json_is_plain_data(install: Install) -> None:
    registry = load(install(name="mine"), install("1 / 0", name="bad"), disabled=("nobody",))
    told = json.loads(json.dumps(registry.as_json()))
    assert told["specialists"][0]["plugin"] == "mine"
    assert told["quarantined"][0]["reason"] == "import_failed"
    assert told["unmatched"] == ["nobody"]
