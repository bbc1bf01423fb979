"""What the autoencoder looks at: crops of rendered films beside their sketches, of Big Buck Bunny, and of photographs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .shards import SIZES

CROP = 64  # pixels a side


@dataclass(frozen=True)
class Footage:
    """`Footage(...)(step)` is a batch: stills on even steps, clips of nine frames on odd ones.

    frames and guide (n t 64 64 3) uint8; guided (n) float32, 1 where the decoder is shown the guide.
    """

    corpus: Path
    stills: int = 48
    clips: int = 8
    real_share: float = 0.3  # of film and photographs
    guided_share: float = 0.5
    seed: int = 0
    split: str = "train"

    def __call__(self, step: int) -> dict[str, np.ndarray]:
        rng = np.random.default_rng([self.seed, 7, step])
        count, length = (self.clips, 9) if step % 2 else (self.stills, 1)
        real = int(round(count * self.real_share)) if self.films() else 0
        pairs = [self.real(rng, length) for _ in range(real)]
        while len(pairs) < count:
            pairs += self.rendered(rng, length, crops=1 if length > 1 else 6)
        frames, guide = (np.stack(side) for side in zip(*pairs[:count]))
        guided = (rng.random(count) < self.guided_share).astype(np.float32)
        return dict(frames=frames, guide=guide, guided=guided)

    def films(self) -> list:
        """Arrays (t h w 3), film shots first, then photographs as films of one frame."""
        if (self.corpus, self.split) not in _films:
            from vitascope.corpus import load_photographs, load_shots

            held = self.split != "train"
            shots = [array for name, array in load_shots(self.corpus, held_out=held)]
            stills = [] if held else [array[None] for name, array in load_photographs(self.corpus)]
            _films[self.corpus, self.split] = shots + stills
        return _films[self.corpus, self.split]

    def real(self, rng, length: int) -> tuple[np.ndarray, np.ndarray]:
        """A crop of film or photograph at a random size and speed, and itself shifted and blurred as a guide."""
        import cv2

        films = self.films()
        while True:
            film = films[rng.integers(len(films))]
            stride = int(rng.integers(1, 4))
            if len(film) >= (length - 1) * stride + 1 or len(film) == 1:
                break
        first = int(rng.integers(max(1, len(film) - (length - 1) * stride)))
        picked = film[first : first + (length - 1) * stride + 1 : stride] if len(film) > 1 else film[[0] * length]
        h, w = picked.shape[1:3]
        side = int(rng.integers(CROP, min(h, w) + 1))
        top, left = rng.integers(h - side + 1), rng.integers(w - side + 1)
        frames = [cv2.resize(f[top : top + side, left : left + side], (CROP, CROP), interpolation=cv2.INTER_AREA) for f in picked]
        drift = rng.normal(0, 1.5, 2)
        guide = []
        for i, frame in enumerate(frames):  # the first frame under a wrong motion, as a planned camera would show it
            move = np.float32([[1, 0, drift[0] * (1 + i / 4)], [0, 1, drift[1] * (1 + i / 4)]])
            guide.append(cv2.warpAffine(frames[0] if rng.random() < 0.5 else frame, move, (CROP, CROP), borderMode=cv2.BORDER_REFLECT))
        if rng.random() < 0.4:
            guide = [cv2.GaussianBlur(g, (0, 0), float(rng.uniform(0.5, 2))) for g in guide]
        return np.stack(frames), np.stack(guide)

    def rendered(self, rng, length: int, crops: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """Crops of one rendered film and, at the same places, of its sketch; most of them centred on a subject."""
        from vitascope.corpus.scenes import corrupt, sample_plan
        from vitascope.director.stage import Life, render_plan

        if "library" not in _films:
            from vitascope.library import Library

            _films["library"] = Library()
        library = _films["library"]
        size = list(SIZES)[rng.choice(len(SIZES), p=list(SIZES.values()))]
        plan, _ = sample_plan(rng, library, 9, 8.0, split=self.split, aspect=size[0] / size[1])
        full = render_plan(plan, library, size, Life.full())
        rough, post = corrupt(rng, plan)
        sketch = post.apply(render_plan(rough, library, size, Life.none()))
        pairs = []
        for _ in range(crops):
            first = int(rng.integers(len(full) - length + 1))
            top, left = rng.integers(size[1] - CROP + 1), rng.integers(size[0] - CROP + 1)
            window = np.s_[first : first + length, top : top + CROP, left : left + CROP]
            pairs.append((full[window], sketch[window]))
        return pairs


_films: dict = {}
