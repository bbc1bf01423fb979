"""The judge: a small network that looks at five frames of a film and says what it sees. It is trained on renders only, never on
what a model painted, and its own accuracy on fresh renders is printed before it judges anything.

    python -m vitascope.evaluation.judge RUN_FOLDER     trains it anew, about fifteen core-minutes
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vitascope.director import plan as p
from vitascope.library import ASSETS, Library, picture

FRAMES, WIDTH, HEIGHT = 5, 96, 64
WAYS = ("none", "left", "right", "up", "down", "towards", "away")
QUESTIONS = {"count": 4, "way": len(WAYS), "camera": len(p.CAMERAS), "scene": len(p.SCENES), "style": len(p.STYLES)}
WEIGHTS = ASSETS / "weights" / "judge.safetensors"
CANDIDATES = 16


@dataclass(frozen=True)
class JudgeConfig:
    width: int = 32
    embedding: int = 96


def trunk(inputs: int, w: int) -> nn.Sequential:
    """(n inputs h w) to (n 4w h/16 w/16)."""
    layers, widths = [], (inputs, w, 2 * w, 3 * w, 4 * w)
    for a, b in zip(widths, widths[1:]):
        layers += [nn.Conv2d(a, b, 3, 2, 1), nn.GroupNorm(8, b), nn.SiLU()]
    return nn.Sequential(*layers, nn.Conv2d(4 * w, 4 * w, 3, 1, 1), nn.GroupNorm(8, 4 * w), nn.SiLU())


class Judge(nn.Module):
    """See `forward`, `look` and `recall`."""

    def __init__(self, config: JudgeConfig = JudgeConfig()):
        super().__init__()
        self.config = config
        w, e = config.width, config.embedding
        self.see = trunk(3, w)  # one frame or one picture
        self.watch = trunk(3 * FRAMES, w)  # all frames at once, for what moves
        self.film_out = nn.Conv2d(4 * w, e, 1)
        self.picture_out = nn.Conv2d(4 * w, e, 1)
        self.heads = nn.ModuleDict({name: nn.Sequential(nn.Linear(10 * 4 * w, 128), nn.SiLU(), nn.Linear(128, n))
                                    for name, n in QUESTIONS.items()})  # fmt: skip
        self.temperature = nn.Parameter(torch.tensor(2.5))

    def look(self, films: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Films (b FRAMES 3 HEIGHT WIDTH) in -1..1 to logits of QUESTIONS and a map of what is where (b cells e), unit vectors."""
        b = len(films)
        seen = self.see(films.flatten(0, 1))
        moved = self.watch(films.flatten(1, 2))
        parts = torch.cat([F.adaptive_avg_pool2d(moved, (2, 4)).flatten(1), moved.amax((2, 3)),
                           seen.mean((2, 3)).view(b, FRAMES, -1).mean(1)], 1)  # fmt: skip
        cells = F.normalize(self.film_out(seen), dim=1)  # (b*FRAMES e h w)
        cells = cells.view(b, FRAMES, cells.shape[1], -1).permute(0, 1, 3, 2).flatten(1, 2)
        return {name: head(parts) for name, head in self.heads.items()}, cells

    def recall(self, pictures: Tensor) -> Tensor:
        """Pictures (n 3 64 64) in -1..1 to unit vectors (n e)."""
        return F.normalize(self.picture_out(self.see(pictures)).mean((2, 3)), dim=1)

    def match(self, cells: Tensor, pictures: Tensor) -> Tensor:
        """How well each film (b cells e) shows each picture (n e): (b n), the soft maximum over its cells."""
        return torch.logsumexp(8 * torch.einsum("bce,ne->bnc", cells, pictures), -1) / 8 * self.temperature.exp()


def to_input(films: np.ndarray) -> Tensor:
    """uint8 films (b t h w 3) of any length and size to (b FRAMES 3 HEIGHT WIDTH) in -1..1: evenly spaced frames, squeezed."""
    import cv2

    t = films.shape[1]
    pick = np.linspace(0, t - 1, FRAMES).round().astype(int)
    small = [[cv2.resize(film[i], (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA) for i in pick] for film in films]
    return torch.from_numpy(np.array(small)).permute(0, 1, 4, 2, 3).float() / 127.5 - 1


def pictures_of(library: Library, ids: list[str]) -> Tensor:
    """Library pictures (n 3 64 64) in -1..1 on middle grey."""
    return torch.from_numpy(np.stack([picture(library, i) for i in ids])).permute(0, 3, 1, 2).float() / 127.5 - 1


def answers(facts: dict, plan) -> dict[str, int]:
    """The right answers for a film of one shot."""
    shot = plan.shots[0]
    way = facts["subjects"][0]["direction"] if facts["subjects"] else None
    return dict(count=min(len(shot.subjects), 3), way=WAYS.index(way or "none"), camera=p.CAMERAS.index(shot.camera_name),
                scene=p.SCENES.index(shot.scene.kind), style=p.STYLES.index(shot.style))  # fmt: skip


def thin(plan):
    """The five frames of a plan that the judge looks at, so that no others need be drawn."""
    from dataclasses import replace

    shot = plan.shots[0]
    pick = np.linspace(0, shot.num_frames - 1, FRAMES).round().astype(int)
    subjects = tuple(replace(s, track=s.track[pick]) for s in shot.subjects)
    return replace(plan, shots=(replace(shot, subjects=subjects, camera=shot.camera[pick]),), fps=plan.fps * (FRAMES - 1) / max(1, shot.num_frames - 1))


_library: list[Library] = []


def batch(step: int, size: int = 24) -> dict[str, np.ndarray]:
    """Fresh renders of one shot and at least one subject, their answers, and a picture of one of their subjects."""
    from vitascope.corpus.scenes import sample_plan
    from vitascope.director.stage import Life, render_plan

    if not _library:
        _library.append(Library())
    library, rng, rows = _library[0], np.random.default_rng([31, step]), []
    while len(rows) < size:
        w, h = ((128, 80), (96, 96), (80, 128), (144, 64))[rng.choice(4, p=(0.55, 0.15, 0.15, 0.15))]
        plan, facts = sample_plan(rng, library, 33, 8.0, split="all", aspect=w / h)
        if len(plan.shots) == 1 and plan.shots[0].subjects:
            film = render_plan(thin(plan), library, (w, h), Life.full())
            shown = plan.shots[0].subjects[rng.integers(len(plan.shots[0].subjects))].reference
            rows.append(dict(answers(facts, plan), film=to_input(film[None])[0].numpy(), picture=pictures_of(library, [shown])[0].numpy(),
                             name=hash_of(library[shown].object)))  # fmt: skip
    return {k: np.stack([row[k] for row in rows]) for k in rows[0]}


def hash_of(name: str) -> int:
    import zlib

    return zlib.crc32(name.encode())


def loss(model: Judge, data: dict) -> tuple[Tensor, dict]:
    logits, cells = model.look(data["film"])
    scores = model.match(cells, model.recall(data["picture"]))  # (b b)
    same = data["name"][:, None] == data["name"][None]
    same.fill_diagonal_(False)
    scores = scores.masked_fill(same, -1e4)  # another film of the same object is no wrong answer
    target = torch.arange(len(scores))
    total = F.cross_entropy(scores, target) + 0.5 * F.cross_entropy(scores.T, target)
    metrics = dict(subject=(scores.argmax(1) == target).float().mean())
    for name, out in logits.items():
        total = total + 0.4 * F.cross_entropy(out, data[name])
        metrics[name] = (out.argmax(1) == data[name]).float().mean()
    return total, metrics


def train_judge(run: Path, steps: int = 1500, threads: int = 1) -> dict[str, float]:
    """Train, print the accuracy on fresh renders, and ship the weights; returns the accuracies."""
    from vitascope.training.loop import Schedule, fit
    from vitascope.training.weights import save_weights

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = fit(Judge(), loss, batch, lambda data, generator: data, run, Schedule(steps, 2e-3, decay=0.6, save_every=200), muon=False,
                compiled=False, log_every=50)  # fmt: skip
    accuracy = accuracy_on_renders(model)
    save_weights(model, WEIGHTS, steps=model.steps, **{f"accuracy_{k}": f"{v:.3f}" for k, v in accuracy.items()})
    print("accuracy on fresh renders: " + "  ".join(f"{k} {v:.1%}" for k, v in accuracy.items()))
    return accuracy


@torch.no_grad()
def accuracy_on_renders(model: Judge, batches: int = 16) -> dict[str, float]:
    """Share of right answers on renders that training never saw; "subject" is 1 of CANDIDATES pictures."""
    right: dict[str, list[float]] = {}
    for step in range(batches):
        data = {k: torch.from_numpy(v) for k, v in batch(1_000_000 + step, CANDIDATES).items()}
        for name, value in loss(model, data)[1].items():
            right.setdefault(name, []).append(float(value))
    return {name: float(np.mean(values)) for name, values in right.items()}


def load_judge() -> Judge:
    """The shipped judge. Raises ValueError when it was not shipped."""
    from safetensors import safe_open

    if not WEIGHTS.exists():
        raise ValueError("The judge's weights are missing: train it with `python -m vitascope.evaluation.judge runs/judge`.")
    model = Judge()
    with safe_open(WEIGHTS, "pt") as file:
        model.load_state_dict({k: file.get_tensor(k).float() for k in file.keys()})
    return model.eval()


if __name__ == "__main__":
    train_judge(Path(sys.argv[1]), *(int(n) for n in sys.argv[2:3]))
