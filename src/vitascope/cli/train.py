"""`vitascope train autoencoder | director | transformer --recipe mini`: the runs that make the shipped weights."""

from __future__ import annotations

from pathlib import Path

SHORTCUTS = 0.25  # share of windows that learn long steps, in the last fifth of a transformer's run


def add(verbs):
    p = verbs.add_parser("train", help="train a network (needs the [train] extra)", epilog="Example: vitascope train director --recipe mini --steps 6000")
    p.add_argument("network", choices=("autoencoder", "decoder", "director", "transformer", "distil", "shards", "safety"),
                   help="safety: the classifier of prompts; decoder: the autoencoder's, on frozen latents; distil: the transformer's run goes on and learns few steps; shards: the transformer's encoded films, made ahead")
    p.add_argument("--recipe", choices=("mini",), default="mini", help="mini: two cores, hours (default)")
    p.add_argument("--run", dest="runs", default="runs", metavar="FOLDER", help="where runs are kept and resumed (default: runs)")
    p.add_argument("--corpus", default="corpus-cache", metavar="FOLDER", help="fetched films and photographs (default: corpus-cache)")
    p.add_argument("--data", default="../shared/safety", metavar="FOLDER", help="public prompts for the classifier, train.jsonl (default: ../shared/safety)")
    p.add_argument("--steps", type=int, help="total steps; a run may be resumed with another total")
    p.add_argument("--threads", type=int, help="cores to use (default: all)")
    p.add_argument("--shards", type=int, default=120, help="how many shards to make (default: 120)")
    p.add_argument("--ship", action="store_true", help="at the end put the EMA weights and graphs into the package")
    p.set_defaults(run=run)


def run(options) -> int:
    try:
        import torch  # noqa: F401
    except ImportError:
        raise ValueError("Training needs PyTorch: run `pip install vitascope[train]`.") from None
    from vitascope.training import recipes

    if options.network == "safety":
        return classifier(options)
    runs, corpus = Path(options.runs), Path(options.corpus)
    steps = {"steps": options.steps} if options.steps else {}
    weights = runs / "autoencoder" / "ema.safetensors"
    if options.network == "autoencoder":
        recipes.train_autoencoder(runs / "autoencoder", corpus, threads=options.threads, **steps)
    elif options.network == "decoder":
        recipes.train_decoder(runs / "decoder", corpus, weights, threads=options.threads, **steps)
    elif options.network == "director":
        recipes.train_director(runs / "director", threads=options.threads, **steps)
    elif options.network == "shards":
        recipes.fill_shards(runs / "shards", weights, options.shards, corpus=corpus, filmed=options.shards // 3)
        return 0
    else:
        recipes.train_transformer(
            runs / "transformer", weights, threads=options.threads, shards_made=options.shards, corpus=corpus,
            filmed_made=max(1, options.shards // 3), shortcuts=SHORTCUTS if options.network == "distil" else 0.0, **steps,
        )  # fmt: skip
    if options.ship:
        network = {"decoder": "autoencoder", "distil": "transformer"}.get(options.network, options.network)
        run = "transformer" if options.network == "distil" else options.network
        recipes.ship(network, runs / run / "ema.safetensors")
    return 0


def classifier(options) -> int:
    """Train the classifier of prompts, and put it into the package with --ship."""
    import shutil

    from vitascope.graphs import WEIGHTS
    from vitascope.training.safety import train_safety

    made = train_safety(Path(options.runs) / "safety", Path(options.data))
    print(f"The classifier is in {made}; judge it with `vitascope bench safety`.")
    if options.ship:
        for file in (made, made.with_suffix(".json")):
            shutil.copy(file, WEIGHTS.parent / "safety" / file.name)
    return 0
