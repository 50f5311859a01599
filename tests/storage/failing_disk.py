"""A disk on which a write or a sync fails, beneath SQLite; for a process of its own.

SQLite does all its input and output through a table of functions, its VFS. A copy of the usual one
is registered in its place, in which writing and syncing can be made to fail as a broken disk would.
It takes a Python whose `sqlite3` uses the shared library.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p, cast
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

OK, IOERR_WRITE, IOERR_FSYNC = 0, 10 | 3 << 8, 10 | 4 << 8

_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)
_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, POINTER(c_int))


class _Methods(Structure):
    """sqlite3_io_methods, version 3; see sqlite3.h."""

    _fields_: ClassVar = [
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", _WRITE),
        ("truncate", c_void_p),
        ("sync", _SYNC),
        *((f"other{number}", c_void_p) for number in range(13)),
    ]


class _File(Structure):
    """sqlite3_file."""

    _fields_: ClassVar = [("methods", POINTER(_Methods))]


class _Vfs(Structure):
    """sqlite3_vfs, version 3."""

    _fields_: ClassVar = [
        ("version", c_int),
        ("file_size", c_int),
        ("longest_name", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", _OPEN),
        *((f"other{number}", c_void_p) for number in range(15)),
    ]


def library() -> Path | None:
    """The shared library of SQLite that this Python uses; None if it has its own built in."""
    import sqlite3  # noqa: PLC0415 - it loads the library

    sqlite3.connect(":memory:").close()
    maps = Path("/proc/self/maps")
    if not maps.exists():
        return None
    names = (line.rpartition(" ")[2] for line in maps.read_text().splitlines())
    return next((Path(name) for name in names if "libsqlite3" in name), None)


@dataclass
class Disk:
    """Counts writes and syncs from when it is `reset`; those that are `broken` fail."""

    broken: Callable[[int], bool] = lambda number: False
    done: int = 0
    failed: int = 0

    def reset(self, broken: Callable[[int], bool]) -> None:
        """Count from the beginning."""
        self.broken, self.done, self.failed = broken, 0, 0

    def fails(self) -> bool:
        """Whether what is about to happen fails."""
        self.done += 1
        fails = self.broken(self.done)
        self.failed += fails
        return fails


class Vfs:
    """The usual VFS, on a disk that can fail; registered for good when made."""

    def __init__(self, disk: Disk, path: Path) -> None:
        self._disk = disk
        self._lib = ctypes.CDLL(str(path))
        self._lib.sqlite3_vfs_find.restype = POINTER(_Vfs)
        self._usual: Any = self._lib.sqlite3_vfs_find(None)
        self._patched: dict[int, tuple[_Methods, tuple[object, ...]]] = {}
        self._open = _OPEN(self._opened)  # kept for as long as SQLite may call it
        self._vfs = _Vfs()
        ctypes.memmove(ctypes.byref(self._vfs), self._usual, ctypes.sizeof(_Vfs))
        self._vfs.name, self._vfs.open = b"failing", self._open
        assert self._lib.sqlite3_vfs_register(ctypes.byref(self._vfs), 1) == OK

    def _opened(self, _vfs: int, name: int, file: int, flags: int, out: Any) -> int:
        done = int(self._usual.contents.open(cast(self._usual, c_void_p), name, file, flags, out))
        there = cast(file, POINTER(_File)).contents
        if there.methods:
            there.methods = ctypes.pointer(self._methods(there.methods))
        return done

    def _methods(self, usual: Any) -> _Methods:
        """The usual functions of a file, of which two may fail."""
        place = ctypes.addressof(usual.contents)
        if place not in self._patched:
            write, sync = usual.contents.write, usual.contents.sync
            calls = (
                _WRITE(lambda *given: IOERR_WRITE if self._disk.fails() else write(*given)),
                _SYNC(lambda *given: IOERR_FSYNC if self._disk.fails() else sync(*given)),
            )
            made = _Methods()
            ctypes.memmove(ctypes.byref(made), usual, ctypes.sizeof(_Methods))
            made.write, made.sync = calls
            self._patched[place] = made, calls
        return self._patched[place][0]
