"""The one training loop: resumable to the exact step, with EMA, learning curve, samples and a speed report.

A recipe brings a model, a function `batch(step) -> dict of arrays` that depends on nothing but the step, a function
`draw(batch, generator) -> batch` that adds noise and other random tensors, and `loss(model, batch) -> (loss, metrics)`,
which is free of randomness, so that it can be compiled. Everything random is drawn from the step's own seed, so a run that is
stopped and resumed sees what an unbroken one would have seen.
"""

from __future__ import annotations

import copy
import math
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from .optimizer import make_optimizer


@dataclass(frozen=True)
class Schedule:
    """Warm up, hold, and let the learning rate fall linearly to zero over the last part of the steps (WSD)."""

    steps: int
    lr: float
    warmup: int = 50
    decay: float = 0.3
    ema: float = 0.998
    save_every: int = 100
    clip: float = 1.0

    def rate(self, step: int) -> float:
        """The learning rate at a step, 0-based."""
        down = (self.steps - step) / max(1, self.steps * self.decay)
        return self.lr * max(0.0, min(1.0, (step + 1) / self.warmup, down))

    def ema_rate(self, step: int) -> float:
        """Weight of the old average: short at the start, so that the first random weights are soon forgotten."""
        return min(self.ema, (1 + step) / (10 + step))


def matmul_peak(threads: int) -> float:
    """FLOP/s that this machine reaches on a square float32 matrix product, the yardstick for a step."""
    a = torch.randn(1536, 1536)
    best = math.inf
    for _ in range(3):
        start = time.perf_counter()
        a @ a
        best = min(best, time.perf_counter() - start)
    return 2 * 1536**3 / best


def _quiet_worker():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["OMP_NUM_THREADS"] = "1"
    torch.set_num_threads(1)


class Feeder:
    """Makes batches ahead in other processes; `get(step)` waits for one. `batch` must be picklable."""

    def __init__(self, batch: Callable, first: int, ahead: int = 3, workers: int = 1):
        self.batch, self.next, self.ahead = batch, first, ahead
        self.pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _quiet_worker)
        self.queue: deque = deque()

    def get(self):
        while len(self.queue) < self.ahead:
            self.queue.append(self.pool.submit(self.batch, self.next))
            self.next += 1
        start = time.perf_counter()
        result = self.queue.popleft().result()
        return result, time.perf_counter() - start

    def close(self):
        self.pool.shutdown(wait=False, cancel_futures=True)


class Stop:
    """Turns Ctrl-C and SIGTERM into a flag, so that a step is finished and saved before the process ends."""

    def __enter__(self):
        self.asked = False
        self.old = {s: signal.signal(s, self._ask) for s in (signal.SIGINT, signal.SIGTERM)}
        return self

    def _ask(self, *_):
        self.asked = True

    def __exit__(self, *_):
        for s, handler in self.old.items():
            signal.signal(s, handler)


def save(path: Path, state: dict):
    """Write a checkpoint under another name and move it into place: a killed run keeps its last whole one."""
    part = path.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, path)


def fit(
    model: nn.Module,
    loss: Callable,
    batch: Callable,
    draw: Callable,
    run: Path,
    schedule: Schedule,
    *,
    seed: int = 0,
    samples: Callable | None = None,
    evaluate: Callable | None = None,
    muon: bool = True,
    workers: int = 1,
    log_every: int = 20,
) -> nn.Module:
    """Train `model` in place and return its EMA. The run's folder holds `checkpoint.pt` and TensorBoard events.

    A loss with an attribute `teacher` is given the EMA there, to learn from.

    `evaluate(ema) -> dict of floats` and `samples(ema) -> (h w c) uint8 picture` are called at every save.
    """
    from torch.utils.tensorboard import SummaryWriter

    run.mkdir(parents=True, exist_ok=True)
    optimizer = make_optimizer(model, lr=schedule.lr, muon=muon)
    ema = copy.deepcopy(model).requires_grad_(False)
    if hasattr(loss, "teacher"):
        loss.teacher = ema
    step, seconds, usual, checkpoint = 0, 0.0, 0.0, run / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(state["model"])
        ema.load_state_dict(state["ema"])
        optimizer.load_state_dict(state["optimizer"])
        step, seconds, usual = state["step"], state["seconds"], state.get("usual", 0.0)
        print(f"resumed {run} at step {step}", flush=True)
    peak = matmul_peak(torch.get_num_threads())
    writer = SummaryWriter(str(run))
    feeder = Feeder(batch, step, workers=workers)
    flops: dict = {}
    waited = busy = 0.0
    count = 0
    total: dict[str, float] = {}
    torch._dynamo.config.cache_size_limit = 64

    def keep():
        save(checkpoint, dict(model=model.state_dict(), ema=ema.state_dict(), optimizer=optimizer.state_dict(),
                              step=step, seconds=seconds, usual=usual))

    try:
        with Stop() as stop:
            while step < schedule.steps and not stop.asked:
                arrays, wait = feeder.get()
                start = time.perf_counter()
                data = {k: torch.from_numpy(v) for k, v in arrays.items()}
                shape = tuple((k, tuple(v.shape)) for k, v in data.items())
                for group in optimizer.param_groups:
                    group["lr"] = schedule.rate(step)
                generator = torch.Generator().manual_seed(seed * 1_000_003 + step)
                data = draw(data, generator)
                if shape not in flops:
                    flops[shape] = _count_flops(loss, model, data)
                value, metrics = loss(model, data)
                value.backward()
                norm = nn.utils.clip_grad_norm_(model.parameters(), schedule.clip)
                # Orthogonalised updates have one size whatever the gradient's, so a freak batch is left out, not clipped.
                if torch.isfinite(norm) and (step < 50 or norm < 3 * usual):
                    optimizer.step()
                usual = 0.98 * usual + 0.02 * min(float(norm), 3 * usual) if usual else float(norm)
                optimizer.zero_grad(set_to_none=True)
                rate = schedule.ema_rate(step)
                with torch.no_grad():
                    for a, b in zip(ema.state_dict().values(), model.state_dict().values()):
                        a.lerp_(b, 1 - rate) if a.is_floating_point() else a.copy_(b)
                elapsed = time.perf_counter() - start
                seconds += elapsed
                busy, waited = busy + elapsed, waited + wait
                count += len(next(iter(data.values())))
                for k, v in dict(metrics, loss=value.detach(), norm=norm, flops=flops[shape], steps=1).items():
                    total[k] = total.get(k, 0) + float(v)
                step += 1
                if step % log_every == 0:
                    speed, share = count / (busy + waited), total.pop("flops") / busy / peak
                    steps = total.pop("steps")  # fewer than `log_every` just after a resume
                    means = {k: v / steps for k, v in total.items()}
                    for k, v in dict(means, samples_per_second=speed, peak_share=share).items():
                        writer.add_scalar(k, v, step)
                    line = "  ".join(f"{k} {v:.4g}" for k, v in means.items())
                    print(f"step {step}/{schedule.steps}  {line}  {speed:.1f}/s  {share:.0%} of peak  "
                          f"waiting {waited / (busy + waited):.0%}  {seconds / 60:.1f} min", flush=True)
                    waited = busy = 0.0
                    count, total = 0, {}
                if step % schedule.save_every == 0 or step == schedule.steps:
                    keep()
                    if evaluate:
                        scores = evaluate(ema)
                        for k, v in scores.items():
                            writer.add_scalar(f"held_out/{k}", v, step)
                        print(f"held out at {step}: " + "  ".join(f"{k} {v:.4g}" for k, v in scores.items()), flush=True)
                    if samples:
                        writer.add_image("samples", samples(ema), step, dataformats="HWC")
            keep()
    finally:
        feeder.close()
        writer.close()
    ema.steps = step  # how far it really came, for the weights' header
    return ema


def _count_flops(loss, model, data) -> float:
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        loss(model, data)[0].backward()
    model.zero_grad(set_to_none=True)
    return counter.get_total_flops()
