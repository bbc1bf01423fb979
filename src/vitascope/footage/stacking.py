"""A mix of candidates with the least squared error, its weights learned from gaps whose truth is known.

With weights that sum to 1 the error of a mix is w' G w, where G holds the mean products of the candidates' errors; so G is
all that has to be gathered (Bates and Granger 1969, the combination of forecasts). One G is kept for each of eight cases:
coarse or fine detail, motion agreed on or not, near the gap's edge or in its middle; between cases weights are eased.
"""

from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np

COARSE = 1 / 48  # of the picture's longer side: standard deviation of the blur that parts coarse from fine
POOLED = 0.25  # share of the mean over all cases in every case's errors, against chance
RIDGE = 0.03  # share of the mean squared error by which candidates count as independent of each other


class Stack:
    """Gathers errors with `learn`, then mixes with `mix`. `names` are the candidates, in the order of the weights."""

    def __init__(self, names: list[str]):
        self.names = names
        self.products = np.zeros((2, 2, 2, len(names), len(names)))  # band, trust, time
        self.count = np.zeros((2, 2, 2))

    def learn(self, found: dict[str, np.ndarray], trust: np.ndarray, time: float, truth: np.ndarray) -> None:
        """From candidates (h w 3) float32 and the truth (h w 3) of one frame."""
        errors = [found[name] - truth for name in self.names]
        for band, parts in enumerate(zip(*(bands(e) for e in errors))):
            flat = np.stack(parts)
            for sure, share in enumerate((1 - trust, trust)):
                weighted = (flat * share).reshape(len(flat), -1)
                product = weighted @ flat.reshape(len(flat), -1).T
                for middle, amount in enumerate(nearness(time)):
                    self.products[band, sure, middle] += amount * product
                    self.count[band, sure, middle] += amount * 3 * share.sum()

    def __add__(self, other: Stack) -> Stack:
        both = Stack(self.names)
        both.products, both.count = self.products + other.products, self.count + other.count
        return both

    def without(self, name: str) -> Stack:
        """What was learned of all but one candidate; itself where that is not among them."""
        kept = [i for i, other in enumerate(self.names) if other != name]
        fewer = Stack([self.names[i] for i in kept])
        fewer.products, fewer.count = self.products[..., kept, :][..., kept], self.count
        return fewer

    def error(self, weights: np.ndarray) -> float:
        """Mean squared error of a mix on what was learned; for weights eased between cases, at most that."""
        total = sum(weights[case] @ self.products[case] @ weights[case] for case in np.ndindex(2, 2, 2))
        return float(total / max(self.count[0].sum(), 1))

    def alone(self, name: str) -> np.ndarray:
        """Weights that take one candidate for everything."""
        return np.broadcast_to(np.eye(len(self.names))[self.names.index(name)], self.products.shape[:-1])

    def weights(self) -> np.ndarray:
        """(band 2, trust 2, time 2, n): at least 0, together 1."""
        out = np.zeros(self.products.shape[:-1])
        for case in np.ndindex(2, 2, 2):
            band = case[0]
            pooled = self.products[band].sum((0, 1)) / max(self.count[band].sum(), 1)
            own = self.products[case] / max(self.count[case], 1)
            out[case] = least(own + POOLED * pooled + RIDGE * np.trace(pooled) / len(pooled) * np.eye(len(pooled)))
        return out

    def mix(self, found: dict[str, np.ndarray], trust: np.ndarray, time: float, weights: np.ndarray) -> np.ndarray:
        """The frame (h w 3) float32."""
        total = 0
        for i, name in enumerate(self.names):
            for band, part in enumerate(bands(np.asarray(found[name], np.float32))):
                near = sum(amount * weights[band, :, m, i] for m, amount in enumerate(nearness(time)))
                total = total + part * (near[0] * (1 - trust) + near[1] * trust).astype(np.float32)
        return total


def nearness(time: float) -> tuple[float, float]:
    """Shares of "near the edge" and "in the middle" of a time in 0..1."""
    inner = 2 * min(time, 1 - time)
    return 1 - inner, inner


def bands(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coarse and fine part (h w c) float32."""
    coarse = cv2.GaussianBlur(picture, (0, 0), max(picture.shape[:2]) * COARSE)
    return coarse, picture - coarse


def least(products: np.ndarray) -> np.ndarray:
    """Weights (n) at least 0, together 1, with the least w' G w. Tries every subset, so n must be small."""
    n, best, chosen = len(products), np.inf, None
    for size in range(1, n + 1):
        for subset in combinations(range(n), size):
            inside = np.ix_(subset, subset)
            found = np.linalg.lstsq(products[inside], np.ones(size), rcond=None)[0]
            if found.sum() <= 0 or (found < 0).any():
                continue
            found = found / found.sum()
            error = found @ products[inside] @ found
            if error < best - 1e-12:
                best, chosen = error, np.zeros(n)
                chosen[list(subset)] = found
    return chosen
