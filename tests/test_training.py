"""The loop resumes to the exact step; masks, optimiser and quantisation do what they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from vitascope.training.loop import Schedule, fit  # noqa: E402
from vitascope.training.masks import PATTERNS, known_mask  # noqa: E402
from vitascope.training.optimizer import make_optimizer, orthogonalize  # noqa: E402


def batch(step):
    rng = np.random.default_rng(step)
    x = rng.standard_normal((16, 6)).astype(np.float32)
    return dict(x=x, y=x @ np.arange(6, dtype=np.float32)[:, None])


def draw(data, generator):
    data["noise"] = 0.01 * torch.randn(data["x"].shape, generator=generator)
    return data


def loss(model, data):
    value = (model(data["x"] + data["noise"]) - data["y"]).square().mean()
    return value, {}


def make():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(6, 12), torch.nn.SiLU(), torch.nn.Linear(12, 1))


def test_a_run_that_is_stopped_and_resumed_is_the_unbroken_run(tmp_path):
    whole = fit(make(), loss, batch, draw, tmp_path / "a", Schedule(12, 0.01, save_every=100), log_every=5)
    fit(make(), loss, batch, draw, tmp_path / "b", Schedule(12, 0.01, save_every=5), log_every=5)
    part = torch.load(tmp_path / "b" / "checkpoint.pt", weights_only=True)
    assert part["step"] == 12

    class Enough(Exception):
        pass

    def until_five(step):
        if step == 7:
            raise Enough
        return batch(step)

    with pytest.raises(Enough):
        stop_at = dict(count=0)

        def counted(model, data):
            stop_at["count"] += 1
            if stop_at["count"] > 6:  # one call more than steps: the first is for counting FLOPs
                raise Enough
            return loss(model, data)

        fit(make(), counted, batch, draw, tmp_path / "c", Schedule(12, 0.01, save_every=5), log_every=5)
    assert torch.load(tmp_path / "c" / "checkpoint.pt", weights_only=True)["step"] == 5
    again = fit(make(), loss, batch, draw, tmp_path / "c", Schedule(12, 0.01, save_every=100), log_every=5)
    for a, b in zip(whole.parameters(), again.parameters()):
        assert torch.equal(a, b)


@given(st.integers(0, 2**31), st.integers(1, 9), st.integers(2, 12), st.integers(2, 12))
@settings(max_examples=200, deadline=None)
def test_masks_leave_something_open(seed, t, h, w):
    mask = known_mask(np.random.default_rng(seed), t, h, w)
    assert mask.shape == (t, h, w) and not mask.all()


def test_masks_come_in_every_pattern():
    rng = np.random.default_rng(0)
    masks = [known_mask(rng, 5, 4, 4) for _ in range(500)]
    assert abs(sum(not m.any() for m in masks) / 500 - PATTERNS["none"]) < 0.08
    assert any(m[0].all() and not m[1:].any() for m in masks) and any(m[-1].all() and not m[0].any() for m in masks)
    assert any(m.any() and not m.all((1, 2)).any() for m in masks)


@given(st.integers(2, 30), st.integers(2, 30), st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_orthogonalised_matrices_have_singular_values_near_one(rows, columns, seed):
    x = orthogonalize(torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed)), 8)
    singular = torch.linalg.svdvals(x)
    assert singular.max() < 1.3 and singular.median() > 0.5


def test_edges_biases_and_gains_are_left_to_adamw():
    model = make()
    model.edges = ("0.",)
    groups = make_optimizer(model, lr=0.1).param_groups
    muon = [p for g in groups if g["muon"] for p in g["params"]]
    assert [tuple(p.shape) for p in muon] == [(1, 12)]


@given(st.integers(1, 5000))
def test_the_learning_rate_warms_up_holds_and_falls(steps):
    schedule = Schedule(steps, 1.0, warmup=10, decay=0.5)
    rates = [schedule.rate(s) for s in range(0, steps, max(1, steps // 50))]
    assert all(0 <= r <= 1 for r in rates) and schedule.rate(steps) == 0


def test_samples_of_the_autoencoder_are_a_picture():
    from vitascope.nn.autoencoder import Autoencoder, AutoencoderConfig
    from vitascope.training.autoencoder import samples

    clips = np.random.default_rng(0).integers(0, 256, (3, 5, 32, 32, 3), dtype=np.uint8)
    sheet = samples(Autoencoder(AutoencoderConfig(4, 8, 8, 16)), clips, clips[::-1].copy())
    assert sheet.shape == (96, 128, 3) and sheet.dtype == np.uint8 and np.array_equal(sheet[:32, :32], clips[0, -1])


def test_the_command_line_trains_an_autoencoder(tmp_path):
    """Without films and photographs, on renders alone."""
    import subprocess
    import sys

    command = [sys.executable, "-m", "vitascope", "train", "autoencoder", "--run", str(tmp_path), "--corpus", str(tmp_path / "none"), "--threads", "1"]
    done = subprocess.run([*command, "--steps", "1"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and "held out at 1" in done.stdout, done.stderr
    assert (tmp_path / "autoencoder" / "ema.safetensors").exists()
    assert torch.load(tmp_path / "autoencoder" / "checkpoint.pt", weights_only=True)["step"] == 1


# --- footage with something missing, and long steps


@given(st.integers(0, 2**31), st.integers(12, 33), st.sampled_from([(48, 48), (64, 112), (80, 128)]))
@settings(max_examples=100, deadline=None)
def test_footage_is_never_wholly_known_nor_wholly_open(seed, t, size):
    from vitascope.training.filmed import known_frames

    known = known_frames(np.random.default_rng(seed), t, *size)
    assert known.shape == (t, *size) and known.any() and not known.all()


def test_footage_is_missing_in_every_way():
    from vitascope.training.filmed import MISSING, known_frames

    rng = np.random.default_rng(0)
    whole = [known_frames(rng, 33, 32, 32).all((1, 2)) for _ in range(300)]
    regions = sum(not w.any() for w in whole) / 300
    assert abs(regions - MISSING["region"]) < 0.08 and abs(sum(MISSING.values()) - 1) < 1e-9
    assert any(w[0] and not w[1:].any() for w in whole) and any(w[-1] and not w[0] for w in whole) and any(w[0] and w[-1] and not w.all() for w in whole)


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    """Two films of footage by the recipe itself, on renders alone, with the shipped autoencoder."""
    import vitascope.training.filmed as filmed
    from vitascope.library import ASSETS

    folder, few = tmp_path_factory.mktemp("shards"), pytest.MonkeyPatch()
    few.setattr(filmed, "FILMS", 2)
    made = filmed.FilmedShards(folder, ASSETS / "weights" / "autoencoder.safetensors", num_frames=17, corpus=folder / "none")
    made.fill(1)
    few.undo()
    return made


def test_shards_of_footage_hold_what_is_known_and_a_proposal_for_the_rest(shards):
    data = shards.get(0)
    n, t, c, h, w = data["real"].shape
    assert data["sketch"].shape == data["real"].shape == (2, 5, c, h, w) and data["known"].shape == (2, t, 1, h, w)
    assert not data["known"].all((1, 2, 3, 4)).any() and data["strength"].shape == (n, t)
    assert (data["strength"] >= 0).all() and (data["strength"] <= 1).all() and np.isfinite(data["real"]).all()
    known = np.broadcast_to(data["known"], data["real"].shape)
    assert np.abs(data["sketch"] - data["real"])[~known].mean() > np.abs(data["sketch"] - data["real"])[known].mean()
    assert [p.name for p in shards.folder.iterdir()] == ["filmed-train-17-00000.npz"]


def test_batches_of_footage_leave_something_to_paint(shards):
    from vitascope.training.transformer import Batches, Loss

    batches = Batches(shards, size=4, filmed=shards, filmed_share=1.0, filmed_last=1)
    for step in range(6):
        one, same = batches(step), batches(step)
        assert all((one[k] == same[k]).all() for k in one) and (one["known"] < 1).any((1, 2, 3, 4)).all()
    data = Loss(shortcuts=0.5).draw({k: torch.from_numpy(v) for k, v in one.items()}, torch.Generator().manual_seed(0))
    few = len(data["t"]) // 2
    assert (data["step"][:few] > 0).all() and (data["step"][few:] == 0).all()
    assert (data["t"][:few] + data["step"][:few] <= 1 + 1e-6).all() and ((data["t"] / data["step"].clamp(1e-9))[:few] % 1 == 0).all()


def numbers(b=3, t=2, seed=0):
    """A batch of windows (b t 4 2 2) with a known frame in the first, as the loss takes it."""
    g = torch.Generator().manual_seed(seed)
    known = torch.zeros(b, t, 1, 2, 2)
    known[0, 0] = 1
    return dict(real=torch.randn(b, t, 4, 2, 2, generator=g), noise=torch.randn(b, t, 4, 2, 2, generator=g), known=known,
                t=torch.tensor([[0.5], [0.0], [0.25]]).expand(b, t).clone(), step=torch.tensor([[0.25], [1.0], [0.5]]).expand(b, t).clone(),
                sketch=torch.zeros(b, t, 4, 2, 2), strength=torch.zeros(b, t), text=torch.zeros(b, 1, 4), text_mask=torch.ones(b, 1, dtype=torch.bool),
                references=torch.zeros(b, 1, 4, 2, 2), reference_mask=torch.zeros(b, 1, dtype=torch.bool))  # fmt: skip


def toy(z, t, known, sketch, strength, text, text_mask, references, reference_mask, step):
    """A network that depends on the place, the time and the length of a step."""
    return 0.5 * z + t[:, :, None, None, None] - 0.3 * step[:, :, None, None, None]


def test_a_long_step_is_taught_to_land_where_two_halves_do():
    from vitascope.training.transformer import Loss

    loss, data = Loss(shortcuts=1.0), numbers()
    loss.teacher = toy
    z, known, t, half = data["noise"], data["known"], data["t"], data["step"] / 2
    wide = lambda x: x[:, :, None, None, None]
    ask = lambda z, t: toy(z, torch.maximum(t, known.flatten(2).amin(2)), *[None] * 7, half * (1 - known.flatten(2).amin(2)))
    between = z + wide(half / (1 - t)) * (ask(z, t) - z) * (1 - known)
    end = between + wide(half / (1 - t - half)) * (ask(between, t + half) - between) * (1 - known)
    target = loss.shortcut(data, z)
    landed = z + wide(data["step"] / (1 - t)) * (target - z)  # one step towards the target
    assert torch.allclose(landed, end, atol=1e-5) and torch.allclose(landed[0, 0], z[0, 0])


def test_a_network_whose_steps_agree_is_taught_nothing_new():
    """On straight paths to one place every step leads there, long or short."""
    from vitascope.training.transformer import Loss

    loss, data = Loss(shortcuts=1.0), numbers()
    loss.teacher = lambda *given: data["real"]
    open_ = (1 - data["known"]).expand_as(data["real"]) > 0
    assert torch.allclose(loss.shortcut(data, data["noise"])[open_], data["real"][open_], atol=1e-4)


def test_a_run_begins_from_the_weights_that_it_is_given(tmp_path):
    """The recipe itself, on shards of noise: at a learning rate of 0 what comes out is what went in."""
    from safetensors.torch import load_file, save_file

    from vitascope.nn.transformer import Transformer, TransformerConfig
    from vitascope.training.recipes import train_transformer
    from vitascope.training.weights import load_weights, read_metadata, save_weights

    rng, path = np.random.default_rng(0), tmp_path / "first.safetensors"
    latents = lambda *shape: rng.standard_normal((4, *shape)).astype(np.float16)
    (tmp_path / "shards").mkdir()
    for name in ("train-33-00000", "held_out-33-00000", "held_out-33-00001"):
        np.savez(tmp_path / "shards" / f"{name}.npz", real=latents(9, 24, 4, 4), sketch=latents(9, 24, 4, 4), text=latents(64, 384),
                 text_mask=np.ones((4, 64), bool), references=latents(2, 24, 8, 8), reference_mask=np.ones((4, 2), bool))  # fmt: skip
    save_weights(Transformer(TransformerConfig(width=32, depth=1, heads=2, hidden=32, axes=(4, 6, 6))), path)
    header, tensors = read_metadata(path), load_file(path)
    tensors.pop("step_in.weight")  # as in weights from before there were long steps
    save_file(tensors, path, metadata={k: str(v) for k, v in header.items()})
    first = load_weights("transformer", path)
    assert not first.step_in.weight.any()
    run = dict(threads=1, start=1, shards_made=1, size=2, compiled=False, first=path, shortcuts=0.5)
    kept = train_transformer(tmp_path / "run", path, steps=1, lr=0.0, **run)
    assert all(torch.equal(a, b) for a, b in zip(kept.state_dict().values(), first.state_dict().values()))
    assert read_metadata(tmp_path / "run" / "ema.safetensors")["steps"] == "1"
