"""The judge: a small network that looks at five frames of a film and says what it sees. It is trained on renders only, never on
what a model painted, and its own accuracy on fresh renders is printed before it judges anything.

    python -m vitascope.evaluation.judge RUN_FOLDER     trains it anew, about six core-minutes
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vitascope.director import plan as p
from vitascope.library import ASSETS

from .renders import FRAMES, QUESTIONS, as_tensor, batch, lineup, pictures_of, render, the_library

WEIGHTS = ASSETS / "weights" / "judge.safetensors"
SEEN_AT = 40  # pixels a side at which a library picture is looked at: about the size of a subject in a film


@dataclass(frozen=True)
class JudgeConfig:
    width: int = 32
    embedding: int = 96


def step_down(a: int, b: int, stride: int = 2) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(a, b, 3, stride, 1), nn.GroupNorm(8, b), nn.ReLU())


REACH = 4  # places, at an eighth of the picture: how far `shifts` looks for where something went


@lru_cache(maxsize=4)
def neighbours(h: int, w: int) -> Tensor:
    """For each of h*w places the (2*REACH+1)^2 places around it, h*w standing for those out of the picture."""
    y, x, dy, dx = torch.meshgrid(torch.arange(h), torch.arange(w), *2 * [torch.arange(-REACH, REACH + 1)], indexing="ij")
    inside = (y + dy >= 0) & (y + dy < h) & (x + dx >= 0) & (x + dx < w)
    return torch.where(inside, (y + dy) * w + x + dx, h * w).reshape(h * w, -1)


def shifts(films: Tensor) -> Tensor:
    """How like each place in a frame is to the places around it in the next: (b f c h w) to (b*(f-1) (2*REACH+1)^2 h w)."""
    h, w = films.shape[-2:]
    flat = F.normalize(films.flatten(3), dim=2)  # (b f c places)
    alike = flat[:, :-1].flatten(0, 1).transpose(1, 2) @ flat[:, 1:].flatten(0, 1)
    near = neighbours(h, w).expand(len(alike), -1, -1)
    return 4 * F.pad(alike, (0, 1)).gather(2, near).transpose(1, 2).unflatten(2, (h, w))


class Judge(nn.Module):
    """See `forward`, `look` and `recall`."""

    def __init__(self, config: JudgeConfig = JudgeConfig()):
        super().__init__()
        self.config = config
        w, e = config.width, config.embedding
        self.near = nn.Sequential(step_down(3, w // 2), step_down(w // 2, 3 * w // 2))  # one frame or one picture, at a quarter
        self.far = nn.Sequential(step_down(3 * w // 2, 3 * w), step_down(3 * w, 4 * w), step_down(4 * w, 4 * w, 1))  # at 1/16
        self.halved = nn.Conv2d(3 * w // 2, 32, 3, 2, 1)  # what `shifts` compares, at 1/8
        self.watch = nn.Sequential(nn.Conv2d(81, 64, 1), nn.ReLU(), step_down(64, 64), step_down(64, 64, 1))
        self.join = nn.Sequential(nn.Linear((FRAMES - 1) * 8 * 64, 256), nn.ReLU())
        # Without their mean taken off, all vectors begin as nearly one, and telling them apart takes long to begin.
        self.film_out = nn.Sequential(nn.Conv2d(4 * w, e, 1, bias=False), nn.BatchNorm2d(e))
        self.picture_out = nn.Sequential(nn.Conv2d(4 * w, e, 1, bias=False), nn.AdaptiveAvgPool2d(1), nn.BatchNorm2d(e))
        self.heads = nn.ModuleDict({name: nn.Sequential(nn.Linear(256 + 2 * 4 * w, 80), nn.ReLU(), nn.Linear(80, n))
                                    for name, n in QUESTIONS.items()})  # fmt: skip
        self.temperature = nn.Parameter(torch.tensor(2.5))

    def look(self, films: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Films (b FRAMES 3 HEIGHT WIDTH) in -1..1 to logits of QUESTIONS and a map of what is where (b cells e), unit vectors."""
        b = len(films)
        near = self.near(films.flatten(0, 1))
        seen = self.far(near)
        moved = self.watch(shifts(self.halved(near).unflatten(0, (b, FRAMES))))
        moved = self.join(F.adaptive_avg_pool2d(moved, (2, 4)).reshape(b, -1))
        parts = torch.cat([moved, seen.mean((2, 3)).view(b, FRAMES, -1).mean(1), seen.amax((2, 3)).view(b, FRAMES, -1).mean(1)], 1)
        cells = F.normalize(self.film_out(seen), dim=1)  # (b*FRAMES e h w)
        cells = cells.view(b, FRAMES, cells.shape[1], -1).permute(0, 1, 3, 2).flatten(1, 2)
        return {name: head(parts) for name, head in self.heads.items()}, cells

    def see(self, pictures: Tensor) -> Tensor:
        """Pictures (n 3 h w) to features (n c h/16 w/16)."""
        return self.far(self.near(pictures))

    def recall(self, pictures: Tensor) -> Tensor:
        """Pictures (n 3 64 64) in -1..1 to unit vectors (n e)."""
        pictures = F.interpolate(pictures, (SEEN_AT, SEEN_AT), mode="area")
        return F.normalize(self.picture_out(self.see(pictures)).flatten(1), dim=1)

    def match(self, cells: Tensor, pictures: Tensor) -> Tensor:
        """How well each film (b cells e) shows each picture (n e): (b n), the soft maximum over its cells."""
        return torch.logsumexp(8 * torch.einsum("bce,ne->bnc", cells, pictures), -1) / 8 * self.temperature.exp()


def loss(model: Judge, data: dict) -> tuple[Tensor, dict]:
    logits, cells = model.look(data["film"].movedim(-1, -3).float() / 127.5 - 1)
    pictures = torch.cat([data["picture"], data["others"]]).movedim(-1, -3).float() / 127.5 - 1
    vectors = model.recall(pictures)
    scores = model.match(cells, vectors)  # (films, pictures)
    names = torch.cat([data["name"], data["other_names"]])
    also_right = (data["shown"][:, :, None] == names).any(1)  # shown too, or a picture of the same thing: no wrong answers
    target = torch.arange(len(scores))
    also_right[target, target] = False
    scores = scores.masked_fill(also_right, -1e4)
    total = F.cross_entropy(scores, target) + 0.5 * F.cross_entropy(scores[:, : len(scores)].T, target)
    # The cell in which a subject stands must know it: a far stronger hint than that some cell must.
    film, frame = (data["cell"] >= 0).nonzero(as_tuple=True)
    there = cells.unflatten(1, (FRAMES, -1))[film, frame, data["cell"][film, frame]]
    local = (model.temperature.exp() * there @ vectors.T).masked_fill(also_right[film], -1e4)
    total = total + F.cross_entropy(local, film)
    metrics = dict(cell=(local.argmax(1) == film).float().mean(), subject=(scores.argmax(1) == target).float().mean())
    for name, out in logits.items():
        total = total + F.cross_entropy(out, data[name])
        metrics[name] = (out.argmax(1) == data[name]).float().mean()
    return total, metrics


def train_judge(run: Path, steps: int = 900, threads: int = 1) -> dict[str, float]:
    """Train, print the accuracy on fresh renders, and ship the weights; returns the accuracies."""
    from vitascope.training.loop import Schedule, fit
    from vitascope.training.weights import save_weights

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = fit(Judge(), loss, batch, lambda data, generator: data, run, Schedule(steps, 3e-3, decay=0.7, ema=0.99, save_every=100),
                muon=False, log_every=25)  # fmt: skip
    accuracy = accuracy_on_renders(model)
    if model.steps < steps:
        print(f"stopped at step {model.steps} of {steps}: nothing is shipped; the same command goes on from there")
        return accuracy
    save_weights(model, WEIGHTS, steps=model.steps, **{f"accuracy_{k}": f"{v:.3f}" for k, v in accuracy.items()})
    print("accuracy on fresh renders: " + "  ".join(f"{k} {v:.1%}" for k, v in accuracy.items()))
    return accuracy


@torch.no_grad()
def accuracy_on_renders(model: Judge, films: int = 240) -> dict[str, float]:
    """Share of right answers on renders that training never saw, asked as the bench asks: "subject" is 1 of 16 in its style,
    "moving way" is asked only where the first subject goes somewhere. "NAME by guessing" is what always giving the commonest
    answer would reach: a question that is no better than that is not answered at all."""
    from vitascope.corpus.casting import STYLE_WEIGHTS

    model.eval()
    rng, right, asked = np.random.default_rng(5), {}, {name: [] for name in QUESTIONS}
    weights = np.array([STYLE_WEIGHTS[s] for s in p.STYLES])
    for index in range(films):
        film, answer, shown = render(p.STYLES[rng.choice(len(weights), p=weights / weights.sum())], index, fresh=True)
        logits, cells = model.look(as_tensor(film[None]))
        vectors = model.recall(pictures_of(the_library(), lineup(the_library(), next(iter(shown)), list(shown), rng)))
        right.setdefault("subject", []).append(int(model.match(cells, vectors).argmax()) == 0)
        for name, out in logits.items():
            hit = int(out.argmax()) == answer[name]
            asked[name].append(answer[name])
            right.setdefault(name, []).append(hit)
            if name == "way" and answer["way"]:
                right.setdefault("moving way", []).append(hit)
    out = {name: float(np.mean(hits)) for name, hits in right.items()}
    return out | {f"{name} by guessing": max(np.bincount(given)) / films for name, given in asked.items()}


def unanswered(accuracy: dict[str, float], margin: float = 0.1) -> list[str]:
    """Questions at which the judge beats a constant guess by less than `margin`, by its accuracy on renders."""
    return [name for name in QUESTIONS if accuracy[name] < accuracy[f"{name} by guessing"] + margin]


def load_judge() -> Judge:
    """The shipped judge. Raises ValueError when it was not shipped."""
    from safetensors import safe_open

    if not WEIGHTS.exists():
        raise ValueError("The judge's weights are missing: train it with `python -m vitascope.evaluation.judge runs/judge`.")
    model = Judge()
    with safe_open(WEIGHTS, "pt") as file:
        try:
            model.load_state_dict({k: file.get_tensor(k).float() for k in file.keys()})
        except RuntimeError:
            raise ValueError("The judge's weights are of another version: train it with `python -m vitascope.evaluation.judge runs/judge`.") from None
    return model.eval()


if __name__ == "__main__":
    train_judge(Path(sys.argv[1]), *(int(n) for n in sys.argv[2:3]))
