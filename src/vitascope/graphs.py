"""Running the shipped networks: an ONNX graph without weights, joined at load time with half precision safetensors."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path

import numpy as np

from vitascope.library import ASSETS

WEIGHTS = ASSETS / "weights"
# graph: (network whose weights it takes, prefix of the parameter names inside the graph)
NETWORK_OF = {
    "encoder": ("autoencoder", "autoencoder."),
    "decoder": ("autoencoder", "autoencoder."),
    "transformer": ("transformer", ""),
    "reader": ("director", "director."),
    "planner": ("director", "director."),
}


@cache
def load_tensors(network: str, folder: Path = WEIGHTS) -> dict[str, np.ndarray]:
    """All tensors of a network in float32. Raises ValueError when the package was installed without them."""
    from safetensors.numpy import load_file

    path = folder / f"{network}.safetensors"
    if not path.exists():
        raise ValueError(f"The {network} weights are missing from {folder}: install Vitascope again.")
    return {name: array.astype(np.float32) for name, array in load_file(path).items()}


class Graph:
    """One session; call it with named arrays to get its outputs as a list. Bit-identical for the same threads."""

    def __init__(self, name: str, folder: Path = WEIGHTS, threads: int | None = None):
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = threads or min(os.cpu_count() or 1, 8)
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting threads leave the core to others
        options.log_severity_level = 3
        network, prefix = NETWORK_OF[name]
        tensors = load_tensors(network, folder)
        used = json.loads((folder / f"{name}.json").read_text())
        # Options and values only point at the arrays, so all are kept for as long as the session lives.
        self._arrays = {key: tensors[key.removeprefix(prefix)] for key in used}
        self._values = [ort.OrtValue.ortvalue_from_numpy(array) for array in self._arrays.values()]
        options.add_external_initializers(list(self._arrays), self._values)
        self.session = ort.InferenceSession(str(folder / f"{name}.onnx"), options, providers=["CPUExecutionProvider"])

    def __call__(self, **inputs: np.ndarray) -> list[np.ndarray]:
        return self.session.run(None, inputs)
