"""Plain measures of pictures and shares, each in one function."""

from __future__ import annotations

import math

import numpy as np


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """Peak signal-to-noise ratio of two uint8 arrays, in dB; 99 when they are the same."""
    error = np.mean((a.astype(np.float32) - b.astype(np.float32)) ** 2)
    return float(10 * np.log10(255**2 / error)) if error else 99.0


def ssim(a: np.ndarray, b: np.ndarray) -> float:
    """Mean structural similarity of grey uint8 films (t h w 3), with the 11-pixel Gaussian window of Wang et al. 2004."""
    import cv2

    blur = lambda x: cv2.GaussianBlur(x, (11, 11), 1.5)
    values = []
    for x, y in zip(a, b):
        x, y = (cv2.cvtColor(f, cv2.COLOR_RGB2GRAY).astype(np.float32) for f in (x, y))
        mx, my = blur(x), blur(y)
        vx, vy, cov = blur(x * x) - mx * mx, blur(y * y) - my * my, blur(x * y) - mx * my
        c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
        values.append(np.mean((2 * mx * my + c1) * (2 * cov + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2))))
    return float(np.mean(values))


def flicker(film: np.ndarray) -> float:
    """Mean size of the second difference in time of a film (t h w 3), in grey levels: 0 for still or evenly changing pixels."""
    if len(film) < 3:
        return 0.0
    x = film.astype(np.float32)
    return float(np.abs(x[2:] - 2 * x[1:-1] + x[:-2]).mean())


def share(hits: list[bool]) -> dict:
    """A share with its 95 % interval (Wilson) and the number of cases."""
    n, z = len(hits), 1.96
    if not n:
        return dict(value=None, low=None, high=None, n=0)
    q = sum(hits) / n
    middle, half = (q + z * z / (2 * n)) / (1 + z * z / n), z * math.sqrt(q * (1 - q) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return dict(value=round(q, 3), low=round(max(0, middle - half), 3), high=round(min(1, middle + half), 3), n=n)


def frechet(a: np.ndarray, b: np.ndarray) -> float:
    """Fréchet distance between Gaussians fitted to two sets of features (n d): |m - m'|^2 + tr(C + C' - 2 (C C')^1/2)."""
    ma, mb = a.mean(0), b.mean(0)
    ca, cb = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    values, vectors = np.linalg.eigh(ca)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    cross = np.sqrt(np.linalg.eigvalsh(root @ cb @ root).clip(0)).sum()
    return float(((ma - mb) ** 2).sum() + np.trace(ca) + np.trace(cb) - 2 * cross)
