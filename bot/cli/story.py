"""The audit trail of a ticket, told as a story: one plain sentence an entry, and what was said.

A kind that nobody wrote a sentence for is told by its fields, so that nothing is ever left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.cli.door_sentences import SENTENCES as OF_DOORS
from bot.cli.sentences import SENTENCES as OF_THE_RECORD
from bot.cli.ticket_sentences import SENTENCES as OF_TICKETS
from bot.cli.wording import bar, counted, milliseconds
from bot.percent import percent
from storage.queries import EntryView

Body = Mapping[str, Any]
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """One entry told: a sentence, what somebody wrote, and notes on it."""

    sentence: str
    quoted: str = ""
    notes: tuple[str, ...] = ()


def told(view: EntryView) -> Told:
    """Tell one entry."""
    body: Body = view.leaf.get("body", {})
    teller = TELLERS.get(view.row.kind)
    if teller is not None:
        try:
            return teller(body, view.texts)
        except (KeyError, TypeError, ValueError, AttributeError):
            return _by_fields(view)  # somebody altered it, or another version wrote it
    if sentence := SENTENCES.get(view.row.kind):
        quoted = next((view.texts[name] for name in QUOTED if view.texts.get(name)), "")
        return Told(sentence.format_map(_Words(body)), quoted)
    return _by_fields(view)


class _Words(dict[str, str]):
    """An entry's fields as words of a sentence; what is not there is passed over."""

    def __init__(self, body: Body) -> None:
        super().__init__({name: _word(value) for name, value in body.items()})

    def __missing__(self, key: str) -> str:
        return "…"


def _word(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_word, value)) or "nobody"
    return str(value).replace("_", " ")


QUOTED = ("text", "reply", "draft", "note", "reason", "arguments", "notice", "answer", "comment")
"""Texts to quote under a sentence; the first that is there."""

SENTENCES = {
    **OF_THE_RECORD,
    **OF_TICKETS,
    **OF_DOORS,
    "ticket:opened": "The ticket was opened, from {source}.",
    "message:received": "The {author} wrote:",
    "message:retracted": "Its author took the message back: it was {why}.",
    "turn:resumed": "The turn had been cut off and began again.",
    "turn:stopped": "Somebody stopped the desk while it was at work.",
    "turn:ended": "The turn ended: {outcome}.",
    "answer:failed": "The specialist failed: {fault}.",
    "reply:withheld": "The reply was not posted: {why}.",
    "ticket:escalated": "It goes to a human: {reason}.",
    "post:failed": "It could not be posted: {fault}.",
    "post:withdrawn": "It stood there twice and was taken back once.",
    "draft:held": "The reply waits for staff to let it out:",
    "ticket:taken-over": "Somebody of the staff took the thread over.",
    "human:replied": "Somebody of the staff answered:",
    "ticket:handed-back": "The desk follows the thread again.",
    "ticket:resolved": "The matter is done ({reason}), said {role}.",
    "ticket:rerouted": "A person ({role}) chose {target} to answer.",
    "ticket:placed": "The ticket got a thread of its own.",
    "tool:proposed": "The tool {tool} would change something and waits for a person:",
    "feedback:given": "Feedback ({role}): {vote}.",
    "act:refused": "Refused: {act} ({why}).",
    "erasure:requested": "Somebody asked for what they wrote to be forgotten.",
    "payload:erased": "Texts of this ticket were erased for good ({basis}, {run}).",
    "ticket:forgotten": "The requester was erased: the ticket is closed ({run}).",
    "erasure:filed": "The erasure {erasure} was asked for ({basis}).",
    "erasure:approved": "The erasure {erasure} was approved ({basis}).",
    "erasure:refused": "The erasure {erasure} was not carried out: {why}.",
    "erasure:done": "The erasure {erasure} is done: {erased} texts of {entries} entries.",
    "hold:placed": "Held from being erased, as {hold}:",
    "hold:release-asked": "Somebody asked for the hold {hold} to be released.",
    "hold:released": "A second person released the hold {hold}.",
    "workspace:left": "The workspace {workspace} removed the desk.",
    "workspace:returned": "The workspace {workspace} is back.",
    "audit:searched": "The log was searched: {count} entries were shown.",
    "audit:viewed": "The log was looked at: {count} entries.",
    "audit:exported": "{count} entries were taken away as {form}.",
    "plugin:granted": "The operator granted {specialist} what it asks for: {hosts}, {secrets}.",
    "plugin:revoked": "The operator took back what {specialist} had been granted.",
    "plugin:disabled": "The operator switched {name} off.",
    "plugin:enabled": "The operator switched {name} on.",
    "plugin:mode-set": "The operator put {specialist} into the mode {mode} {workspace} {channel}.",
    "observer:failed": "The observer {observer} did not take what it was given: {fault}.",
    "knowledge:renewed": "{source} brought {articles} articles to {specialist}.",
}


def _gated(body: Body, _: Texts) -> Told:
    taken = "The desk takes it up" if body["admitted"] else "The desk lets it pass"
    return Told(f"{taken} (rule: {_word(body['rule'])}).")


def _decided(body: Body, _: Texts) -> Told:
    decision = body["decision"]
    matter = f" for matter {body['part'] + 1} of {body['parts']}" if body["parts"] > 1 else ""
    sentence = f"The router agent decided{matter}: {decision['band']}. {decision['reason']}"
    notes = [_considered(other) for other in decision["alternatives"]]
    by = f"decided by {_word(decision['decided_by'])}"
    return Told(sentence, "", (*notes, f"{by}, {decision['model']}" if decision["model"] else by))


def _considered(other: Body) -> str:
    sure = other["confidence_bp"]
    why = other["why_not"] or f"chosen; needs {percent(other['threshold_bp'])}"
    return f"{bar(sure)} {percent(sure):>5}  {other['specialist']}: {why}"


def _of_plugin(what: str) -> Callable[[Body, Texts], Told]:
    """Teller of something that became of the plugin that the entry names."""

    def told(body: Body, _: Texts) -> Told:
        plugin = body["plugin"]
        by = f"{plugin['specialist']} ({plugin['distribution']} {plugin['version']})"
        return Told(f"{by} {what}")

    return told


def _drafted(body: Body, texts: Texts) -> Told:
    plugin = body["plugin"]
    by = f"{plugin['specialist']} ({plugin['distribution']} {plugin['version']})"
    again = f", attempt {body['attempt'] + 1}" if body["attempt"] else ""
    sentence = f"{by} drafted a {body['answer']} in {milliseconds(body['duration_us'])}{again}:"
    cited = dict.fromkeys(zip(body["titles"], body["sources"], strict=False))
    return Told(sentence, texts.get("draft", ""), tuple(f"from {t}: {s}" for t, s in cited))


def _judged(verb: str, what: str = "it") -> Callable[[Body, Texts], Told]:
    def tell(body: Body, _: Texts) -> Told:
        verdict = body["verdict"]
        failed = [check for check in verdict["checks"] if not check["passed"]]
        passed = counted(len(verdict["checks"]) - len(failed), "check")
        notes = [
            f"{check['check']}: {objection['message']}"
            for check in failed
            for objection in check["objections"]
        ]
        against = f", {len(failed)} did not" if failed else ""
        return Told(
            f"The validator agent {verb} {what}: {passed} passed{against}.", "", tuple(notes)
        )

    return tell


def _handed(body: Body, texts: Texts) -> Told:
    if body.get("refused"):
        sentence = f"{body['source']} would hand over to {body['target']}: {body['refused']}."
    else:
        sentence = f"{body['source']} handed the matter to {body['target']}."
    packet = texts.get("packet", "")
    return Told(sentence, texts.get("reason", ""), (f"it went with: {packet}",) if packet else ())


def _called(body: Body, _: Texts) -> Told:
    cached = body["cache_read_tokens"]
    went_in = body["input_tokens"] + cached + body["cache_write_tokens"]
    known = f" ({cached:,} of them cached)" if cached else ""
    tokens = f"{went_in:,} tokens in{known}, {body['output_tokens']:,} out"
    cost = f"${body['cost_microusd'] / 1_000_000:.6f}"
    fault = f", and failed: {_word(body['fault'])}" if body["fault"] else ""
    took = milliseconds(body["latency_us"])
    model = body["returned"] or body["requested"]
    sentence = f"{model} was asked as {body['role']}: {tokens}, {cost}, {took}{fault}."
    again = ", ".join(map(_word, body.get("retried", ())))
    attempts = counted(body["attempts"], "attempt") + (f"; before: {again}" if again else "")
    return Told(sentence, "", (f"prompt {body['prompt']}, {attempts}",))


def _tool(body: Body, texts: Texts) -> Told:
    ended = "failed" if body["failed"] else "ran"
    sentence = f"The tool {body['tool']} {ended} in {milliseconds(body['duration_us'])}:"
    return Told(sentence, texts.get("arguments", ""), (texts.get("result", ""),))


def _intended(body: Body, texts: Texts) -> Told:
    return Told(f"About to be posted, once ({body['outcome']}):", texts.get("post", ""))


def _posted(body: Body, _: Texts) -> Told:
    found = " It had been posted before the desk was cut off." if body["found"] else ""
    return Told(f"It is visible as {body['external']}.{found}")


def _quieted(body: Body, _: Texts) -> Told:
    now = "The desk keeps quiet in the thread" if body["quiet"] else "The desk speaks again"
    return Told(f"{now} ({_word(body['why'])}).")


def _draft_approved(body: Body, texts: Texts) -> Told:
    changed = ", changed to:" if body.get("edited") else "."
    return Told(f"Staff let the draft out{changed}", texts.get("draft", ""))


TELLERS: Mapping[str, Callable[[Body, Texts], Told]] = {
    "message:gated": _gated,
    "route:decided": _decided,
    "answer:drafted": _drafted,
    "reply:approved": _judged("approved"),
    "reply:rejected": _judged("rejected"),
    "notice:approved": _judged("approved", "what the desk says"),
    "notice:rejected": _judged("rejected", "what the desk was about to say"),
    "handoff:made": _handed,
    "model:called": _called,
    "tool:called": _tool,
    "plugin:rested": _of_plugin("failed several times in a row and is left alone for a while."),
    "plugin:restored": _of_plugin("was tried again and serves."),
    "plugin:quarantined": _of_plugin("failed after every rest and is not asked any more."),
    "plugin:blocked": _of_plugin("held up the whole desk."),
    "post:intended": _intended,
    "post:done": _posted,
    "thread:quieted": _quieted,
    "draft:approved": _draft_approved,
}


def _by_fields(view: EntryView) -> Told:
    body: Body = view.leaf.get("body", {})
    return Told(f"{view.row.kind}:", "", tuple(_fields(body)))


def _fields(body: Body) -> Iterator[str]:
    for name, value in body.items():
        yield f"{_word(name)}: {_word(value)}"
