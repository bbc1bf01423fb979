"""Recipe for the director: plans sampled on the fly, cross-entropy on what is named and a flow-matching loss on the tracks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from vitascope.director import planner
from vitascope.flow import interpolate, logit_normal
from vitascope.nn.director import Director

TOKENS = 64


@dataclass(frozen=True)
class Batches:
    """`Batches(...)(step)`: captions' token states, subject slots, named choices and tracks of `size` sampled plans."""

    size: int = 64
    seed: int = 0
    split: str = "train"

    def __call__(self, step: int) -> dict[str, np.ndarray]:
        from vitascope.corpus.captions import caption
        from vitascope.corpus.scenes import sample_plan

        library, encoder = _tools()
        rng = np.random.default_rng([self.seed, 11, step])
        rows = []
        for _ in range(self.size):
            num_frames = int(rng.choice([17, 33, 49, 65, 97]))
            aspect = float(np.exp(rng.uniform(np.log(9 / 16), np.log(21 / 9))))
            plan, facts = sample_plan(rng, library, num_frames, 8.0, split=self.split, aspect=aspect)
            form = rng.choice(["short", "plain", "long", "structured"], p=[0.15, 0.25, 0.15, 0.45])
            text = caption(facts | {"cut": None}, rng, lang="fr" if rng.random() < 0.08 else "en", form=form)
            shot = plan.shots[0]
            names = [library[s.reference].label for s in shot.subjects]
            slots, slot_mask = planner.slots(encoder.embed(names) if names else None, shot.subjects, library)
            choices, motions, tracks, camera = planner.to_targets(shot)
            states, mask = encoder.encode([text], max_tokens=TOKENS)
            words = np.zeros((TOKENS, states.shape[-1]), np.float32)
            words[: states.shape[1]] = states[0]
            there = np.zeros(TOKENS, bool)
            there[: mask.shape[1]] = mask[0]
            rows.append(dict(text=words, text_mask=there, slots=slots, slot_mask=slot_mask,
                             shape=planner.shape(aspect, num_frames / 8.0), choices=choices, motions=motions,
                             tracks=tracks, camera=camera, normal=np.float32(rng.standard_normal())))  # fmt: skip
        return {k: np.stack([row[k] for row in rows]) for k in rows[0]}


_loaded: list = []


def _tools():
    if not _loaded:
        from vitascope.library import Library
        from vitascope.prompts import TextEncoder

        _loaded.extend((Library(), TextEncoder()))
    return _loaded


class Loss:
    """The sum of the planner's v-loss (clipped), and the reader's cross-entropies at a low weight."""

    reading = 0.1

    def draw(self, data: dict, generator: torch.Generator) -> dict:
        data["track_noise"] = torch.randn(data["tracks"].shape, generator=generator)
        data["camera_noise"] = torch.randn(data["camera"].shape, generator=generator)
        return data

    def __call__(self, model: Director, data: dict) -> tuple[Tensor, dict]:
        t = logit_normal(data["normal"], shift=1.0)
        wide = t[:, None, None]
        tracks = interpolate(data["tracks"], data["track_noise"], wide[:, None])
        camera = interpolate(data["camera"], data["camera_noise"], wide)
        clean_tracks, clean_camera, choice_logits, motion_logits = model(
            data["text"], data["text_mask"], data["slots"], data["slot_mask"], data["shape"],
            data["choices"], data["motions"], tracks, camera, t,
        )  # fmt: skip
        there = data["slot_mask"].float()
        weight = 1 / (1 - t).clamp(0.2, 1).square()
        track_error = ((clean_tracks - data["tracks"]).square().mean((2, 3)) * there).sum(1) / there.sum(1).clamp(1, 3)
        camera_error = (clean_camera - data["camera"]).square().mean((1, 2))
        flow = (weight * (track_error + camera_error)).mean()
        read = sum(F.cross_entropy(logits, data["choices"][:, i]) for i, logits in enumerate(choice_logits))
        named = F.cross_entropy(motion_logits.flatten(0, 1), data["motions"].flatten(), reduction="none")
        named = (named * there.flatten()).sum() / there.sum().clamp(1, 1e9)
        right = (motion_logits.argmax(-1) == data["motions"]).float()
        metrics = dict(
            track_error=track_error.mean().detach(), camera_error=camera_error.mean().detach(),
            scene_right=(choice_logits[0].argmax(-1) == data["choices"][:, 0]).float().mean(),
            camera_right=(choice_logits[4].argmax(-1) == data["choices"][:, 4]).float().mean(),
            motion_right=(right * there).sum() / there.sum().clamp(1, 1e9),
        )  # fmt: skip
        return flow + self.reading * (read + named), metrics
