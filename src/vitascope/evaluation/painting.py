"""Does painting earn its keep? Over the true plan, painted films and bare animatics are compared with the real renders."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from .features import Features
from .metrics import frechet, psnr, share

COMPONENTS = 32  # of the features, for Fréchet distances from a few hundred frames


def regions(case, library) -> dict[str, np.ndarray]:
    """Where each part of what makes a render alive shows: masks (t h w) by the name of the switch."""
    from vitascope.director.stage import Life, render_plan

    real = case.films["real"]
    size = real.shape[2], real.shape[1]
    out = {"all that lives": differ(real, case.films["animatic"])}
    for switch in fields(Life):
        without = render_plan(case.plan, library, size, replace(Life.full(), **{switch.name: False}))
        out[switch.name] = differ(real, without)
    return out


def differ(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Mask (t h w) of pixels in which two films differ visibly, by more than four grey levels."""
    return np.abs(a.astype(np.int16) - b).max(-1) > 4


def nearer(cases: list, library, features: Features) -> dict:
    """How near painted films and animatics are to real renders: decibels, feature distance, shares of films; by region too."""
    tallies: dict[str, list[tuple[float, float]]] = {}
    distances = []
    for case in cases:
        real, painted, animatic = (case.films[name] for name in ("real", "painted", "animatic"))
        tallies.setdefault("everywhere", []).append((psnr(painted, real), psnr(animatic, real)))
        for name, mask in regions(case, library).items():
            if mask.mean() > 0.002:
                tallies.setdefault(name, []).append((psnr(painted[mask], real[mask]), psnr(animatic[mask], real[mask])))
        distances.append((features.away(painted, real), features.away(animatic, real)))
    out = {name: dict(painted=mean([a for a, _ in pairs]), animatic=mean([b for _, b in pairs]), painted_nearer=share([a > b for a, b in pairs]))
           for name, pairs in tallies.items()}  # fmt: skip
    return dict(psnr_to_real=out, feature_distance=dict(
        features=features.name, painted=mean([a for a, _ in distances]), animatic=mean([b for _, b in distances]),
        painted_nearer=share([a < b for a, b in distances])))  # fmt: skip


def mean(values: list[float]) -> float:
    return float(f"{np.mean(values):.4g}")


def frechet_distances(cases: list, columns, library, features: Features) -> dict:
    """Fréchet distance of each column's frames to those of other real renders, over the first COMPONENTS principal components.

    The value of "real" is what two sets of real renders of this size are apart by chance: the ceiling.
    """
    from vitascope.corpus.scenes import sample_plan
    from vitascope.director.stage import Life, render_plan

    from . import renders as r

    others = []
    for i in range(2 * len(cases)):
        case = cases[i % len(cases)]
        size = case.films["real"].shape[2], case.films["real"].shape[1]
        rng = np.random.default_rng([78, i])
        plan, _ = sample_plan(rng, library, 33, 8.0, split=case.split, aspect=size[0] / size[1], cut=False)
        others.append(features.pooled(render_plan(r.thin(plan), library, size, Life.full())))
    reference = np.concatenate(others)
    middle = reference.mean(0)
    _, _, axes = np.linalg.svd(reference - middle, full_matrices=False)
    axes = axes[:COMPONENTS].T
    out: dict = dict(features=features.name, components=axes.shape[1], frames=5 * len(cases))
    for column in columns:
        found = np.concatenate([features.pooled(case.films[column]) for case in cases])
        out[column] = mean([frechet((found - middle) @ axes, (reference - middle) @ axes)])
    return out
