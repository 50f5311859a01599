"""Seconds of processors that a measurement took itself, however busy the machine was besides."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil


@dataclass(slots=True)
class Used:
    """Seconds that were used; filled in at the end."""

    seconds: float = 0.0
    server: float = 0.0


@dataclass(frozen=True, slots=True)
class Meter:
    """Counts what this process, those that it started and waited for, and a server take.

    `postmaster` is the number of a PostgreSQL server's first process, if there is one.
    """

    postmaster: int | None = None

    @contextmanager
    def running(self) -> Iterator[Used]:
        """Count what is used within the context."""
        used = Used()
        ours, server = _ours(), self._server()
        yield used
        used.seconds, used.server = _ours() - ours, self._server() - server

    def _server(self) -> float:
        if self.postmaster is None:
            return 0.0
        first = psutil.Process(self.postmaster)
        ended = first.cpu_times()
        there = sum(_busy(one) for one in (first, *first.children()))
        return float(there + ended.children_user + ended.children_system)


def _ours() -> float:
    all_ = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in all_)


def _busy(process: psutil.Process) -> float:
    """Seconds of one process; none if it has ended meanwhile: then they count with its parent's."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)
