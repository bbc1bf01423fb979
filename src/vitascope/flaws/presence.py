"""Things that appear or vanish: a subject is not there where the plan has it, or something is there that it does not have."""

from __future__ import annotations

import cv2
import numpy as np

from .fit import largest
from .look import Look, most

THRESHOLD = 0.46
APART = 26  # grey levels from which a pixel is not what the plan has there
THIN = 5  # pixels: drops, flakes and edges that sway are thinner
BROAD = 61  # pixels: what changes more smoothly is fog or light
LARGE = 0.012  # of the picture: something as large as that counts as much as a subject that is all gone


def measure(look: Look) -> np.ndarray:
    """(t): 0 all is there and nothing else, 1 a subject is all gone, or something of LARGE is there too."""
    return most(gone(look), come(look))


def gone(look: Look) -> np.ndarray:
    series = [look.none]
    for actor in look.actors:
        cover, sure = actor.cover()
        weight = sure * actor.mask
        much = weight.sum((1, 2))
        share = (weight * cover).sum((1, 2)) / np.maximum(much, 1e-3)
        judged = actor.there & (much > 0.15 * np.maximum(actor.mask.sum((1, 2)), 1)) & (much > 15)
        if judged.any():
            usual = np.clip(np.quantile(share[judged], 0.6), 0.5, 1)  # fog takes some away all the time
            series.append(lasting(np.where(judged, np.clip(1 - share / usual, 0, 1), np.nan)))
    return most(*series)


def come(look: Look) -> np.ndarray:
    size = look.film.shape[1] * look.film.shape[2]
    areas = []
    for k, (seen, empty) in enumerate(zip(look.film, look.plates.empty)):
        free = np.ones(seen.shape[:2], np.float32)  # where no subject is, nor its shadow
        if len(look.plates.masks):
            free[cv2.dilate(look.plates.masks[:, k].max(0), np.ones((13, 13))) > 0.05] = 0
            free[cv2.dilate(look.plates.shade[k].astype(np.uint8), np.ones((5, 5))) > 0] = 0
        apart = (seen.astype(np.float32) - empty) * free[..., None]
        light = cv2.blur(apart, (BROAD, BROAD)) / np.maximum(cv2.blur(free, (BROAD, BROAD)), 0.05)[..., None]
        far = (largest(np.abs(apart - light)) * free > APART).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(far, cv2.MORPH_OPEN, np.ones((THIN, THIN), np.uint8)))
        areas.append(max(stats[1:, cv2.CC_STAT_AREA], default=0) / size)
    areas = np.array(areas)
    return lasting(np.clip((areas - np.median(areas)) / LARGE, 0, 1.5))


def lasting(values: np.ndarray) -> np.ndarray:
    """(t) values that hold for two frames."""
    after, before = np.append(values[1:], np.nan), np.append(np.nan, values[:-1])
    return most(*(np.where(np.isnan(other), np.nan, np.minimum(values, other)) for other in (after, before)))
