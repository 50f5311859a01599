"""The routing tasks: public messages grouped under specialists, as a plugin would describe them.

Reads development parts only. Nothing of the data is kept in this repository; the descriptions of
specialists that the data does not bring along were written for this benchmark.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

from router.classify.profiles import Profile

CLINC_DESCRIPTIONS = {
    "banking": "Bank accounts. Account balance, transactions and spending history, transfers "
    "between accounts, routing numbers, paying bills, minimum payments and due dates, interest "
    "rates, ordering cheques, changing the PIN, freezing or unblocking an account, reporting "
    "fraud.",
    "credit_cards": "Credit cards. Applying for a new card, application status, credit limit, "
    "credit score, annual percentage rate, reward points, foreign transaction fees, expiry date, "
    "declined, damaged, lost or stolen cards, how long a replacement card takes.",
    "kitchen_and_dining": "Cooking and restaurants. Recipes, ingredients and what to use instead, "
    "cooking time, calories and nutrition, how long food keeps, ideas for meals, finding and "
    "reviewing restaurants, reserving a table, confirming or cancelling a reservation, how long "
    "the wait for a table is.",
    "home": "Home, lists and music. To-do list, shopping list, reminders, calendar events, smart "
    "home devices such as lights and thermostat, playing a song, adding songs to a playlist, "
    "naming the song that is playing, ordering goods, the status of an order.",
    "auto_and_commute": "Cars and commuting. Directions, distance and travel time, traffic, "
    "current location, booking a ride, fuel level, kind of fuel, miles per gallon, tyre pressure, "
    "changing a tyre, changing oil, jump starting a battery, scheduling car maintenance.",
    "travel": "Travel. Booking a flight, booking a hotel, renting a car, flight status, lost "
    "luggage, carry-on rules, visas, vaccinations, travel alerts, sights at a destination, plug "
    "types, time zones, exchange rates, translating a phrase, telling the bank about a trip.",
    "utility": "Everyday helpers. Weather forecast, the time, the date, setting an alarm, setting "
    "a timer, calculating, converting units, spelling a word, defining a word, flipping a coin, "
    "rolling dice, making a phone call, sending a text message, finding a lost phone, sharing a "
    "location.",
    "work": "Working life. Vacation days left, used or requested, public holidays, scheduling a "
    "meeting, meetings of the day, payday, salary, direct deposit, taxes, W-2 form, health "
    "insurance, changing insurance, rolling over a 401k.",
    "small_talk": "Small talk with the assistant. Hello, thank you, goodbye, tell a joke, a fun "
    "fact, the meaning of life, what is your name, how old are you, where are you from, your "
    "hobbies, your pets, who made you, whom do you work for, are you a bot, what can you do.",
    "meta": "Settings of the assistant and bare answers. Yes, no, maybe, cancel that, repeat that, "
    "changing the language, accent, volume, talking speed or name of the assistant, what to call "
    "the user, whisper mode, syncing a device, resetting the settings.",
}
FIVE = ("banking", "credit_cards", "kitchen_and_dining", "home", "auto_and_commute")
QUEUE3 = ("billing", "technical", "product")


@dataclass(frozen=True, slots=True)
class Message:
    """A labelled message: `fine` is the data's own label, `specialist` its group."""

    text: str
    fine: str
    specialist: str


@dataclass(frozen=True, slots=True)
class Task:
    """Messages to draw examples from, others to measure on, and some that are for nobody."""

    name: str
    descriptions: dict[str, str]
    pool: tuple[Message, ...]
    measured: tuple[Message, ...]
    nobody: tuple[str, ...] = ()

    def profiles(self, examples: int, seed: int = 0) -> list[Profile]:
        """The specialists with so many examples each, spread over the fine labels."""
        chosen = random.Random(seed)
        return [
            Profile(name, name, about, tuple(_drawn(self.pool, name, examples, chosen)))
            for name, about in sorted(self.descriptions.items())
        ]


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a file of the data folder."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def specialist_tasks(folder: Path, limit: int) -> dict[str, Task]:
    """The tasks with 3 to 10 specialists; `limit` messages at most are measured on."""
    clinc, far = _clinc(folder)
    five = {name: CLINC_DESCRIPTIONS[name] for name in FIVE}
    near = [message.text for message in clinc[1] if message.specialist not in five]
    bitext, bank = _departments(folder / "bitext"), _departments(folder / "banking77")
    tickets = _queue3(folder)
    return {
        "bitext4": _task("bitext4", bitext[1], _bitext(folder, bitext[0]), far, limit),
        "bank6": _task("bank6", bank[1], _bank(folder, bank[0]), far, limit),
        "clinc10": _task("clinc10", CLINC_DESCRIPTIONS, clinc, far, limit),
        "clinc5": _task("clinc5", five, clinc, near[:: max(1, len(near) // limit)], limit),
        "queue3": _task("queue3", tickets[0], tickets[1], far, limit),
    }


def few_shot_tasks(folder: Path, limit: int) -> dict[str, Task]:
    """One class a fine label, the usual draws of 5 and 10 examples, no descriptions."""
    clinc, bank = rows(folder, "clinc150/val"), rows(folder, "banking77/train")
    hwu = rows(folder, "hwu64/valid")
    drawn = {
        "CLINC150 5-shot": ("fewshot/clinc150_train_5", clinc),
        "CLINC150 10-shot": ("fewshot/clinc150_train_10", clinc),
        "BANKING77 5-shot": ("fewshot/banking77_train_5", bank),
        "BANKING77 10-shot": ("fewshot/banking77_train_10", bank),
        "HWU64 10-shot": ("hwu64/train_10", hwu),
    }
    return {
        name: _few_shot(name, rows(folder, shots), measured, limit)
        for name, (shots, measured) in drawn.items()
    }


def _few_shot(
    name: str, shots: Sequence[dict[str, Any]], measured: Sequence[dict[str, Any]], limit: int
) -> Task:
    pool = tuple(Message(row["text"], row["label"], row["label"]) for row in shots)
    seen = {message.text for message in pool}
    others = [
        Message(row["text"], row["label"], row["label"])
        for row in measured
        if row["text"] not in seen
    ]
    labels = {message.specialist: message.specialist.replace("_", " ") for message in pool}
    return Task(name, labels, pool, _some(others, limit))


def _task(
    name: str,
    descriptions: dict[str, str],
    parts: tuple[Sequence[Message], Sequence[Message]],
    nobody: Sequence[str],
    limit: int,
) -> Task:
    pool, measured = ([m for m in part if m.specialist in descriptions] for part in parts)
    return Task(name, descriptions, tuple(pool), _some(measured, limit), tuple(nobody))


def _some(messages: Sequence[Message], limit: int) -> tuple[Message, ...]:
    shuffled = list(messages)
    random.Random(11).shuffle(shuffled)
    return tuple(shuffled[:limit])


def _drawn(pool: Sequence[Message], name: str, count: int, chosen: random.Random) -> list[str]:
    by_label: dict[str, list[str]] = {}
    for message in pool:
        if message.specialist == name:
            by_label.setdefault(message.fine, []).append(message.text)
    for texts in by_label.values():
        chosen.shuffle(texts)
    labels = sorted(by_label)
    chosen.shuffle(labels)
    wanted = min(count, sum(map(len, by_label.values())))
    found: list[str] = []
    for label in cycle(labels):
        if len(found) >= wanted:
            break
        if by_label[label]:
            found.append(by_label[label].pop())
    return found


def _departments(folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    content = json.loads((folder / "departments.json").read_text("utf-8"))
    groups = {label: name for name, labels in content["departments"].items() for label in labels}
    return groups, content["descriptions"]


def _bitext(folder: Path, groups: dict[str, str]) -> tuple[list[Message], list[Message]]:
    train, dev = (
        [Message(row["text"], row["intent"], groups[row["category"]]) for row in rows(folder, name)]
        for name in ("bitext/train", "bitext/dev")
    )
    return train, dev


def _bank(folder: Path, groups: dict[str, str]) -> tuple[list[Message], list[Message]]:
    found = [
        Message(row["text"], row["label"], groups[row["label"]])
        for row in rows(folder, "banking77/train")
    ]
    random.Random(7).shuffle(found)
    return found[:7_000], found[7_000:]


def _clinc(folder: Path) -> tuple[tuple[list[Message], list[Message]], list[str]]:
    domains = json.loads((folder / "clinc150/domains.json").read_text("utf-8"))
    groups = {label: name for name, labels in domains.items() for label in labels}
    train, val = (
        [Message(row["text"], row["label"], groups[row["label"]]) for row in rows(folder, name)]
        for name in ("clinc150/train", "clinc150/val")
    )
    far = [
        row["text"] for part in ("oos_train", "oos_val") for row in rows(folder, f"clinc150/{part}")
    ]
    return (train, val), far


def _queue3(folder: Path) -> tuple[dict[str, str], tuple[list[Message], list[Message]]]:
    content = json.loads((folder / "tickets/departments.json").read_text("utf-8"))
    groups, about = content["queue3"], content["descriptions"]
    found = [
        Message(row["text"], row["queue"], groups[row["queue"]])
        for row in rows(folder, "tickets/train_en")
        if row["queue"] in groups
    ]
    random.Random(7).shuffle(found)
    cut = len(found) * 6 // 10
    return {name: about[name] for name in QUEUE3}, (found[:cut], found[cut:])
