"""Weights that others trained and that ship with the package, checked against their hashes before first use."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from vitascope.library import ASSETS

FOLDER = ASSETS / "finishing"
SHA256 = {
    "realesr-animevideov3-x4.param": "157c0a10405f885d4c53ce76fe2ba731694bcd16ec90ab6b889335e384239682",
    "realesr-animevideov3-x4.bin": "548a36f9c3f4ab8da56cd3b13badf23968bee207b396dad14d04b830e5f2ab2d",
    "rife.onnx": "80f95d630378781e3e4abdf3790474f757269639d986dd3d9474ecd1a19a89a0",
    "rife.npz": "18b6bd972f055407891fa9a9eb4d8b12524f8e338c8aa183ccf74ef2541c286a",
}


@cache
def checked(name: str) -> Path:
    """The path of a shipped file. Raises ValueError when it is missing or not the file that was shipped."""
    path = FOLDER / name
    if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != SHA256[name]:
        raise ValueError(
            f"{path} is missing or damaged: install Vitascope again, or go without it (--no-upscale, --no-interpolate)."
        )
    return path
