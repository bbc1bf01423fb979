"""Networks to ONNX graphs without their weights: the weights ship once, as safetensors, and join the graph at load time."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import onnx
import torch
from torch import nn

from vitascope.nn.autoencoder import SPACE, Autoencoder
from vitascope.nn.director import KEYFRAMES, SLOT_FEATURES, SLOTS, Director
from vitascope.nn.transformer import Transformer

OPSET = 23


class _Encode(nn.Module):
    def __init__(self, autoencoder: Autoencoder):
        super().__init__()
        self.autoencoder = autoencoder

    def forward(self, frames):  # (b 1+4k h w 3) uint8 values as float
        return self.autoencoder.encode(frames.permute(0, 1, 4, 2, 3) / 127.5 - 1)


class _Decode(nn.Module):
    def __init__(self, autoencoder: Autoencoder):
        super().__init__()
        self.autoencoder = autoencoder

    def forward(self, latents, guide, trust):  # guide like the frames that come out: (b 1+4k h w 3), 0..255; trust (b 1+4k)
        film = self.autoencoder.decode(latents, guide.permute(0, 1, 4, 2, 3) / 127.5 - 1, trust)
        return (film.permute(0, 1, 3, 4, 2) + 1) * 127.5


class _Read(nn.Module):
    def __init__(self, director: Director):
        super().__init__()
        self.director = director

    def forward(self, text, text_mask, slots, slot_mask, shape):
        memory, there, choices, motions = self.director.read(text, text_mask, slots, slot_mask, shape)
        return memory, there, torch.cat(choices, 1), motions


class _Plan(nn.Module):
    def __init__(self, director: Director):
        super().__init__()
        self.director = director

    def forward(self, memory, memory_mask, choices, motions, tracks, camera, t):
        return self.director.plan(memory, memory_mask, choices, motions, tracks, camera, t)


def write_graph(module: nn.Module, path: Path, inputs: dict, dynamic: dict, outputs: list[str]):
    """Export and strip the weights: each initializer keeps its name and shape and points to data that is not there."""
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            module.eval(), tuple(inputs.values()), str(whole), input_names=list(inputs), output_names=outputs,
            dynamic_shapes=tuple(dynamic.get(name) for name in inputs), opset_version=OPSET, dynamo=True,
            external_data=False, optimize=False, verbose=False,
        )  # fmt: skip
        graph = onnx.load(whole)
    parameters, used = set(module.state_dict()), []
    for tensor in graph.graph.initializer:
        if tensor.name in parameters:
            tensor.ClearField("raw_data")
            tensor.data_location = onnx.TensorProto.EXTERNAL
            tensor.external_data.add(key="location", value="weights")
            used.append(tensor.name)
    del graph.graph.value_info[:]
    for node in graph.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(graph, path)
    path.with_suffix(".json").write_text(json.dumps(sorted(used)))


def export_autoencoder(model: Autoencoder, folder: Path):
    b, k, h, w = 1, 2, 6, 8
    D = torch.export.Dim
    t, height, width = D("k", min=0, max=4096), D("h", min=2, max=256), D("w", min=2, max=256)
    frames = torch.zeros(b, 1 + 4 * k, SPACE * h, SPACE * w, 3)
    latents = torch.zeros(b, 1 + k, model.config.latent, h, w)
    write_graph(_Encode(model), folder / "encoder.onnx", dict(frames=frames),
           dict(frames={1: 4 * t + 1, 2: SPACE * height, 3: SPACE * width}), ["latents"])
    write_graph(_Decode(model), folder / "decoder.onnx", dict(latents=latents, guide=frames, trust=torch.ones(b, 1 + 4 * k)),
           dict(latents={1: t + 1, 3: height, 4: width},
                guide={1: 4 * t + 1, 2: SPACE * height, 3: SPACE * width}, trust={1: 4 * t + 1}), ["frames"])


def export_transformer(model: Transformer, folder: Path):
    b, t, h, w, n, r, c = 2, 3, 4, 6, 5, 2, model.config.latent
    D = torch.export.Dim
    B, T, N, R = D("b", min=1, max=64), D("t", min=1, max=1024), D("n", min=1, max=512), D("r", min=1, max=16)
    H, W = 2 * D("rows", min=1, max=128), 2 * D("columns", min=1, max=128)
    grid = {0: B, 1: T, 3: H, 4: W}
    inputs = dict(
        z=torch.zeros(b, t, c, h, w), t=torch.zeros(b, t), known=torch.zeros(b, t, 1, h, w),
        sketch=torch.zeros(b, t, c, h, w), strength=torch.zeros(b, t), text=torch.zeros(b, n, model.config.text),
        text_mask=torch.ones(b, n, dtype=torch.bool), references=torch.zeros(b, r, c, 8, 8),
        reference_mask=torch.ones(b, r, dtype=torch.bool), step=torch.full((b, t), 0.25),
    )  # fmt: skip
    dynamic = dict(z=grid, t={0: B, 1: T}, known=grid, sketch=grid, strength={0: B, 1: T}, text={0: B, 1: N},
                   text_mask={0: B, 1: N}, references={0: B, 1: R}, reference_mask={0: B, 1: R},
                   step={0: B, 1: T})
    write_graph(model, folder / "transformer.onnx", inputs, dynamic, ["clean"])


def export_director(model: Director, folder: Path):
    n, d = 7, model.config.width
    D = torch.export.Dim
    N = D("n", min=1, max=512)
    text = torch.zeros(1, n, model.config.text), torch.ones(1, n, dtype=torch.bool)
    slots = torch.zeros(1, SLOTS, SLOT_FEATURES), torch.ones(1, SLOTS, dtype=torch.bool)
    write_graph(_Read(model), folder / "reader.onnx",
           dict(text=text[0], text_mask=text[1], slots=slots[0], slot_mask=slots[1], shape=torch.zeros(1, 2)),
           dict(text={1: N}, text_mask={1: N}), ["memory", "memory_mask", "choices", "motions"])
    L = D("l", min=5, max=1024)
    write_graph(_Plan(model), folder / "planner.onnx",
           dict(memory=torch.zeros(1, 1 + SLOTS + n, d), memory_mask=torch.ones(1, 1 + SLOTS + n, dtype=torch.bool),
                choices=torch.zeros(1, len(model.config.choices), dtype=torch.int64),
                motions=torch.zeros(1, SLOTS, dtype=torch.int64), tracks=torch.zeros(1, SLOTS, KEYFRAMES, 8),
                camera=torch.zeros(1, KEYFRAMES, 4), t=torch.zeros(1)),
           dict(memory={1: L}, memory_mask={1: L}), ["clean_tracks", "clean_camera"])


EXPORTS = {"autoencoder": export_autoencoder, "transformer": export_transformer, "director": export_director}
