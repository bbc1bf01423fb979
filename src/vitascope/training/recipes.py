"""The runs that make the shipped weights, as short functions: `vitascope train autoencoder|director|transformer --recipe mini`.

Each resumes from its folder, stops cleanly on Ctrl-C, and leaves its EMA there as `ema.safetensors` for the bench to judge.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from vitascope.nn.autoencoder import Autoencoder
from vitascope.nn.director import Director
from vitascope.nn.transformer import Transformer

from . import autoencoder, director, footage, shards, transformer
from .filmed import FilmedShards
from .loop import Schedule, fit
from .weights import load_autoencoder, load_weights, save_weights


def _seed(threads: int | None, seed: int = 0):
    if threads:
        torch.set_num_threads(threads)
    torch.manual_seed(seed)


def watch(corpus: Path) -> dict:
    """What `fit` looks at while an autoencoder trains: PSNR on held-out crops, without and with their guides, and a picture."""
    held = footage.Footage(corpus, clips=24, seed=99, split="held_out")(1)
    frames, guides = held["frames"], held["guide"]
    return dict(
        evaluate=lambda ema: dict(psnr=autoencoder.psnr(ema, frames), psnr_guided=autoencoder.psnr(ema, frames, guides)),
        samples=lambda ema: autoencoder.samples(ema, frames, guides),
    )


def train_autoencoder(run: Path, corpus: Path, *, steps: int = 4000, threads: int | None = None, lr: float = 1.2e-3) -> Autoencoder:
    """Crops of renders, film and photographs; about two core-hours for 4,000 steps."""
    _seed(threads)
    loss, model = autoencoder.Loss(), Autoencoder()
    ema = fit(model, loss, footage.Footage(corpus), loss.draw, run, Schedule(steps, lr, decay=0.5), **watch(corpus))
    normalise(ema, corpus)
    save_weights(ema, run / "ema.safetensors", steps=ema.steps)
    return ema


def train_decoder(run: Path, corpus: Path, autoencoder_weights: Path, *, steps: int = 2000, threads: int | None = None,
                  lr: float = 1e-3) -> Autoencoder:  # fmt: skip
    """Go on with the decoder alone, on frozen latents: sharper films without training the transformer anew."""
    _seed(threads)
    loss, model = autoencoder.Loss(decoder_only=True), load_autoencoder(autoencoder_weights)
    for p in model.encoder.parameters():
        p.requires_grad_(False)
    source = footage.Footage(corpus, stills=24, seed=3, real_share=0.2, guided_share=0.7)
    ema = fit(model, loss, source, loss.draw, run, Schedule(steps, lr, decay=0.5), **watch(corpus))
    save_weights(ema, run / "ema.safetensors", steps=ema.steps)
    return ema


@torch.no_grad()
def normalise(model: Autoencoder, corpus: Path):
    """Measure the latents' mean and spread a channel on fresh footage, and keep them in the model."""
    source = footage.Footage(corpus, stills=48, clips=24, seed=12)
    means = []
    for step in range(4):
        mean, _, _ = model.encoder(autoencoder.to_tensor(torch.from_numpy(source(step)["frames"])))
        means.append(mean.transpose(1, 2).reshape(mean.shape[0], mean.shape[2], -1).transpose(0, 1).flatten(1))
    values = torch.cat(means, 1)
    model.shift.copy_(values.mean(1))
    model.scale.copy_(values.std(1))


def train_director(run: Path, *, steps: int = 6000, threads: int | None = None, lr: float = 2e-3, first: Path | None = None) -> Director:
    """Plans sampled on the fly; minutes on two cores. A new run begins from the weights `first`, if given."""
    _seed(threads)
    loss, model = director.Loss(), load_weights("director", first) if first else Director()
    held = director.Batches(size=192, seed=99, split="held_out")(0)

    @torch.no_grad()
    def evaluate(ema):
        data = loss.draw({k: torch.from_numpy(v) for k, v in held.items()}, torch.Generator().manual_seed(1))
        value, metrics = loss(ema, data)
        return dict(loss=float(value), **{k: float(v) for k, v in metrics.items()})

    ema = fit(model, loss, director.Batches(), loss.draw, run, Schedule(steps, lr, decay=0.5, save_every=100),
              evaluate=evaluate)  # fmt: skip
    save_weights(ema, run / "ema.safetensors", steps=ema.steps)
    return ema


def train_transformer(
    run: Path, autoencoder_weights: Path, *, steps: int = 5000, threads: int | None = None, seed: int = 0,
    conditions: transformer.Conditions = transformer.Conditions(), start: int = 16, pace: float = 0.05,
    shards_made: int = 120, muon: bool = True, lr: float = 1.5e-3, size: int = 16, compiled: bool = True,
    first: Path | None = None, shortcuts: float = 0.0, corpus: Path | None = None, filmed_made: int = 40,
) -> Transformer:  # fmt: skip
    """Windows of 17 frames from encoded shards, which `vitascope train shards` makes ahead. The run opens `start` shards at
    once and `pace` more a step, up to `shards_made`; one that is not there yet is made on the spot. A new run begins from
    the weights `first`, if given; `shortcuts` is the share of windows that learn to take long steps. With a `corpus` of films
    a third of the steps mend footage in which something is missing."""
    _seed(threads)
    source = shards.Shards(run.parent / "shards", autoencoder_weights)
    held = shards.Shards(run.parent / "shards", autoencoder_weights, split="held_out")
    loss = transformer.Loss(conditions, shortcuts)
    model = load_weights("transformer", first) if first else Transformer()
    tests = [transformer.Batches(held, size=32, start=2, seed=7, conditions=conditions)(step) for step in range(2)]
    filmed = None
    if corpus:
        filmed = FilmedShards(run.parent / "shards", autoencoder_weights, corpus=corpus)
        held_films = FilmedShards(run.parent / "shards", autoencoder_weights, split="held_out", corpus=corpus)
        mending = transformer.Batches(held, size=32, filmed=held_films, filmed_last=2)
        films = [mending.mending(np.random.default_rng(step)) for step in range(4)]

    @torch.no_grad()
    def evaluate(ema):
        totals: dict[str, float] = {}
        for name, batches in dict(render=tests, filmed=films if filmed else []).items():
            for i, arrays in enumerate(batches):
                data = loss.draw({k: torch.from_numpy(v) for k, v in arrays.items()}, torch.Generator().manual_seed(i))
                for k, v in loss(ema, data)[1].items():
                    totals[f"{name}_{k}"] = totals.get(f"{name}_{k}", 0) + float(v) / len(batches)
        return totals

    if compiled:
        for block in model.blocks:
            block.compile(dynamic=True)
    batches = transformer.Batches(source, size=size, start=start, pace=pace, last=shards_made, conditions=conditions, seed=seed,
                                  filmed=filmed, filmed_last=filmed_made)  # fmt: skip
    ema = fit(model, loss, batches, loss.draw, run, Schedule(steps, lr, decay=0.4, ema=0.999, save_every=250), evaluate=evaluate,
              muon=muon)  # fmt: skip
    save_weights(ema, run / "ema.safetensors", steps=ema.steps)
    return ema


def fill_shards(folder: Path, autoencoder_weights: Path, count: int, held_out: int = 2, corpus: Path | None = None, filmed: int = 40):
    """Render and encode the transformer's training films, and a few held-out ones; skips what is there."""
    torch.set_num_threads(1)
    if corpus:
        FilmedShards(folder, autoencoder_weights, split="held_out", corpus=corpus).fill(held_out)
        FilmedShards(folder, autoencoder_weights, corpus=corpus).fill(filmed)
    shards.Shards(folder, autoencoder_weights, split="held_out").fill(held_out)
    shards.Shards(folder, autoencoder_weights).fill(count)


def ship(network: str, weights: Path, folder: Path | None = None):
    """Put a run's weights into the package with the ledger's root hash in their header, and its graphs beside them."""
    from vitascope.corpus import read_ledger, root_hash
    from vitascope.library import ASSETS

    from .export import EXPORTS
    from .weights import read_metadata

    folder = folder or ASSETS / "weights"
    model = load_weights(network, weights).eval()
    metadata = {k: v for k, v in read_metadata(weights).items() if k != "config"}
    save_weights(model, folder / f"{network}.safetensors", **metadata | {"ledger_root": root_hash(read_ledger())})
    EXPORTS[network](model, folder)
