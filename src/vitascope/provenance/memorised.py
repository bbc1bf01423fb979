"""Memorisation: how near pictures come to what the shipped weights were trained on, in a space of perceptual descriptors.

A descriptor is the colour layout (Lab, 12 x 8 cells, lightness about its mean) and the directions of edges (six, 6 x 4 cells) of a view,
brought to DIMENSIONS by principal components whose scales are evened out by half, and to length one. It needs no network, and finds
a copy of a training shot that was cropped, shrunk and compressed better than pooled latents of the shipped encoder do
(docs/provenance.md). Of every training shot and photograph the whole picture and five parts of it are kept, so that a part
painted large is found too.
"""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from vitascope.library import ASSETS

INDEX = ASSETS / "provenance" / "training.npz"
DIMENSIONS = 48
KEYS = (0.1, 0.3, 0.5, 0.7, 0.9)  # of a shot's length: the frames that stand for it
PART = 0.6  # of the sides: the middle and the four corners of a picture
NEAR = 0.12  # distance (1 - cosine) below which a picture is as near as a damaged copy; see `vitascope bench provenance`
STEP = 4  # frames of a film that is looked at, a second


@dataclass(frozen=True)
class Neighbour:
    """A training item and the frame that is nearest to it: `distance` is 1 - cosine, 0 the same .. 2; `second` of the film; `near` below NEAR."""

    item: str
    distance: float
    second: float
    near: bool

    def to_dict(self) -> dict:
        return asdict(self)


def views(picture: np.ndarray) -> list[np.ndarray]:
    """The picture (h w c) itself, its middle and its four corners."""
    h, w = picture.shape[:2]
    a, b = max(1, round(h * PART)), max(1, round(w * PART))
    corners = [(y, x) for y in (0, h - a) for x in (0, w - b)]
    return [picture, *(picture[y : y + a, x : x + b] for y, x in [((h - a) // 2, (w - b) // 2), *corners])]


def raw(picture: np.ndarray) -> np.ndarray:
    """(432,) float32 of a picture (h w 3) uint8."""
    colour = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2LAB), (12, 8), interpolation=cv2.INTER_AREA).astype(np.float32)
    colour -= np.array([colour[..., 0].mean(), 128, 128], np.float32)
    grey = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (48, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    down, right = np.gradient(grey)
    angle, strength = np.arctan2(down, right) % np.pi, np.hypot(down, right)
    bins = np.minimum((angle / np.pi * 6).astype(int), 5)
    edges = np.stack([cv2.resize(np.where(bins == k, strength, 0).astype(np.float32), (6, 4), interpolation=cv2.INTER_AREA) for k in range(6)])
    return np.concatenate([colour.ravel() / (np.linalg.norm(colour) + 30), edges.ravel() / (np.linalg.norm(edges) + 2)])


@dataclass(frozen=True)
class Index:
    """Descriptors of training items: `mean` (k), `basis` (k d), `vectors` (n d) of length one, `items` (n) numbers into `names`."""

    mean: np.ndarray
    basis: np.ndarray
    vectors: np.ndarray
    items: np.ndarray
    names: tuple[str, ...]

    @classmethod
    def build(cls, pictures: list[tuple[str, np.ndarray]], dimensions: int = DIMENSIONS) -> Index:
        """Of (item, picture) pairs; several pictures of an item may follow each other."""
        names = tuple(dict.fromkeys(name for name, _ in pictures))
        found = [(names.index(name), raw(view)) for name, picture in pictures for view in views(picture)]
        rows = np.stack([row for _, row in found])
        mean = rows.mean(0)
        _, sizes, directions = np.linalg.svd(rows - mean, full_matrices=False)
        kept = min(dimensions, len(sizes))
        basis = directions[:kept].T / np.sqrt(sizes[:kept] / sizes[0] + 1e-6)
        basis = basis.astype(np.float16).astype(np.float32)
        mean = mean.astype(np.float16).astype(np.float32)
        return cls(mean, basis, unit((rows - mean) @ basis), np.array([item for item, _ in found], np.uint16), names)

    def save(self, path: Path) -> int:
        """Write it, the same index always as the same bytes; returns how many. Vectors are kept in eight bits."""
        out = io.BytesIO()
        vectors = np.round(self.vectors * 127).astype(np.int8)
        np.savez_compressed(out, mean=self.mean.astype(np.float16), basis=self.basis.astype(np.float16), vectors=vectors, items=self.items,
                            names=np.array(self.names))  # fmt: skip
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(out.getvalue())
        return len(out.getvalue())

    @classmethod
    def load(cls, path: Path = INDEX) -> Index:
        """Raises ValueError where the file is missing or damaged."""
        try:
            with np.load(path, allow_pickle=False) as file:
                return cls(file["mean"].astype(np.float32), file["basis"].astype(np.float32), unit(file["vectors"].astype(np.float32)),
                           file["items"], tuple(str(name) for name in file["names"]))  # fmt: skip
        except (OSError, ValueError, KeyError, EOFError):
            raise ValueError(f"The descriptors of the training items {path} are missing or damaged: install Vitascope again.") from None

    def distances(self, picture: np.ndarray) -> np.ndarray:
        """(items,) distance of a picture (h w 3) to each item: the least over their views and its own."""
        seen = unit((np.stack([raw(view) for view in views(picture)]) - self.mean) @ self.basis)
        best = (1 - self.vectors @ seen.T).min(1)
        out = np.full(len(self.names), 2.0, np.float32)
        np.minimum.at(out, self.items, best)
        return out


@cache
def shipped() -> Index:
    """The index of what the shipped weights learned from a camera: shots of the film and photographs."""
    return Index.load()


def nearest(frames: np.ndarray, fps: float, count: int = 3, index: Index | None = None) -> list[Neighbour]:
    """The `count` training items that frames (t h w 3) uint8 come nearest to, nearest first; STEP frames a second are looked at."""
    index = index or shipped()
    at = np.unique(np.arange(0, len(frames), max(1.0, fps / STEP)).astype(int))
    away = np.stack([index.distances(frames[i]) for i in at])  # (frames items)
    order = away.min(0).argsort(kind="stable")[:count]
    return [
        Neighbour(index.names[k], round(float(away[:, k].min()), 3), round(float(at[away[:, k].argmin()] / fps), 2), bool(away[:, k].min() < NEAR))
        for k in order
    ]


def training_pictures(corpus: Path) -> list[tuple[str, np.ndarray]]:
    """(item of the ledger, picture) of the training shots' key frames and of the photographs fetched into `corpus`."""
    from vitascope.corpus import load_photographs, load_shots

    shots = [(name, np.asarray(frames[round(key * (len(frames) - 1))])) for name, frames in load_shots(corpus) for key in KEYS]
    return shots + [(f"photograph:{name}", picture) for name, picture in load_photographs(corpus)]


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)
