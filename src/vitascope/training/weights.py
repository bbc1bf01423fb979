"""Weights on disk: half precision safetensors with the configuration and where they came from in the header."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from vitascope.nn.autoencoder import Autoencoder, AutoencoderConfig
from vitascope.nn.director import Director, DirectorConfig
from vitascope.nn.transformer import Transformer, TransformerConfig

NETWORKS = {
    "autoencoder": (Autoencoder, AutoencoderConfig),
    "transformer": (Transformer, TransformerConfig),
    "director": (Director, DirectorConfig),
}

ADDED = {"step_in.weight"}


def save_weights(model: nn.Module, path: Path, **metadata):
    """Write a network as float16; `metadata` (the ledger's root hash, steps, ...) goes into the header as strings."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = dict(config=json.dumps(dataclasses.asdict(model.config)), **{k: str(v) for k, v in metadata.items()})
    part = path.with_suffix(".part")
    save_file({k: v.half().contiguous() for k, v in model.state_dict().items()}, part, metadata=header)
    os.replace(part, path)


def load_weights(network: str, path: Path) -> nn.Module:
    """The network that `save_weights` wrote, in float32. Raises ValueError when the file is missing or does not fit."""
    kind, config_kind = NETWORKS[network]
    if not path.exists():
        raise ValueError(f"There are no {network} weights at {path}: train them with `vitascope train {network}`.")
    with safe_open(path, "pt") as file:
        raw = json.loads(file.metadata()["config"])
        config = config_kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()})
        model = kind(config)
        # What a later version of a network adds starts as nothing, so that older weights still mean the same.
        missing, unknown = model.load_state_dict({k: file.get_tensor(k).float() for k in file.keys()}, strict=False)
    if unknown or set(missing) - ADDED:
        raise ValueError(f"{path} holds weights of another {network}: train them anew with `vitascope train {network}`.")
    return model


def load_autoencoder(path: Path) -> Autoencoder:
    return load_weights("autoencoder", path)


def read_metadata(path: Path) -> dict[str, str]:
    """What `save_weights` put into the header."""
    with safe_open(path, "pt") as file:
        return dict(file.metadata())
