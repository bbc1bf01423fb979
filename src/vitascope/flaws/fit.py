"""Where and how large a subject really is: its picture laid over the empty scene until it looks like the film."""

from __future__ import annotations

import cv2
import numpy as np

from .actors import TALL, Actor

SCALES = np.exp(np.arange(-5, 6) * 0.13).astype(np.float32)  # looked through first
WORST = 45.0  # grey levels: more than that counts no more, so that what is missing does not pull
STRETCHES = (-0.45, -0.3, -0.15, 0.15, 0.3, 0.45)
ROUNDS = 4
EVERY = 2  # frames: bodies do not change faster than that
SPREAD = 0.35  # of a body: farther than that from its middle along x or y no edge can lead


def fit(actor: Actor, stretched: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per frame (t 4): shift along x and y in bodies, log of width and of height over what is planned; with the error that is
    left and that of an empty scene, in grey levels a cell (t). NaN where the subject cannot be judged.

    stretched: look for pictures made longer or shorter too
    """
    t = len(actor.seen)
    found, error, missing = np.full((t, 4), np.nan, np.float32), np.full(t, np.nan, np.float32), np.full(t, np.nan, np.float32)
    good = np.flatnonzero(actor.good)[::EVERY]
    if not len(good):
        return found, error, missing
    sprite, seen, empty, inside = actor.sprite, actor.seen[good], actor.empty[good], actor.inside[good]
    lifts = (0.0, -0.14, -0.28) if actor.subject.gait == "hop" else (0.0,)
    # What grows keeps its feet where they are.
    starts = [(0.0, lift + 0.5 * (1 - s), np.log(s), np.log(s)) for lift in lifts for s in SCALES]
    table = np.stack([cost(*lay(sprite, start), seen, empty, inside) for start in starts])
    best = table.argmin(0)
    missing[good] = cost(np.zeros(3, np.float32), np.zeros(1, np.float32), seen, empty, inside)
    theta = np.array(starts, np.float32)[best]
    now = table.min(0)
    if stretched:
        stretch = np.zeros(len(good), np.float32)
        for factor in STRETCHES:
            others = theta + np.float32([0, 0, factor, 0])
            error_ = np.array([cost(*lay(sprite, o), s[None], e[None], i[None])[0] for o, s, e, i in zip(others, seen, empty, inside)])
            better = error_ < now
            stretch = np.where(better, factor, stretch)
            now = np.minimum(now, error_)
        theta[:, 2] += stretch
    for k in range(len(good)):
        for _ in range(ROUNDS):
            step = improved(sprite, theta[k], seen[k], empty[k], inside[k])
            try_ = theta[k] + step
            new = cost(*lay(sprite, try_), seen[k][None], empty[k][None], inside[k][None])[0]
            if not new < now[k]:
                break
            enough = new > 0.98 * now[k]
            theta[k], now[k] = try_, new
            if enough:
                break
    found[good], error[good] = theta, now
    for values in (found, error, missing):  # what lies between two looks
        between = good[:-1][np.diff(good) <= 2 * EVERY] + 1
        between = between[~np.isin(between, good)]
        values[between] = (values[between - 1] + values[np.minimum(between + 1, t - 1)]) / 2
    return found, error, missing


def lay(sprite: np.ndarray, theta) -> tuple[np.ndarray, np.ndarray]:
    """The picture moved and stretched: colours (n m 3) and cover (n m 1)."""
    n, m = sprite.shape[:2]
    sx, sy = np.exp(theta[2]), np.exp(theta[3])
    move = np.array([[sx, 0, theta[0] * TALL + (1 - sx) * (m - 1) / 2], [0, sy, theta[1] * TALL + (1 - sy) * (n - 1) / 2]])
    laid = cv2.warpAffine(sprite, move, (m, n), flags=cv2.INTER_LINEAR)
    return laid[..., :3], laid[..., 3:]


def cost(colours, cover, seen, empty, inside) -> np.ndarray:
    """Mean error (t) in grey levels of a picture laid over the empty scene."""
    apart = largest(np.abs(seen - (colours + (1 - cover) * empty)))
    return (np.minimum(apart, WORST) * inside).sum((1, 2)) / np.maximum(inside.sum((1, 2)), 1)


def largest(channels: np.ndarray) -> np.ndarray:
    """The largest of three channels (... 3); many times as fast as `max(-1)`."""
    return np.maximum(np.maximum(channels[..., 0], channels[..., 1]), channels[..., 2])


def improved(sprite, theta, seen, empty, inside) -> np.ndarray:
    """One step of Gauss-Newton (Lucas and Kanade 1981) for one frame: (4)."""
    n, m = sprite.shape[:2]
    colours, cover = lay(sprite, theta)
    rest = seen - (colours + (1 - cover) * empty)
    layer = np.dstack([colours, cover])
    along = [cv2.Sobel(layer, cv2.CV_32F, *d, ksize=3) / 8 for d in ((1, 0), (0, 1))]
    along = [a[..., :3] - a[..., 3:] * empty for a in along]
    x = ((np.arange(m) - (m - 1) / 2) / TALL)[None, :, None].astype(np.float32)
    y = ((np.arange(n) - (n - 1) / 2) / TALL)[:, None, None].astype(np.float32)
    jacobian = -np.stack([along[0], along[1], along[0] * x, along[1] * y], -1) * TALL
    size = largest(np.abs(rest))[..., None]
    weight = (inside[..., None] * np.where(size < WORST, 1, WORST / np.maximum(size, 1)) ** 2)[..., None]
    flat = (jacobian * weight).reshape(-1, 4)
    normal = flat.T @ jacobian.reshape(-1, 4)
    right = flat.T @ rest.reshape(-1)
    damp = np.diag(np.diag(normal)) * 0.02 + np.eye(4) * (1e-3 * np.trace(normal) + 1)
    step = np.linalg.solve(normal + damp, right)
    return np.clip(step, -0.12, 0.12).astype(np.float32)
