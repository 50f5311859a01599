"""A day's figures as a picture, to be read on dark and on light screens alike.

The picture brings its own background, mid-dark text on it, and colours that also differ in
brightness, so nothing depends on the reader's theme or on telling red from green.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.doors.digest_text import titled
from storage.doors.digest import HOURS, DayFigures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAPER, INK, SOFT = "#f7f7f5", "#1d1d1f", "#5b5b60"
ALONE, PEOPLE, BARS = "#0b6e6e", "#e39b2d", "#30507a"
INCHES, DOTS = (9.0, 3.9), 150
MOST_FIELDS = 8


def drawn(figures: DayFigures, titles: Mapping[str, str]) -> bytes:
    """The picture as a PNG. It computes for a good part of a second."""
    # Matplotlib takes most of a second to import, and is needed once a day.
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=INCHES, dpi=DOTS, facecolor=PAPER, layout="constrained")
    figure.suptitle(
        f"Frontdesk, {figures.day:%A %d %B %Y}: {figures.opened} tickets, "
        f"{figures.alone} answered without a person",
        color=INK,
        fontsize=12,
        fontweight="bold",
    )
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    _hours(left, figures)
    _fields(right, figures, titles)
    file = io.BytesIO()
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def _hours(axes: Axes, figures: DayFigures) -> None:
    bars = axes.bar(range(HOURS), figures.hours, color=BARS, width=0.8)
    if figures.opened:
        labels = [str(count) if count else "" for count in figures.hours]
        axes.bar_label(bars, labels, color=INK, fontsize=7, padding=1)
    axes.set_xticks(range(0, HOURS, 3), [f"{hour}:00" for hour in range(0, HOURS, 3)])
    axes.set_ylim(0, max(4, *figures.hours) * 1.15)
    axes.set_xlim(-0.7, HOURS - 0.3)
    axes.yaxis.get_major_locator().set_params(integer=True)  # type: ignore[call-arg]
    _plain(axes, f"Opened by hour ({figures.zone})")


def _fields(axes: Axes, figures: DayFigures, titles: Mapping[str, str]) -> None:
    shown = figures.fields[:MOST_FIELDS][::-1]
    names = [_short(titled(one.specialist, titles)) for one in shown]
    answered, escalated = [one.answered for one in shown], [one.escalated for one in shown]
    first = axes.barh(names, answered, color=ALONE, label="answered", height=0.6)
    second = axes.barh(names, escalated, left=answered, color=PEOPLE, label="to people", height=0.6)
    for bars, color in ((first, "white"), (second, INK)):
        labels = [str(round(bar.get_width())) if bar.get_width() else "" for bar in bars]
        axes.bar_label(bars, labels, label_type="center", color=color, fontsize=8)
    if shown:
        axes.legend(
            loc="upper center",
            bbox_to_anchor=(0.5, -0.08),
            ncols=2,
            frameon=False,
            labelcolor=INK,
            fontsize=8,
        )
    else:
        axes.text(0.5, 0.5, "nobody was asked", color=SOFT, ha="center", transform=axes.transAxes)
        axes.set_yticks([])
    axes.set_xticks([])
    _plain(axes, "By specialist")


def _plain(axes: Axes, title: str) -> None:
    axes.set_facecolor(PAPER)
    axes.set_title(title, color=INK, fontsize=10, loc="left")
    axes.tick_params(colors=INK, labelsize=8, length=0)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)


def _short(name: str, most: int = 18) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"
