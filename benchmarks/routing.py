"""Measures the embedded router against its targets: `python -m benchmarks.routing DATA [--quick]`.

DATA is a folder with the public data sets (development parts); what is absent is skipped and said.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer
from platformdirs import user_cache_path
from rich.console import Console
from rich.table import Table

from benchmarks.routing_measures import Measures, averaged, measured
from benchmarks.routing_tasks import Task, few_shot_tasks, specialist_tasks
from router.classify.clean import clean
from router.classify.embedded import EmbeddedRouter
from router.classify.encoder import MiniLmEncoder, load_encoder
from router.classify.scorer import Scorer
from router.ports import Vectors

ABSENT = (
    "so20 (StackOverflow-20): its messages are not in the data folder",
    "full training sets and the fused head (CLINC150 protocol, BANKING77 full): need scikit-learn, "
    "which the desk does not use",
    "against semantic-router: not installed with the desk",
)
WRAPPING = "<@U02AB3C> Hi team :wave:\n\nI hope you are well. {}\n\nThanks a lot in advance!\nAnna"
SMALL = """
import sys, time
from pathlib import Path
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6
before, began = resident(), time.perf_counter()
from router.classify.encoder import load_encoder
from router.classify.embedded import EmbeddedRouter
from router.classify.profiles import Profile
import json
folder = Path(sys.argv[1])
known = json.loads((folder / "profiles.json").read_text())
profiles = [Profile(*p[:3], tuple(p[3])) for p in known]
router = EmbeddedRouter(load_encoder(Path(sys.argv[2])), profiles, cache=folder)
router.decide("where is my card?")
print(time.perf_counter() - began, resident() - before)
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: `met` is None where there is no target."""

    what: str
    target: str
    reached: str
    met: bool | None


class Remembering:
    """An encoder that never encodes a text twice; only for measuring accuracy."""

    def __init__(self, encoder: MiniLmEncoder) -> None:
        self.name, self.digest = encoder.name, encoder.digest
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of `texts`, as the encoder gives them."""
        for text in texts:
            if text not in self._known:
                self._known[text] = self._encoder.encode([text])[0]
        return np.stack([self._known[text] for text in texts])


def main(
    data: Annotated[Path, typer.Argument(help="Folder with the public data sets.")],
    quick: Annotated[bool, typer.Option("--quick", help="Fewer messages, one draw.")] = False,
) -> None:
    """Print a table of what was reached beside the targets."""
    console = Console()
    began = time.perf_counter()
    encoder = load_encoder(user_cache_path("frontdesk"))
    table = Table("what", "target", "reached", "met", title=f"Embedded router, {encoder.name}")
    skipped = list(ABSENT)
    with console.status("measuring…"):
        for group in _groups(data, encoder, quick):
            try:
                for line in group():
                    mark = {True: "[green]yes", False: "[red]no", None: ""}[line.met]
                    table.add_row(line.what, line.target, line.reached, mark)
            except FileNotFoundError as error:
                skipped.append(f"{error.filename} is absent")
    console.print(table)
    for line_of_text in skipped:
        console.print(f"skipped: {line_of_text}")
    console.print(f"{time.perf_counter() - began:.0f} s")


def _groups(data: Path, encoder: MiniLmEncoder, quick: bool) -> list[Callable[[], Iterable[Line]]]:
    limit, draws = (300, 1) if quick else (1_500, 3)
    known = Remembering(encoder)
    return [
        partial(_specialists, data, known, limit, draws),
        partial(_descriptions_only, data, known, limit),
        partial(_few_shots, data, known, 300 if quick else 1_000, quick),
        partial(_wrapped, data, known, 200 if quick else 600),
        partial(_cost, data, encoder),
        partial(_start, data, encoder),
    ]


def _measured(task: Task, encoder: Remembering, examples: int, draws: int) -> Measures:
    return averaged([_one_draw(task, encoder, examples, seed) for seed in range(draws)])


def _one_draw(task: Task, encoder: Remembering, examples: int, seed: int) -> Measures:
    profiles = task.profiles(examples, seed)
    scorer = Scorer(encoder, profiles)
    found = scorer.read([message.text for message in task.measured])
    confidence = np.array([reading.probabilities.max() for reading in found])
    right = np.array(
        [
            float(profiles[reading.best].name == message.specialist)
            for reading, message in zip(found, task.measured, strict=True)
        ]
    )
    foreign = scorer.read(task.nobody) if task.nobody else []
    return measured(confidence, right, np.array([f.probabilities.max() for f in foreign]))


def _specialists(data: Path, encoder: Remembering, limit: int, draws: int) -> Iterator[Line]:
    tasks = specialist_tasks(data, limit)
    targets = {
        ("bitext4", 20): 98.7,
        ("bank6", 20): 90.5,
        ("bank6", 40): 92.5,
        ("clinc10", 20): 92.0,
        ("clinc10", 40): 94.5,
        ("clinc5", 40): 97.5,
    }
    for (name, examples), target in targets.items():
        found = _measured(tasks[name], encoder, examples, draws)
        yield from _quality(f"{name} {examples}", found, target)
        if (name, examples) == ("bank6", 40):
            met = found.nobody_recall >= 97 and found.lost <= 3
            reached = f"{found.nobody_recall:.1f} at {found.lost:.1f}"
            yield Line("far out-of-scope recall, accuracy lost", ">= 97 at <= 3", reached, met)
        if name == "clinc5":
            met = found.accepted >= 94 and found.nobody_recall >= 90
            reached = f"{found.accepted:.1f} / {found.nobody_recall:.1f}"
            yield Line("near out-of-scope: right / recall at .5", ">= 94 / 90", reached, met)
        if name in {"bank6", "clinc10"} and examples == 40:
            yield Line(
                f"{name} 40, % sent for 97 %", "<= 35", f"{found.sent:.1f}", found.sent <= 35
            )


def _quality(name: str, found: Measures, target: float) -> Iterator[Line]:
    yield Line(
        f"{name}, accuracy %", f">= {target}", f"{found.accuracy:.1f}", found.accuracy >= target
    )
    yield Line(f"{name}, mixed ECE %", "<= 3", f"{found.ece:.1f}", found.ece <= 3)
    kept = f"{found.right:.1f} (keeps {found.kept:.0f} %)"
    yield Line(f"{name}, right among p >= .8", ">= 95", kept, found.right >= 95)


def _descriptions_only(data: Path, encoder: Remembering, limit: int) -> Iterator[Line]:
    tasks = specialist_tasks(data, limit)
    for name, target in {"bank6": 85, "clinc10": 81, "bitext4": 94, "queue3": 66}.items():
        reached = _one_draw(tasks[name], encoder, 0, 0).accuracy
        yield Line(
            f"{name}, description only, accuracy %",
            f">= {target}",
            f"{reached:.1f}",
            reached >= target,
        )


def _few_shots(data: Path, encoder: Remembering, limit: int, quick: bool) -> Iterator[Line]:
    tasks = few_shot_tasks(data, limit)
    targets = {
        "CLINC150 5-shot": 88.5,
        "CLINC150 10-shot": 92.0,
        "BANKING77 5-shot": 83.5,
        "BANKING77 10-shot": 88.5,
        "HWU64 10-shot": 84.5,
    }
    for name, target in targets.items():
        if quick and name.startswith("CLINC150"):
            continue
        reached = _one_draw(tasks[name], encoder, 10, 0).accuracy
        yield Line(f"{name}, accuracy %", f">= {target}", f"{reached:.1f}", reached >= target)


def _wrapped(data: Path, encoder: Remembering, limit: int) -> Iterator[Line]:
    task = specialist_tasks(data, limit)["bank6"]
    router = EmbeddedRouter(encoder, task.profiles(20))
    plain, wrapped = (_accepted(router, task, wrap) for wrap in ("{}", WRAPPING))
    yield Line(
        "wrapped messages: right at p >= .5, points below clean",
        "<= 1",
        f"{plain - wrapped:.1f}",
        plain - wrapped <= 1,
    )


def _accepted(router: EmbeddedRouter, task: Task, wrap: str) -> float:
    right = 0
    for message in task.measured:
        found = router.read(wrap.format(message.text))
        if found is not None and found.probabilities.max() >= 0.5:
            right += router.profiles[found.best].name == message.specialist
    return 100 * right / len(task.measured)


def _cost(data: Path, encoder: MiniLmEncoder) -> Iterator[Line]:
    task = specialist_tasks(data, 600)["bank6"]
    router = EmbeddedRouter(encoder, task.profiles(40))
    short = _cpu_ms(router, [message.text for message in task.measured])
    tickets = specialist_tasks(data, 200)["queue3"].measured
    mail = _cpu_ms(router, [m.text for m in tickets if 60 <= len(clean(m.text).split()) <= 90])
    p50, p99 = np.percentile(short, [50, 99])
    yield Line(
        "CPU ms a decision, short p50 / p99",
        "<= 2.0 / 6",
        f"{p50:.1f} / {p99:.1f}",
        bool(p50 <= 2 and p99 <= 6),
    )
    middle = float(np.median(mail))
    yield Line("CPU ms a decision, mail p50", "<= 14", f"{middle:.1f}", middle <= 14)


def _cpu_ms(router: EmbeddedRouter, texts: Sequence[str]) -> list[float]:
    router.decide("warm up")
    found = []
    for text in texts:
        began = time.process_time()
        router.decide(text)
        found.append(1e3 * (time.process_time() - began))
    return found


def _start(data: Path, encoder: MiniLmEncoder) -> Iterator[Line]:
    import json  # noqa: PLC0415 - only here

    profiles = specialist_tasks(data, 10)["bank6"].profiles(40)
    with TemporaryDirectory() as folder:
        Scorer(encoder, profiles, Path(folder))
        content = [[p.name, p.title, p.handles, list(p.examples)] for p in profiles]
        (Path(folder) / "profiles.json").write_text(json.dumps(content), "utf-8")
        command = [sys.executable, "-c", SMALL, folder, str(user_cache_path("frontdesk"))]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own program
    seconds, megabytes = map(float, done.stdout.split())
    yield Line("start with stored vectors, s", "<= 0.5", f"{seconds:.2f}", seconds <= 0.5)
    yield Line("memory added, MB", "<= 110", f"{megabytes:.0f}", megabytes <= 110)


if __name__ == "__main__":
    typer.run(main)
