"""Regions of real footage painted anew: a rectangle that stands or moves, and what lies beyond the picture's sides."""

from __future__ import annotations

import cv2
import numpy as np

from vitascope import api
from vitascope.clip import Clip

from .filling import nearness
from .metrics import psnr
from .tasks import Bench, Case

LASTS = 2.0  # seconds of each clip
WIDE, NARROW = 21 / 9, 4 / 3


def cases(bench: Bench) -> list[Case]:
    kinds = dict(standing=standing, moving=moving)
    found = [Case("region", f"{shot.name}, {kind} rectangle", lambda shot=shot, kind=kind: rectangle(bench, shot, kind, kinds[kind]))
             for shot in bench.shots for kind in kinds]  # fmt: skip
    return found + [Case("region", f"{shot.name}, widened to 21:9", lambda shot=shot: widened(bench, shot)) for shot in bench.shots]


def standing(count: int, w: int, h: int) -> np.ndarray:
    """Mask (t h w) bool of a rectangle in the middle, a quarter of the picture's sides."""
    return box(count, w, h, np.full(count, 0.5))


def moving(count: int, w: int, h: int) -> np.ndarray:
    """The same, from the left to the right."""
    return box(count, w, h, np.linspace(0.2, 0.8, count))


def box(count: int, w: int, h: int, middles: np.ndarray) -> np.ndarray:
    mask = np.zeros((count, h, w), bool)
    for k, x in enumerate(middles):
        left, top = round(x * w - w / 8), round(h * 3 / 8)
        mask[k, top : top + h // 4, left : left + w // 4] = True
    return mask


def rectangle(bench: Bench, shot, kind: str, masks) -> dict:
    clip = beginning(bench.clip(shot))
    mask = masks(len(clip), *clip.size)
    bad = np.where(mask[..., None], 0, clip.frames).astype(np.uint8)
    ours = api.fill(Clip(bad, clip.fps), mask=mask.astype(np.uint8) * 255, studio=bench.studio).clip.frames
    return compare(bench, shot, f"{shot.name}, {kind} rectangle", clip, bad, mask, ours)


def widened(bench: Bench, shot) -> dict:
    """A 21:9 band of the picture is cut down to 4:3, and the sides are asked for again."""
    clip = beginning(bench.clip(shot))
    (w, h), t = clip.size, len(clip)
    high, wide = min(h, int(w / WIDE)) // 2 * 2, w // 2 * 2
    wide = min(wide, round(high * WIDE / 2) * 2)
    top, left = (h - high) // 2, (w - wide) // 2
    truth = Clip(clip.frames[:, top : top + high, left : left + wide], clip.fps)
    inner = round(high * NARROW / 2) * 2
    side = (wide - inner) // 2
    mask = np.ones((t, high, wide), bool)
    mask[:, :, side : side + inner] = False
    seen = Clip(truth.frames[:, :, side : side + inner], clip.fps)
    ours = api.outpaint(seen, (wide, high), studio=bench.studio).clip.frames
    bad = np.where(mask[..., None], 0, truth.frames).astype(np.uint8)
    return compare(bench, shot, f"{shot.name}, widened to 21:9", truth, bad, mask, ours)


def beginning(clip: Clip) -> Clip:
    return Clip(clip.frames[: max(2, round(LASTS * clip.fps))], clip.fps)


def compare(bench: Bench, shot, name: str, truth: Clip, bad: np.ndarray, mask: np.ndarray, ours: np.ndarray) -> dict:
    """PSNR within the mask (t h w) against cv2.inpaint frame by frame; SSIM of whole frames; known pixels changed."""
    painted = np.stack([cv2.inpaint(frame, m.astype(np.uint8), 5, cv2.INPAINT_TELEA) for frame, m in zip(bad, mask)])
    films = dict(inpaint=painted, ours=ours)
    row = dict(shot=shot.name, frames=len(truth), known_changed=int((ours[~mask] != truth.frames[~mask]).any(-1).sum()))
    for label, film in films.items():
        row[label] = dict(psnr=round(psnr(film[mask], truth.frames[mask]), 2), ssim=nearness(film, truth.frames)["ssim"])
    row["gain"] = round(row["ours"]["psnr"] - row["inpaint"]["psnr"], 2)
    return row | dict(film=bench.film("region", name, dict(truth=truth.frames, given=bad, **films), truth.fps))
