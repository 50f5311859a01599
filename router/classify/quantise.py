"""Makes the faster model file. Run as a program: `quantise.py SOURCE TARGET`.

The packaged model has whole-number weights and computes in floating point; the file made here
computes in whole numbers too, which takes a third of the time and half the memory at the same
accuracy. It runs in a process of its own because `onnx` is needed for it alone and would stay in
the desk's memory ever after.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import onnxruntime as ort


def quantise(source: Path, target: Path) -> None:
    """Write `source` to `target`, quantised dynamically and per channel.

    Per channel matters: with one scale a tensor the vectors change noticeably (cosine 0.96 to the
    original instead of 0.99). onnxruntime first folds the weights back into numbers it can
    quantise.

    Raises:
        ImportError: the package `onnx` is not installed.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415 - needs onnx

    with TemporaryDirectory() as folder:
        folded = Path(folder) / "folded.onnx"
        options = ort.SessionOptions()
        options.optimized_model_filepath = str(folded)
        options.log_severity_level = 3
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
        ort.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
        quantize_dynamic(folded, target, weight_type=QuantType.QInt8, per_channel=True)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    quantise(Path(sys.argv[1]), Path(sys.argv[2]))
