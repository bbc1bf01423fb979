"""How a film holds together in time: what `footage.measures` measures, put together for the bench's rows."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from vitascope.footage import measures

LEAST = 0.1  # grey levels of change taken for none


def seams(frames: np.ndarray, joins: Sequence[int]) -> dict:
    """Seam errors of a film (t h w 3) at its joins, the numbers of the first frames behind them: 1 is invisible."""
    each = [measures.seam_error(frames, [join]) for join in joins]
    return dict(seam=round(float(np.mean(each)), 2), worst_seam=round(max(each), 2), seams=[round(e, 2) for e in each])


def seams_inside(film: np.ndarray, joins: Sequence[int], beat: int = 4) -> dict[str, float]:
    """Unexplained change of a film (t h w 3) at window joins against inside windows, and their ratio.

    A latent frame begins every `beat` frames, where decoded films change a little more than elsewhere; windows begin at
    such places too, so `beat_ratio` compares joins with the other beginnings alone.
    """
    steps = np.array([measures.unexplained(a, b) for a, b in zip(film, film[1:])])
    numbers = np.arange(1, len(film))
    at = np.isin(numbers, list(joins))
    beats = (numbers % beat == joins[0] % beat) & ~at
    mean = float(steps[at].mean())
    return dict(at_joins=round(mean, 3), inside=round(float(steps[~at].mean()), 3), joins=int(at.sum()),
                ratio=round(mean / max(LEAST, steps[~at].mean()), 3), beat_ratio=round(mean / max(LEAST, steps[beats].mean()), 3))  # fmt: skip


def sharpness(frames: np.ndarray) -> float:
    """Mean size of the Laplacian of grey frames (t h w 3) at their own size."""
    return float(np.mean([np.abs(cv2.Laplacian(cv2.cvtColor(f, cv2.COLOR_RGB2GRAY), cv2.CV_32F)).mean() for f in frames]))


def drift(frames: np.ndarray, reference: np.ndarray) -> dict[str, float]:
    """`measures.drift`, rounded, with sharpness at the films' own size."""
    found = measures.drift(frames, reference) | dict(sharpness=sharpness(frames) / max(1e-6, sharpness(reference)))
    return {name: round(value, 2) for name, value in found.items()}


def flicker(frames: np.ndarray) -> float:
    return round(measures.flicker(frames), 2)


def changed(frames: np.ndarray, known: np.ndarray) -> int:
    """How many frames (t h w 3) differ from what was given in any byte."""
    return int((frames != known).any((1, 2, 3)).sum())
