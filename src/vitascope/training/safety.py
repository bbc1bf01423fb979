"""Training of the classifier of prompts: minutes on one core, and the calibration of its working points.

A prompt is a bag of pieces, and its evidence that of its strongest piece (multiple-instance learning); the loss is binary
cross-entropy for every category that a prompt's source knows about. Either way of reading is left out now and then, so that
each can stand alone. Calibration is Platt's on prompts kept aside, then moved until harmless ones are refused as rarely as asked.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save
from torch import nn
from torch.nn import functional as F

from vitascope.corpus.safety import Row
from vitascope.corpus.safety.rows import FOLDER
from vitascope.prompts import TextEncoder
from vitascope.safety.classifier import BUCKETS, CATEGORIES, THRESHOLD, WEIGHTS

from .safety_data import Batch, Pieces, batch, rows_for, targets

WIDTH, HIDDEN, EACH = 384, 128, 96  # EACH: hidden units of every token
HARMLESS = {"caption": 0.004, "parti": 0.01, "long twin": 0.011, "twin": 0.03, "lookalike": 0.02, "xstest": 0.3}  # refused at most, of any category
LOWEST = -0.7  # the lowest working point, as a logit
FLOOR = np.log(THRESHOLD / (1 - THRESHOLD))  # the logit of the working point


@dataclass(frozen=True)
class SafetyRecipe:
    """epochs over the prompts, prompts a step, learning rate; dropout of states, hidden units, features and of a whole way of reading."""

    epochs: int = 8
    size: int = 128
    rate: float = 2e-3
    decay: float = 0.1
    table_rate: float = 0.03  # a feature is one of a hundred of its piece, and has to weigh more
    table_decay: float = 0.05
    drop_states: float = 0.2
    drop_hidden: float = 0.3
    drop_grams: float = 0.5
    drop_way: float = 0.2
    positive: float = 2.0  # how much more a prompt counts for what it shows than for what it does not
    share: float = 1.0  # of the data
    seed: int = 0


class SafetyNet(nn.Module):
    """The two ways of reading, as vitascope.safety.classifier runs them in numpy."""

    def __init__(self):
        super().__init__()
        k = len(CATEGORIES)
        self.table = nn.EmbeddingBag(BUCKETS, k, mode="sum")
        self.m_in, self.m_out, self.m_skip = nn.Linear(WIDTH, HIDDEN), nn.Linear(HIDDEN, k, bias=False), nn.Linear(WIDTH, k, bias=False)
        self.t_in, self.t_ask, self.t_out = nn.Linear(WIDTH, EACH), nn.Linear(EACH, k, bias=False), nn.Linear(EACH, k, bias=False)
        self.bias = nn.Parameter(torch.full((k,), -2.0))
        nn.init.zeros_(self.table.weight)
        nn.init.zeros_(self.m_skip.weight)

    def forward(self, x: Batch, recipe: SafetyRecipe | None = None, ways: tuple[bool, bool] = (True, True)) -> torch.Tensor:
        """(b k) evidence. recipe: drops things out, for training. ways: which of states and features are read."""
        means = F.dropout(x.means, recipe.drop_states) if recipe else x.means  # p 384
        hidden = F.relu(self.m_in(means))
        hidden = F.dropout(hidden, recipe.drop_hidden) if recipe else hidden
        found = [self.m_out(hidden) + self.m_skip(means) + self.attended(x, recipe), self.table(x.grams, x.offsets) / x.counts.sqrt()[:, None]]
        if recipe:
            lost = torch.rand(len(x.owner))
            found = [found[0] * (lost > recipe.drop_way)[:, None], found[1] * (lost < 1 - recipe.drop_way)[:, None]]
        evidence = found[0] * ways[0] + found[1] * ways[1] + self.bias  # p k
        index = x.owner[:, None].expand_as(evidence)
        return torch.full((x.rows, evidence.shape[1]), -20.0).scatter_reduce(0, index, evidence, "amax")


    def attended(self, x: Batch, recipe: SafetyRecipe | None) -> torch.Tensor:
        """(p k) verdicts on every token, weighed by attention over its piece."""
        hidden = F.relu(self.t_in(F.dropout(x.tokens, recipe.drop_states) if recipe else x.tokens))  # t h
        hidden = F.dropout(hidden, recipe.drop_hidden) if recipe else hidden
        asked = self.t_ask(hidden)  # t k
        index = x.piece[:, None].expand_as(asked)
        highest = torch.full((len(x.owner), asked.shape[1]), -1e4).scatter_reduce(0, index, asked.detach(), "amax")
        share = (asked - highest[x.piece]).exp()
        total, said = (torch.zeros_like(highest).index_add(0, x.piece, part) for part in (share, share * self.t_out(hidden)))
        return said / total.clamp_min(1e-6)


def train_safety(run: Path, data: Path, recipe: SafetyRecipe | None = None, report=print, encoder: TextEncoder | None = None) -> Path:
    """Trains the classifier and writes classifier.safetensors and classifier.json into `run`; returns the first's path.

    data: the folder with train.jsonl (val.jsonl beside it is only for `vitascope bench safety`). ValueError when it is missing.
    """
    recipe = recipe or SafetyRecipe()
    torch.manual_seed(recipe.seed)
    run.mkdir(parents=True, exist_ok=True)
    table = Pieces(encoder or TextEncoder(cache_size=1))
    rows, aside = (rows_for(split, data, recipe.seed, recipe.share) for split in ("train", "calibrate"))
    report(f"{len(rows)} prompts to learn from, {len(aside)} to calibrate on")
    parts, held = ([table.of(row) for row in those] for those in (rows, aside))
    report(f"{len(table.means)} distinct pieces encoded")
    net = fit(SafetyNet(), table, parts, rows, recipe, report)
    tensors = quantised(net)
    restore(net, tensors)  # calibrate what is shipped
    tensors["calibration"], facts = calibrate(evidence(net, table, held), aside)
    steps = recipe.epochs * (len(rows) // recipe.size)
    return write(run / WEIGHTS.name, tensors, {"recipe": asdict(recipe), "steps": steps, "prompts": len(rows), "calibrated": len(aside), "data_sha256": data_hash(data), **facts})


def data_hash(data: Path) -> str:
    """SHA-256 of all that the classifier is trained on: the files of corpus.safety but those for judging, and train.jsonl."""
    digest = hashlib.sha256()
    for path in (*sorted(p for p in FOLDER.glob("*.txt") if not p.name.startswith(("judge-", "check-"))), data / "train.jsonl"):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def fit(net: SafetyNet, table: Pieces, parts: list[list[int]], rows: list[Row], recipe: SafetyRecipe, report=print) -> SafetyNet:
    rng = np.random.default_rng([recipe.seed, 21])
    shown, weight = (torch.from_numpy(a) for a in targets(rows))
    weight = weight * (1 + (recipe.positive - 1) * shown)
    steps = recipe.epochs * (len(rows) // recipe.size)
    rest = [p for name, p in net.named_parameters() if not name.startswith("table")]
    groups = [{"params": rest, "lr": recipe.rate, "weight_decay": recipe.decay}, {"params": net.table.parameters(), "lr": recipe.table_rate, "weight_decay": recipe.table_decay}]
    optimizer = torch.optim.AdamW(groups)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, [recipe.rate, recipe.table_rate], max(steps, 2), pct_start=0.1)
    net.train()
    for epoch in range(recipe.epochs):
        order, total = rng.permutation(len(rows)), 0.0
        for i in range(len(rows) // recipe.size):
            chosen = order[i * recipe.size : (i + 1) * recipe.size]
            found = net(batch(table, [parts[j] for j in chosen], recipe.drop_grams, rng), recipe)
            loss = F.binary_cross_entropy_with_logits(found, shown[chosen], weight[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        report(f"epoch {epoch + 1} of {recipe.epochs}: loss {total / max(len(rows) // recipe.size, 1):.4f}")
    return net.eval()


@torch.no_grad()
def evidence(net: SafetyNet, table: Pieces, parts: list[list[int]], ways: tuple[bool, bool] = (True, True)) -> np.ndarray:
    """(b k) evidence for prompts given as their pieces."""
    return np.concatenate([net(batch(table, parts[i : i + 128]), None, ways).numpy() for i in range(0, len(parts), 128)])


def calibrate(found: np.ndarray, rows: list[Row]) -> tuple[np.ndarray, dict]:
    """(2 k) slope and offset for each category, and what was found: Platt's slope, and an offset that keeps to HARMLESS."""
    shown, weight = targets(rows)
    slopes, offsets, kinds = np.ones(len(CATEGORIES)), np.zeros(len(CATEGORIES)), np.array([row.kind for row in rows])
    for k in range(len(CATEGORIES)):
        slopes[k], offsets[k] = platt(found[:, k], shown[:, k], weight[:, k])
    fits = found * slopes + offsets
    harmless = ~shown.any(1)
    kept = {kind: fits[harmless & (kinds == kind)] for kind in HARMLESS if (harmless & (kinds == kind)).any()}
    working = working_points(kept, [fits[shown[:, k] > 0, k] for k in range(len(CATEGORIES))])
    offsets += FLOOR - working
    refused = {kind: float((values >= working).any(1).mean()) for kind, values in kept.items()}
    caught = {name: float((fits[shown[:, k] > 0, k] >= working[k]).mean()) for k, name in enumerate(CATEGORIES) if shown[:, k].any()}
    return np.stack([slopes, offsets]).astype(np.float32), {"working_points": [round(float(w), 3) for w in working], "harmless_refused": refused, "caught": caught}


def working_points(kept: dict[str, np.ndarray], wanted: list[np.ndarray]) -> np.ndarray:
    """(k) thresholds at which no kind of harmless prompt (n k) is refused more often than HARMLESS has it.

    All begin at LOWEST: where the harmless prompts at hand score low, others will score a little higher. While a kind is
    refused too often, one threshold rises to just above one more of its prompts: the one that loses the smallest share of its
    category's own (`wanted`, for each category) for what it frees, so that a single odd prompt does not set a threshold.
    """
    points = np.full(len(CATEGORIES), LOWEST)
    while over := [kind for kind, values in kept.items() if (values >= points).any(1).mean() > HARMLESS[kind]]:
        options = []
        for values in (kept[kind] for kind in over):
            refused = values[(values >= points).any(1)]
            for k in np.flatnonzero((refused >= points).any(0)):
                for score in np.sort(refused[refused[:, k] >= points[k], k])[:20]:
                    moved = points.copy()
                    moved[k] = score + 1e-4
                    freed = sum((~(v >= moved).any(1) & (v >= points).any(1)).mean() / HARMLESS[kind] for kind, v in kept.items() if kind in over)
                    lost = float(((wanted[k] >= points[k]) & (wanted[k] < moved[k])).mean()) if len(wanted[k]) else 0.0
                    options.append(((lost + 1e-3 * (score - points[k]) + 1e-4) / (freed + 1e-4), tuple(moved)))
        points = np.array(min(options)[1])
    return points


def platt(values: np.ndarray, shown: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Slope (0.3 to 3) and offset of the logistic curve through values (b), by Newton's method with a little ridge."""
    a, b = 1.0, 0.0
    x = np.clip(values, -12, 12)
    for _ in range(40):
        p = 1 / (1 + np.exp(-(a * x + b)))
        g = np.array([(weight * (p - shown) * x).sum() + (a - 1), (weight * (p - shown)).sum() + 0.1 * b])
        s = weight * p * (1 - p)
        h = np.array([[(s * x * x).sum() + 1, (s * x).sum()], [(s * x).sum(), s.sum() + 0.1]])
        a, b = np.array([a, b]) - np.clip(np.linalg.solve(h, g), -1, 1)
    return float(np.clip(a, 0.3, 3)), float(b)


def quantised(net: SafetyNet) -> dict[str, np.ndarray]:
    """Arrays as the classifier reads them: the two big ones in 8 bits with one scale a column, the rest in half precision."""
    arrays = {"c.table": net.table.weight, "m.in": net.m_in.weight.T, "m.in.b": net.m_in.bias, "m.out": net.m_out.weight.T,
              "m.skip": net.m_skip.weight.T, "t.in": net.t_in.weight.T, "t.in.b": net.t_in.bias, "t.ask": net.t_ask.weight.T, "t.out": net.t_out.weight.T, "bias": net.bias}  # fmt: skip
    out: dict[str, np.ndarray] = {}
    for name, value in ((n, a.detach().numpy()) for n, a in arrays.items()):
        if name in ("c.table", "m.in", "t.in"):
            scale = (np.abs(value).max(0) / 127 + 1e-12).astype(np.float16).astype(np.float32)
            out[name], out[name + ".scale"] = np.clip(np.rint(value / scale), -127, 127).astype(np.int8), scale.astype(np.float16)
        else:
            out[name] = value.astype(np.float16)
    return {name: np.ascontiguousarray(value) for name, value in out.items()}


def restore(net: SafetyNet, tensors: dict[str, np.ndarray]):
    """Puts what `quantised` gave back into the network."""
    real = {n: torch.from_numpy(a.astype(np.float32) * tensors.get(n + ".scale", np.float32(1)).astype(np.float32)) for n, a in tensors.items()}
    with torch.no_grad():
        net.table.weight.copy_(real["c.table"])
        net.bias.copy_(real["bias"])
        net.m_in.bias.copy_(real["m.in.b"])
        net.t_in.bias.copy_(real["t.in.b"])
        for layer, name in ((net.m_in, "m.in"), (net.m_out, "m.out"), (net.m_skip, "m.skip"), (net.t_in, "t.in"), (net.t_ask, "t.ask"), (net.t_out, "t.out")):
            layer.weight.copy_(real[name].T)


def write(path: Path, tensors: dict[str, np.ndarray], facts: dict) -> Path:
    """The weights with where they come from in the header, as every file of weights has it, and their facts beside them."""
    header = {"config": json.dumps(facts.get("recipe", {})), "steps": str(facts.get("steps", "")), "ledger_root": facts.get("data_sha256", "")}
    data = save(tensors, metadata=header)
    path.write_bytes(data)
    facts = {"sha256": hashlib.sha256(data).hexdigest(), "categories": list(CATEGORIES), "threshold": THRESHOLD, **facts}
    path.with_suffix(".json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return path
