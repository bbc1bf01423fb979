"""Cuts the main thing out of a picture or clip: by its transparency, its plain background, its stillness, or GrabCut."""

from __future__ import annotations

import cv2
import numpy as np

from .saliency import WORK, find_thing, grabcut, lab

PLAIN = 9.0  # Lab distance within which border pixels are one background
WHOLE = "used whole: nothing stands out from its background"
BAND = 2  # pixels to both sides of an outline that are mixtures


def cut_out(picture: np.ndarray, mask: np.ndarray | None = None) -> tuple[np.ndarray, str]:
    """(RGBA uint8 (h w 4), how it was done) for a picture uint8 (h w 3) or (h w 4), at its own size.

    mask: bool (h w) of the thing, where the user has drawn it. A picture in which nothing stands out stays whole.
    """
    if picture.shape[2] == 4 and (picture[..., 3] < 128).mean() > 0.005:
        return picture, "cut out by its own transparency"
    rgb = np.ascontiguousarray(picture[..., :3])
    if mask is not None:
        return soften(rgb, mask), "cut out by the given mask"
    if (mask := plain_background(rgb)) is not None:
        return soften(rgb, mask), "cut out from its plain background"
    if (mask := find_thing(rgb)) is not None:
        return soften(rgb, mask), "cut out by GrabCut: look at it before you use it"
    return opaque(rgb), WHOLE


def opaque(rgb: np.ndarray) -> np.ndarray:
    """RGBA (h w 4) that hides everything, from RGB (h w 3)."""
    return np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])


def cut_out_clip(frames: np.ndarray) -> tuple[list[np.ndarray], str]:
    """(RGBA frames, how) for frames uint8 (t h w 3): what moves before a still background, else each frame by itself.

    What leaves its place is told from the median of all frames; what stays there (it waves, it turns) by GrabCut where it moves.
    """
    if len(frames) > 2 and still(frames):
        background = np.median(frames, axis=0).astype(np.uint8)
        masks = [moving(frame, background) for frame in frames]
        if np.median([whole(mask) for mask in masks]) > 0.6 and min(mask.mean() for mask in masks) > 0.004:
            return [soften(f, m) for f, m in zip(frames, masks)], "cut out by what moves before a still background"
        if (masks := where_it_moves(frames, np.max(masks, axis=0))) is not None:
            return [soften(f, m) for f, m in zip(frames, masks)], "cut out by GrabCut where something moves: look at it before you use it"
    sprites, notes = zip(*(cut_out(frame) for frame in frames))
    if WHOLE in notes:  # a loop in which the background comes and goes would be worse
        return [opaque(frame) for frame in frames], WHOLE
    return list(sprites), max(notes, key=notes.count)


def whole(mask: np.ndarray) -> float:
    """0..1: how much of the convex hull of mask (h w) its largest piece fills: low for scraps of a thing."""
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return 0.0
    largest = max(cv2.contourArea(outline) for outline in outlines)
    return largest / max(1.0, cv2.contourArea(cv2.convexHull(np.concatenate(outlines))))


def where_it_moves(frames: np.ndarray, moved: np.ndarray) -> list[np.ndarray] | None:
    """Masks (h w) of the thing that moves somewhere inside moved (h w); None when GrabCut finds no such thing in most frames."""
    h, w = moved.shape
    outlines, _ = cv2.findContours(moved.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return None
    hull = cv2.drawContours(np.zeros((h, w), np.uint8), [cv2.convexHull(np.concatenate(outlines))], -1, 1, cv2.FILLED)
    if not 0.01 < hull.mean() < 0.6:
        return None
    scale = min(1.0, WORK / max(h, w))
    size = max(16, round(w * scale)), max(16, round(h * scale))
    inside = cv2.resize(hull, size, interpolation=cv2.INTER_NEAREST)
    reach = cv2.dilate(inside, np.ones((5, 5), np.uint8))
    masks = []
    for frame in frames:
        labels = np.where(inside > 0, cv2.GC_PR_FGD, np.where(reach > 0, cv2.GC_PR_BGD, cv2.GC_BGD)).astype(np.uint8)
        found = grabcut(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), labels, 4)
        large = cv2.resize(tidy(found).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
        masks.append(cv2.GaussianBlur(large, (0, 0), max(0.5, 0.5 / scale)) > 0.5)
    fills = [(mask & (hull > 0)).sum() / hull.sum() for mask in masks]
    return masks if min(fills) > 0.05 and np.median([whole(m) for m in masks]) > 0.5 else None


def still(frames: np.ndarray) -> bool:
    """Whether the camera stands still: the border hardly changes from the first frame to any other."""
    grey = np.stack([cv2.resize(cv2.cvtColor(f, cv2.COLOR_RGB2GRAY), (64, 48), interpolation=cv2.INTER_AREA) for f in frames]).astype(int)
    ring = np.ones((48, 64), bool)
    ring[6:-6, 8:-8] = False
    return bool(np.median(np.abs(grey - np.median(grey, 0)).max(0)[ring]) < 6)


def moving(frame: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Mask (h w) of the largest things that differ from the background."""
    far = np.linalg.norm(lab(frame) - lab(background), axis=-1)
    return tidy(cv2.GaussianBlur(far, (0, 0), 1.0) > 10)


def plain_background(rgb: np.ndarray) -> np.ndarray | None:
    """Mask (h w) of what stands before one colour or a smooth gradient of it; None when the border isn't so plain.

    The background is what hangs together with the border: white eyes before a white wall stay.
    """
    h, w = rgb.shape[:2]
    if min(h, w) < 8:
        return None
    colors = lab(rgb)
    y, x = np.mgrid[-1 : 1 : h * 1j, -1 : 1 : w * 1j].astype(np.float32)
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], -1)  # h w 6
    ring = np.ones((h, w), bool)
    edge = max(1, round(0.01 * min(h, w)))
    ring[edge:-edge, edge:-edge] = False
    near = ring.copy()  # border pixels that are background: the thing may touch the border
    near[ring] = np.linalg.norm(colors[ring] - np.median(colors[ring], 0), axis=-1) < 3 * PLAIN
    if near.sum() < 0.6 * ring.sum():
        return None
    fit, *_ = np.linalg.lstsq(terms[near], colors[near], rcond=None)
    far = np.linalg.norm(colors - terms @ fit, axis=-1)
    if (far[ring] < PLAIN).mean() < 0.75 or np.median(far[near]) > PLAIN / 2:
        return None
    spread = float(np.percentile(far[near], 90))
    alike = far < max(PLAIN, 2.5 * spread)
    _, labels = cv2.connectedComponents(alike.astype(np.uint8), connectivity=4)
    outside = alike & np.isin(labels, np.unique(labels[ring & alike]))
    mask = tidy(~outside, holes=False)
    return mask if 0.005 < mask.mean() < 0.97 else None


def tidy(mask: np.ndarray, holes: bool = True) -> np.ndarray:
    """A mask (h w) of its large pieces, specks gone, and holes filled unless told not to."""
    mask = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return mask.astype(bool)
    areas = stats[1:, cv2.CC_STAT_AREA]
    mask = np.isin(labels, 1 + np.flatnonzero(areas >= max(4, 0.05 * areas.max())))
    if holes:
        outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        mask = cv2.drawContours(np.zeros(mask.shape, np.uint8), outlines, -1, 1, cv2.FILLED).astype(bool)
    return mask


def soften(rgb: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """RGBA (h w 4): along the outline of mask (h w) each pixel is parted into thing and background, so no halo is left.

    A pixel C between pure colours F and B is a = (C - B).(F - B) / |F - B|^2 of the thing, and its colour becomes F.
    """
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * BAND + 1, 2 * BAND + 1))
    inner = cv2.erode(mask.astype(np.uint8), kernel, borderValue=1).astype(bool)
    outer = cv2.dilate(mask.astype(np.uint8), kernel).astype(bool)
    if not inner.any():
        inner = mask
    band = outer & ~inner
    thing, rest = spread_colors(rgb, inner), spread_colors(rgb, ~outer)
    apart = thing - rest
    length = (apart**2).sum(-1)
    mixed = ((rgb - rest) * apart).sum(-1) / np.maximum(length, 1)
    smooth = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.0)
    sure = np.clip((length - 200) / 800, 0, 1)  # where both look alike only the mask can tell
    alpha = np.where(band, sure * mixed.clip(0, 1) + (1 - sure) * smooth, inner)
    alpha = np.where(alpha < 0.06, 0, alpha)
    colors = np.where((alpha < 0.98)[..., None] & band[..., None], thing, rgb)
    return np.dstack([colors, 255 * alpha]).round().clip(0, 255).astype(np.uint8)


def spread_colors(rgb: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """float32 (h w 3): the colours inside mask (h w), carried on outside it from what is nearest."""
    known, total, weight = mask.astype(np.float32), 0.0, 0.0
    for sigma, share in ((1.5, 1.0), (4.0, 1e-3), (16.0, 1e-6)):  # near colours count, far ones only where there are no near ones
        total = total + share * cv2.GaussianBlur(rgb * known[..., None], (0, 0), sigma)
        weight = weight + share * cv2.GaussianBlur(known, (0, 0), sigma)
    return (total / np.maximum(weight, 1e-12)[..., None]).astype(np.float32)


def crop(sprite: np.ndarray) -> np.ndarray:
    """A sprite (h w 4) without its empty margins. ValueError when there is nothing to see."""
    seen = sprite[..., 3] > 8
    if not seen.any():
        raise ValueError("Nothing can be seen in this picture: give one that is not wholly transparent.")
    ys, xs = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    return np.ascontiguousarray(sprite[ys[0] : ys[-1] + 1, xs[0] : xs[-1] + 1])
